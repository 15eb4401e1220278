import { createHash, createHmac, createPublicKey } from 'node:crypto';
import { keyPairFrom } from './certificate-builder.js';
import { buildPki } from './pki.js';
import {
  canonicalOf,
  digestOf,
  dsig,
  ecdsaOf,
  exclusiveC14n,
  type SignatureChange,
  signatureOver,
  signXml,
  type XmlReference,
  type XmlSigner,
} from './xml-signature.js';

export interface XmlAttack {
  /** One sentence: what is done to a signed document. */
  readonly description: string;
  /**
   * `equal` where the document means the same, so that a verifier may accept it; else it has to be refused, even where
   * the signature is mathematically right.
   */
  readonly expected: 'equal' | 'refused';
  /**
   * Attacks what signXml wrote. The signer's key is for what only the sender can do: to sign correctly, but in another
   * way than is agreed. Such a signature is refused for what it is, and not for being wrong.
   */
  readonly attack: (signed: string, signer: XmlSigner) => string;
}

const equal = (description: string, attack: XmlAttack['attack']): XmlAttack => ({
  description,
  expected: 'equal',
  attack,
});
const refused = (description: string, attack: XmlAttack['attack']): XmlAttack => ({
  description,
  expected: 'refused',
  attack,
});

/** Replaces the first match. An attack that changes nothing would pass for one that was not noticed. */
function edit(xml: string, pattern: string | RegExp, replacement: string): string {
  const edited = xml.replace(pattern, replacement);
  if (edited === xml) throw new Error(`Nothing to change: ${String(pattern)}`);
  return edited;
}

const editing =
  (pattern: string | RegExp, replacement: string): XmlAttack['attack'] =>
  (signed) =>
    edit(signed, pattern, replacement);

const signature = /<ds:Signature [^]*<\/ds:Signature>/;
const signatureIn = (signed: string): string => signature.exec(signed)?.[0] ?? '';

/** The canonical form of what is signed. */
const coveredBy = (signed: string): string => canonicalOf(edit(signed, signature, ''));

/** What toXml wrote. */
const unsigned = (signed: string): string => edit(signed, / {2}<ds:Signature [^]*<\/ds:Signature>\n/, '');

/** The floor of the sequence numbers at its maximum: the party could send the device nothing any more. */
const raised = (xml: string): string =>
  edit(xml, /(?<=<sr:(?:RemoteParty|Supplier)FloorSeqNumber>)[^<]*/, '9223372036854775807');

const signingSo =
  (change: SignatureChange | ((signer: XmlSigner) => SignatureChange)): XmlAttack['attack'] =>
  (signed, signer) =>
    signXml(unsigned(signed), signer, typeof change === 'function' ? change(signer) : change);

const altering = (
  change: (reference: XmlReference, covered: string) => Partial<XmlReference>,
): SignatureChange => ({
  alter: ({ references }, covered) => ({
    references: references.map((reference) => ({ ...reference, ...change(reference, covered) })),
  }),
});

const moving =
  (place: string): XmlAttack['attack'] =>
  (signed) =>
    // No white space moves along, so that the rest is what was signed.
    edit(edit(signed, signature, ''), place, `${signatureIn(signed)}$&`);

const withId = (xml: string): string => edit(xml, ' schemaVersion', ' Id="original" schemaVersion');

/** The sender signs an element by its Id; whoever gets hold of that puts it into a document of his own. */
const wrappedById =
  (place: string, wrap: (original: string) => string): XmlAttack['attack'] =>
  (signed, signer) => {
    const original = canonicalOf(withId(unsigned(signed)));
    const change = altering(() => ({
      uri: '#original',
      transforms: [{ algorithm: exclusiveC14n }],
      digestValue: digestOf(original),
    }));
    return edit(signXml(raised(unsigned(signed)), signer, change), place, `${wrap(original)}$&`);
  };

const inObject = (content: string): string => `<ds:Object>${content}</ds:Object>`;

const addingTransform = (algorithm: string, content = ''): XmlAttack['attack'] =>
  signingSo(
    altering(({ transforms }) => ({
      transforms: [...transforms, { algorithm, content }],
    })),
  );

const srDeclaration = ' xmlns:sr="http://www.dccinterface.co.uk/ServiceUserGateway"';
const xpath = 'http://www.w3.org/TR/1999/REC-xpath-19991116';
const xslt = 'http://www.w3.org/TR/1999/REC-xslt-19991116';
const inclusiveC14n = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';

/** SignedInfo in its inclusive canonical form has every namespace that is in scope. */
const signInclusively =
  (signer: XmlSigner) =>
  (signedInfo: string): Buffer =>
    ecdsaOf(signer)(edit(signedInfo, /^<ds:SignedInfo[^>]*/, `$&${srDeclaration}`));

const canonicalizing = (algorithm: string): SignatureChange => ({
  alter: () => ({ canonicalizationMethod: { algorithm } }),
});

const signatureMethod = (algorithm: string, content = ''): SignatureChange => ({
  alter: () => ({ signatureMethod: { algorithm, content } }),
});

const hmac = 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256';

/** A MAC whose key anybody has: the public key of the sender. */
const publicMac =
  ({ privateKey }: XmlSigner) =>
  (signedInfo: string): Buffer =>
    createHmac('sha256', createPublicKey(privateKey).export(spki)).update(signedInfo).digest();
const spki = { type: 'spki', format: 'der' } as const;

const revalued =
  (change: (value: Buffer) => Buffer): XmlAttack['attack'] =>
  (signed) => {
    const text = /<ds:SignatureValue>([^<]*)/.exec(signed)?.[1] ?? '';
    const value = change(Buffer.from(text.replace(/&#13;|\s/g, ''), 'base64')).toString('base64');
    return edit(signed, text, value);
  };

/** A digest of another length. */
const digestCut = (covered: string, length: number): string =>
  Buffer.concat([createHash('sha256').update(covered).digest(), Buffer.alloc(1)])
    .subarray(0, length)
    .toString('base64');

/** The order of the group of P-256. */
const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

function negated(value: Buffer): Buffer {
  const s = BigInt(`0x${value.subarray(32).toString('hex')}`);
  return Buffer.concat([value.subarray(0, 32), Buffer.from((n - s).toString(16).padStart(64, '0'), 'hex')]);
}

const attackers = keyPairFrom('attacker');

const attackersCertificate = (): string =>
  buildPki('attacker', new Date('2026-01-01')).issue(
    { role: '02', entityIdentifier: '02-00-00-00-01-01-00-01' },
    'digitalSignature',
  ).base64;

const keyValueOf = (key: typeof attackers.publicKey): string =>
  `<ds:KeyValue><dsig11:ECKeyValue xmlns:dsig11="http://www.w3.org/2009/xmldsig11#"><dsig11:NamedCurve URI="urn:oid:1.2.840.10045.3.1.7"></dsig11:NamedCurve><dsig11:PublicKey>${key.export(spki).subarray(-65).toString('base64')}</dsig11:PublicKey></dsig11:ECKeyValue></ds:KeyValue>`;

const inKeyInfo = (content: string): SignatureChange => ({
  alterSigned: ({ keyInfo }) => ({ keyInfo: `${keyInfo}${content}` }),
});

const byAttacker = (signed: string, signer: XmlSigner, change: SignatureChange = {}): string =>
  signXml(raised(unsigned(signed)), { ...signer, privateKey: attackers.privateKey }, change);

const attackersSignature = (signed: string, signer: XmlSigner): string =>
  signatureOver(coveredBy(signed), { ...signer, privateKey: attackers.privateKey });

const header = /<sr:Header>[^]*<\/sr:Header>/;

/** By name, what may come in place of a rightly signed document. */
export const attacks = {
  'tampered body': refused('A value in Body is changed after signing.', raised),
  'tampered header': refused(
    'The counter in RequestID is changed after signing.',
    editing('</sr:RequestID>', '0$&'),
  ),
  'white space added': refused(
    'White space is added between two elements, where it is part of what is signed.',
    editing('<sr:Body>', ' $&'),
  ),
  'no Signature': refused('The Signature is taken out.', unsigned),
  'empty Signature': refused(
    'The Signature holds nothing.',
    editing(signature, `<ds:Signature xmlns:ds="${dsig}"></ds:Signature>`),
  ),
  'signed by another': refused(
    "A changed document is signed with another key, under the sender's name.",
    byAttacker,
  ),

  'Signature before Body': refused('The Signature stands between Header and Body.', moving('<sr:Body>')),
  'Signature in Header': refused('The Signature stands in Header.', moving('</sr:Header>')),
  'Signature in Body': refused('The Signature stands in Body.', moving('</sr:Body>')),

  'wrapped in Object': refused(
    'A changed document carries the Signature, and in an Object in it the document that was signed.',
    (signed) => edit(raised(signed), '</ds:Signature>', `${inObject(coveredBy(signed))}$&`),
  ),
  'wrapped in Object, by Id': refused(
    'A changed document has in an Object in its Signature what the sender signed by its Id: the Signature is right, and not of the root.',
    wrappedById('</ds:Signature>', inObject),
  ),
  'wrapped in Body': refused(
    'A changed document has the signed one in its Body, and its Signature.',
    (signed) => edit(raised(signed), '</sr:Body>', `${coveredBy(signed)}$&`),
  ),
  'wrapped in Body, by Id': refused(
    'A changed document has in its Body what the sender signed by its Id: the Signature is right, and not of the root.',
    wrappedById('</sr:Body>', (original) => original),
  ),
  'wrapped in Body, Signature and all': refused(
    'A changed document has the signed one in its Body, with its Signature, and none itself.',
    (signed) => edit(raised(unsigned(signed)), '</sr:Body>', `${canonicalOf(signed)}$&`),
  ),

  'Signature twice': refused('The Signature comes twice.', editing(signature, '$&$&')),
  'second Signature by another': refused(
    'Another has signed the document too, after the sender.',
    (signed, signer) => edit(signed, signature, `$&${attackersSignature(signed, signer)}`),
  ),
  'first Signature by another': refused(
    'Another has signed the document too, before the sender.',
    (signed, signer) => edit(signed, signature, `${attackersSignature(signed, signer)}$&`),
  ),

  'Reference by Id': refused('The Reference names the root by its Id.', (signed, signer) =>
    signXml(
      withId(unsigned(signed)),
      signer,
      altering(() => ({ uri: '#original' })),
    ),
  ),
  'Id twice': refused('The Reference names an Id that two elements have.', (signed, signer) =>
    signXml(
      edit(withId(unsigned(signed)), '<sr:Header', '$& Id="original"'),
      signer,
      altering(() => ({ uri: '#original' })),
    ),
  ),
  'Reference by XPointer': refused(
    'The Reference names the document by an XPointer.',
    signingSo(altering(() => ({ uri: '#xpointer(/)' }))),
  ),
  'Reference without URI': refused(
    'The Reference has no URI, which leaves to the verifier what it means.',
    signingSo({
      alter: ({ references }) => ({
        references: references.map(({ transforms, digestMethod, digestValue }) => ({
          transforms,
          digestMethod,
          digestValue,
        })),
      }),
    }),
  ),
  'Reference to a file': refused(
    'The Reference names a file, which a verifier must not even open.',
    signingSo(altering(() => ({ uri: 'file:///dev/null', transforms: [], digestValue: digestOf('') }))),
  ),
  'no Reference': refused(
    'SignedInfo has no Reference: it is rightly signed, and the document is not.',
    signingSo({ alter: () => ({ references: [] }) }),
  ),
  'second Reference': refused(
    'SignedInfo has a second Reference, to the same.',
    signingSo({ alter: ({ references }) => ({ references: [...references, ...references] }) }),
  ),
  'second Reference to a file': refused(
    'SignedInfo has a second Reference, to a file.',
    signingSo({
      alter: ({ references }) => ({
        references: references.flatMap((reference) => [
          reference,
          { ...reference, uri: 'file:///dev/null', transforms: [], digestValue: digestOf('') },
        ]),
      }),
    }),
  ),

  'no Transform': refused(
    'The Reference has no Transform, and so would include the Signature.',
    signingSo(altering(() => ({ transforms: [] }))),
  ),
  'XPath Transform': refused(
    'A Transform by XPath keeps Header alone, and Body is changed after signing.',
    (signed, signer) => {
      const content = `<ds:XPath>ancestor-or-self::sr:Header</ds:XPath>`;
      const change = altering(({ transforms }, covered) => ({
        transforms: [...transforms, { algorithm: xpath, content }],
        digestValue: digestOf(edit(header.exec(covered)?.[0] ?? '', '>', `${srDeclaration}$&`)),
      }));
      return raised(signingSo(change)(signed, signer));
    },
  ),
  'XSLT Transform': refused(
    'A Transform by XSLT makes the same of every document, and Body is changed after signing.',
    (signed, signer) => {
      const content =
        '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0"><xsl:output method="text"></xsl:output><xsl:template match="/">x</xsl:template></xsl:stylesheet>';
      const change = altering(({ transforms }) => ({
        transforms: [...transforms, { algorithm: xslt, content }],
        digestValue: digestOf('x'),
      }));
      return raised(signingSo(change)(signed, signer));
    },
  ),
  'base64 Transform': refused('A Transform decodes the text from base64.', addingTransform(`${dsig}base64`)),
  'C14N Transform with comments': refused(
    'A Transform canonicalises with comments.',
    addingTransform(`${inclusiveC14n}#WithComments`),
  ),
  'exclusive C14N Transform': refused(
    'A Transform canonicalises exclusively, which leaves namespaces unsigned.',
    addingTransform(exclusiveC14n),
  ),
  'unknown Transform': refused('A Transform is of nobody knows what.', addingTransform('urn:unknown')),

  'C14N of SignedInfo with comments': refused(
    'SignedInfo is canonicalised with comments.',
    signingSo(canonicalizing(`${exclusiveC14n}WithComments`)),
  ),
  'inclusive C14N of SignedInfo': refused(
    'SignedInfo is canonicalised inclusively.',
    signingSo((signer) => ({ ...canonicalizing(inclusiveC14n), sign: signInclusively(signer) })),
  ),
  'InclusiveNamespaces of SignedInfo': refused(
    'SignedInfo is canonicalised exclusively, but for one prefix.',
    signingSo((signer) => ({
      alter: () => ({
        canonicalizationMethod: {
          algorithm: exclusiveC14n,
          content: `<ec:InclusiveNamespaces xmlns:ec="${exclusiveC14n}" PrefixList="sr"></ec:InclusiveNamespaces>`,
        },
      }),
      sign: signInclusively(signer),
    })),
  ),

  'ECDSA with SHA-1': refused(
    'SignedInfo is signed with ECDSA and SHA-1.',
    signingSo((signer) => ({
      ...signatureMethod('http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1'),
      sign: ecdsaOf(signer, { hash: 'sha1' }),
    })),
  ),
  'ECDSA with SHA-512': refused(
    'SignedInfo is signed with ECDSA and SHA-512, which is no weaker, and not agreed.',
    signingSo((signer) => ({
      ...signatureMethod('http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512'),
      sign: ecdsaOf(signer, { hash: 'sha512' }),
    })),
  ),
  RSA: refused(
    'SignedInfo is said to be signed with RSA.',
    signingSo({
      ...signatureMethod('http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'),
      sign: () => Buffer.alloc(256, 1),
    }),
  ),
  'HMAC with the public key': refused(
    "Anybody makes a MAC, with the sender's public key.",
    signingSo((signer) => ({ ...signatureMethod(hmac), sign: publicMac(signer) })),
  ),
  'HMAC of eight bits': refused(
    'A MAC is cut to eight bits, so that one in 256 is right.',
    signingSo((signer) => ({
      ...signatureMethod(hmac, '<ds:HMACOutputLength>8</ds:HMACOutputLength>'),
      sign: (signedInfo) => publicMac(signer)(signedInfo).subarray(0, 1),
    })),
  ),
  'HMACOutputLength of ECDSA': refused(
    'SignatureMethod says how much of a MAC there is, and is none.',
    signingSo({
      alter: ({ signatureMethod: { algorithm } }) => ({
        signatureMethod: { algorithm, content: '<ds:HMACOutputLength>0</ds:HMACOutputLength>' },
      }),
    }),
  ),
  'digest by SHA-1': refused(
    'The digest is by SHA-1.',
    signingSo(
      altering((_, covered) => ({
        digestMethod: { algorithm: `${dsig}sha1` },
        digestValue: createHash('sha1').update(covered).digest('base64'),
      })),
    ),
  ),

  'comment in RequestID': refused(
    'A comment splits the value of RequestID, which is not signed, and a reader may see half of it.',
    editing(/.<\/sr:RequestID>/, '<!-- -->$&'),
  ),
  'comment in DigestValue': refused(
    'A comment splits DigestValue, and a reader may see half of it.',
    editing(/(<ds:DigestValue>.{8})/, '$1<!-- -->'),
  ),
  'comment between elements': equal(
    'A comment stands between two elements: the canonical form has none.',
    editing('<sr:Body>', '<!-- a comment -->$&'),
  ),
  'comment in Signature': equal(
    'A comment stands between two elements of the Signature.',
    editing('<ds:SignedInfo>', '<!-- a comment -->$&'),
  ),
  'comment around the root': equal(
    'A comment stands before the root, and one after it.',
    editing(/<sr:Request[^]*<\/sr:Request>/, '<!-- a comment -->$&<!-- and another -->'),
  ),
  'processing instruction': refused(
    'A processing instruction is added, which is part of the canonical form.',
    editing('<sr:Body>', '<?php 1?>$&'),
  ),
  'processing instruction before the root': refused(
    'A processing instruction is added outside the root, where it is part of the canonical form too.',
    editing('<sr:Request', '<?php 1?>$&'),
  ),

  'namespace on the root': refused(
    'The root declares one more namespace, which inclusive C14N signs.',
    editing('<sr:Request', '$& xmlns:x="urn:x"'),
  ),
  'namespace on Signature': equal(
    'The Signature declares one more namespace, as some senders do: neither it nor SignedInfo sign that.',
    editing('<ds:Signature', `$& xmlns="${dsig}"`),
  ),
  'namespace on a body element': refused(
    'An element in Body declares a namespace.',
    editing('<sr:ApplyTimeBasedCPVChecks', '$& xmlns:x="urn:x"'),
  ),
  'namespace declared again': equal(
    'An element declares the namespace that it is in: the canonical form has it once.',
    editing('<sr:Body', `$&${srDeclaration}`),
  ),
  'other prefix': refused('The document has another prefix for its namespace.', (signed) =>
    edit(signed, 'xmlns:sr=', 'xmlns:dcc=').replace(/(<\/?)sr:/g, '$1dcc:'),
  ),
  'other namespace': refused(
    'The document is in another namespace.',
    editing('co.uk/ServiceUserGateway"', 'co.uk/Other"'),
  ),

  'no KeyInfo': refused('KeyInfo holds nothing.', signingSo({ alterSigned: () => ({ keyInfo: '' }) })),
  'KeyInfo of another certificate': refused('KeyInfo names a certificate that there is none of.', (signed) =>
    edit(signed, /(?<=<ds:X509SerialNumber>)\d+/, '1'),
  ),
  'IssuerSerial twice': refused(
    'KeyInfo names two certificates.',
    editing(/<ds:X509IssuerSerial>[^]*<\/ds:X509IssuerSerial>/, '$&$&'),
  ),
  'KeyValue beside': refused(
    "KeyInfo has the sender's public key beside the name of the certificate.",
    signingSo(({ privateKey }) => inKeyInfo(keyValueOf(createPublicKey(privateKey)))),
  ),
  'KeyValue of another': refused(
    'Another signs a changed document, and KeyInfo has his public key beside the name of the sender.',
    (signed, signer) => byAttacker(signed, signer, inKeyInfo(keyValueOf(attackers.publicKey))),
  ),
  'X509Certificate beside': refused(
    'X509Data holds a certificate, of another, beside the name of the sender.',
    (signed) =>
      edit(signed, '</ds:X509Data>', `<ds:X509Certificate>${attackersCertificate()}</ds:X509Certificate>$&`),
  ),
  'empty Object': refused(
    'The Signature holds an Object: there is nothing in it, and no place for it.',
    editing('</ds:Signature>', '<ds:Object></ds:Object>$&'),
  ),

  'short DigestValue': refused(
    'DigestValue lacks its last octet.',
    signingSo(altering((_, covered) => ({ digestValue: digestCut(covered, 31) }))),
  ),
  'empty DigestValue': refused('DigestValue is empty.', signingSo(altering(() => ({ digestValue: '' })))),
  'long DigestValue': refused(
    'DigestValue has an octet too many.',
    signingSo(altering((_, covered) => ({ digestValue: digestCut(covered, 33) }))),
  ),
  'short SignatureValue': refused(
    'SignatureValue lacks its last octet.',
    revalued((value) => value.subarray(0, 63)),
  ),
  'long SignatureValue': refused(
    'SignatureValue has an octet too many.',
    revalued((value) => Buffer.concat([value, Buffer.alloc(1)])),
  ),
  'empty SignatureValue': refused(
    'SignatureValue is empty.',
    revalued(() => Buffer.alloc(0)),
  ),
  'SignatureValue in DER': refused(
    'SignatureValue is the DER of r and s.',
    signingSo((signer) => ({ sign: ecdsaOf(signer, { dsaEncoding: 'der' }) })),
  ),
  'r of zero': refused(
    'r is zero.',
    revalued((value) => Buffer.concat([Buffer.alloc(32), value.subarray(32)])),
  ),
  's of zero': refused(
    's is zero.',
    revalued((value) => Buffer.concat([value.subarray(0, 32), Buffer.alloc(32)])),
  ),
  'r and s of zero': refused(
    'r and s are zero, which some verifiers have taken for any document.',
    revalued(() => Buffer.alloc(64)),
  ),
  's of n': refused(
    's is the order of the group, which is zero again.',
    revalued((value) => Buffer.concat([value.subarray(0, 32), Buffer.from(n.toString(16), 'hex')])),
  ),
  's negated': equal(
    's is replaced by n - s, which anybody can do, and which is as right a signature of the same.',
    revalued(negated),
  ),
  'SignatureValue not in base64': refused(
    'SignatureValue has a character that a lenient decoder leaves out.',
    editing('<ds:SignatureValue>', '$&*'),
  ),

  'lines of SignatureValue broken': equal(
    'White space is added to SignatureValue.',
    editing(/(<ds:SignatureValue>.{64})/, '$1\n'),
  ),
  'CDATA around a value': equal(
    'A value is written as a CDATA section.',
    editing(/(<sr:ServiceReference>)([^<]*)/, '$1<![CDATA[$2]]>'),
  ),
  'CDATA around DigestValue': equal(
    'DigestValue is written as a CDATA section.',
    editing(/(<ds:DigestValue>)([^<]*)/, '$1<![CDATA[$2]]>'),
  ),
  'character references': equal(
    'A character of a value is written as a reference.',
    editing('<sr:ServiceReference>6', '<sr:ServiceReference>&#54;'),
  ),
  'character reference in an attribute': equal(
    'A character of an attribute is written as a reference.',
    editing('schemaVersion="5', 'schemaVersion="&#x35;'),
  ),
  'white space in tags': equal('White space is added inside tags.', (signed) =>
    edit(signed, ' schemaVersion="', '\n  schemaVersion = "').replaceAll(/<\/[^>]*/g, '$& '),
  ),
  'order of attributes': equal(
    'The attribute of the root stands before the declaration of its namespace.',
    editing(/( xmlns:sr="[^"]*")( schemaVersion="[^"]*")/, '$2$1'),
  ),
  'other quotes': equal('Attributes have the other quotes.', (signed) =>
    edit(signed, /="([^"]*)"/g, "='$1'"),
  ),
  'empty-element tags': equal('Empty elements are written as one tag.', (signed) =>
    edit(signed, /><\/ds:(?:\w*Method|Transform)>/g, '/>'),
  ),
  'CR LF': equal('Lines end in CR and LF, which a parser reads as LF.', (signed) =>
    edit(signed, /\n/g, '\r\n'),
  ),
  'no XML declaration': equal('The XML declaration is left out.', canonicalOf),
} satisfies Record<string, XmlAttack>;
