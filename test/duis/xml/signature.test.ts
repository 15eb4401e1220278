import t, { type Test } from 'tap';
import { readSignedXmlRequest, readXmlRequest } from '../../../src/duis/xml/request.js';
import type { SignatureReading } from '../../../src/duis/xml/signature.js';
import { type Message, toXml } from '../../../src/mock-dsp/message.js';
import { attacks, type XmlAttack } from '../../../src/mock-dsp/xml-attacks.js';
import { dsig, issuerLayouts, type SignatureChange, signXml } from '../../../src/mock-dsp/xml-signature.js';
import { euis, gbcsCommand, message } from '../../fixtures.js';
import { judge, listedSigner, signer, wordOf } from './judge.js';

const unsigned = toXml(message());
const signed = signXml(unsigned, signer);

function readingOf(xml: string): SignatureReading | undefined {
  const read = readSignedXmlRequest(Buffer.from(xml));
  if (!read.ok) throw new Error(read.rejection.detail);
  return read.value.signature;
}

const malformed = (t: Test, xml: string, got: string): void => {
  t.strictSame(
    readingOf(xml),
    { signature: undefined, flaws: [{ name: 'xml-signature-malformed', got }] },
    got,
  );
};

const flawed = (t: Test, xml: string, ...flaws: SignatureReading['flaws']): void => {
  const reading = readingOf(xml);
  t.strictSame(reading?.flaws, flaws);
  t.ok(reading?.signature !== undefined);
};

const text = (element: string): string => new RegExp(`<ds:${element}>([^<]*)`).exec(signed)?.[1] ?? '';

t.test('a signed request, and what its signature says', async (t) => {
  const read = readSignedXmlRequest(Buffer.from(signed));
  const { document } = (read.ok && read.value) || {};
  t.strictSame({ ok: true, value: document }, readXmlRequest(Buffer.from(unsigned)));
  t.strictSame(readingOf(signed), {
    signature: {
      issuerName: 'CN=Z1,OU=07',
      serialNumber: signer.serialNumber,
      signedInfo: Buffer.from(
        /<ds:SignedInfo[^]*<\/ds:SignedInfo>/.exec(signed)![0].replace('>', ` xmlns:ds="${dsig}">`),
      ),
      signatureValue: text('SignatureValue'),
    },
    flaws: [],
  });
});

t.test('a request without a signature', async (t) => {
  t.strictSame(readSignedXmlRequest(Buffer.from(unsigned)), {
    ok: true,
    value: {
      document: (readXmlRequest(Buffer.from(unsigned)) as { value: unknown }).value,
      signature: undefined,
    },
  });
  for (const xml of [
    '<a',
    '<a/>',
    unsigned.replace('>NetworkOperator<', '><sr:a/><'),
    signed.replace('>NetworkOperator<', '><sr:a/><'),
    signed.replace('<sr:Header>', 'x$&'),
  ]) {
    const { ok, rejection } = readXmlRequest(Buffer.from(xml)) as {
      ok: boolean;
      rejection: { kind: string };
    };
    t.equal(ok, false);
    t.match(readSignedXmlRequest(Buffer.from(xml)), { ok: false, rejection: { kind: rejection.kind } });
  }
  t.match(readSignedXmlRequest(Buffer.from(signed.replace('<sr:Request', '$& xmlns:x="relative"'))), {
    ok: false,
    rejection: { kind: 'malformed-body' },
  });
});

t.test('a rejection names the line of what was digested', async (t) => {
  // The declaration is no part of it.
  const detail = 'RemotePartyRole holds an element instead of a value.';
  for (const [xml, line] of [
    [unsigned, 11],
    [signed, 10],
  ] as const) {
    const edited = xml.replace('>NetworkOperator<', '><sr:a/><');
    t.strictSame(readSignedXmlRequest(Buffer.from(edited)), {
      ok: false,
      rejection: { kind: 'not-schema-valid', detail: `Line ${String(line)}: ${detail}` },
    });
  }
});

t.test('the spellings that are one signature', async (t) => {
  const expected = readingOf(signed);
  const lines = (length: 64 | 76): string =>
    signed.replace(
      text('SignatureValue'),
      text('SignatureValue').replace(new RegExp(`.{${String(length)}}`), '$&&#13;\n'),
    );
  const spellings = {
    'lines of 64': lines(64),
    'lines of 76': lines(76),
    'white space around every value': signed.replace(
      /(<ds:(?:Digest|Signature)Value>)([^<]*)/g,
      '$1\n\t$2 &#13;',
    ),
    'white space around issuer and serial number': signed.replace(
      /(<ds:X509(?:IssuerName|SerialNumber)>)([^<]*)/g,
      '$1\n $2\t',
    ),
    'zeros before the serial number': signed.replace('<ds:X509SerialNumber>', '$&00'),
    'the default namespace declared too, as the published templates do': signed.replace(
      '<ds:Signature',
      `$& xmlns="${dsig}"`,
    ),
    'its namespace declared again inside': signed.replace('<ds:KeyInfo>', `<ds:KeyInfo xmlns:ds="${dsig}">`),
    'KeyInfo in the default namespace': signed.replace(/<ds:KeyInfo>[^]*<\/ds:KeyInfo>/, (keyInfo) =>
      keyInfo.replaceAll('ds:', '').replace('<KeyInfo', `<KeyInfo xmlns="${dsig}"`),
    ),
    'Ids outside of SignedInfo': signed
      .replace('<ds:Signature', '$& Id="a"')
      .replace('<ds:KeyInfo', '$& Id="b"'),
    'a byte order mark': `\ufeff${signed}`,
    'the encoding in small letters': signed.replace('UTF-8', 'utf-8'),
    'white space after the root': `${signed}\n\n`,
  };
  for (const [name, xml] of Object.entries(spellings)) {
    const reading = readingOf(xml);
    // Signatures are held against the bytes, which spelling in SignedInfo changes.
    if (name !== 'white space around every value') t.strictSame(reading, expected, name);
    else t.strictSame(reading?.signature?.signatureValue, expected?.signature?.signatureValue, name);
    t.strictSame(reading?.flaws, [], name);
  }
  for (const issuerLayout of Object.keys(issuerLayouts) as (keyof typeof issuerLayouts)[]) {
    t.equal(
      wordOf(await judge(signXml(unsigned, signer, { issuerLayout }), 'require')),
      'accepted',
      issuerLayout,
    );
  }
});

t.test('the shape of a Signature', async (t) => {
  const on = (from: string | RegExp, to: string, got: string): void => {
    const xml = signed.replace(from, to);
    t.not(xml, signed);
    malformed(t, xml, got);
  };
  on(/<ds:SignedInfo>[^]*<\/ds:SignedInfo>/, '', 'an element in the place of SignedInfo');
  on(/<ds:SignedInfo>[^]*<\/ds:KeyInfo>/, '', 'Signature without SignedInfo');
  on(/<ds:KeyInfo>[^]*<\/ds:KeyInfo>/, '', 'Signature without KeyInfo');
  on('</ds:Signature>', '<ds:Object/></ds:Signature>', 'Signature with more elements than the profile has');
  on(/(<\/?)ds:KeyInfo/g, '$1ds:Keys', 'an element in the place of KeyInfo');
  on('<ds:SignedInfo>', '<SignedInfo xmlns="urn:x"/>$&', 'Signature with more elements than the profile has');
  on(/<ds:KeyInfo>[^]*<\/ds:KeyInfo>/, '<KeyInfo/>', 'an element in the place of KeyInfo');
  on(/<ds:KeyInfo>[^]*<\/ds:KeyInfo>/, '<KeyInfo xmlns=""/>', 'an element in the place of KeyInfo');
  on('<ds:SignedInfo>', 'x$&', 'Signature with text between its elements');
  on('<ds:SignedInfo>', '<![CDATA[ ]]>$&', 'Signature with text between its elements');
  on('<ds:Reference URI="">', '$&&#160;', 'Reference with text between its elements');
  on('<ds:Reference URI="">', '<ds:Reference>', 'Reference without URI');
  on(
    '<ds:Reference URI="">',
    '<ds:Reference URI="" Type="x">',
    'Reference with an attribute that the profile does not have',
  );
  on(
    '<ds:Reference URI="">',
    '<ds:Reference ds:URI="">',
    'Reference with an attribute that the profile does not have',
  );
  on(
    '<ds:DigestMethod Algorithm=',
    '<ds:DigestMethod Algorithms=',
    'DigestMethod with an attribute that the profile does not have',
  );
  on(/<ds:DigestMethod Algorithm="[^"]*"/, '<ds:DigestMethod', 'DigestMethod without Algorithm');
  on('<ds:Signature', '$& xml:id="a"', 'Signature with an attribute that the profile does not have');
  on('<ds:Signature', '$& ID="a"', 'Signature with an attribute that the profile does not have');
  on('<ds:Signature', '$& id="a"', 'Signature with an attribute that the profile does not have');
  on('<ds:Signature', '$& ds:Id="a"', 'Signature with an attribute that the profile does not have');
  on(
    '<ds:Signature',
    '$& xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"',
    'Signature with an attribute that the profile does not have',
  );
  on(/<ds:(SignedInfo|KeyInfo)/g, '$& Id="a"', 'an Id that comes twice');
  on('</ds:DigestValue>', '<ds:a/>$&', 'DigestValue with an element inside');
  on('</ds:X509SerialNumber>', '<ds:a/>$&', 'X509SerialNumber with an element inside');
  for (const value of ['!', '=', 'A', 'AA', 'AAA', 'A===', 'AA=A', 'AAAA=', '_-AA', '\u0661']) {
    on(/(<ds:DigestValue>)[^<]*/, `$1${value}`, 'DigestValue with a value that it cannot have');
    on(/(<ds:SignatureValue>)[^<]*/, `$1${value}`, 'SignatureValue with a value that it cannot have');
  }
  const serial = 'X509SerialNumber with a value that it cannot have';
  for (const value of [
    '',
    ' ',
    '-1',
    '+1',
    '1.0',
    '0x1',
    '1e3',
    '12 34',
    '1\u00a0',
    '\u0661',
    '1'.repeat(50),
    '9'.repeat(100_000),
  ]) {
    on(/(<ds:X509SerialNumber>)[^<]*/, `$1${value}`, serial);
  }
  const issuer = 'X509IssuerName with a value that it cannot have';
  for (const value of ['', ' \n', 'x'.repeat(513)]) on(/(<ds:X509IssuerName>)[^<]*/, `$1${value}`, issuer);
  for (const [value, serialNumber] of [
    ['0', 0n],
    ['1'.repeat(49), BigInt('1'.repeat(49))],
    [String(2n ** 160n - 1n), 2n ** 160n - 1n],
  ] as const) {
    const xml = signed.replace(/(<ds:X509SerialNumber>)[^<]*/, `$1${value}`);
    t.equal(readingOf(xml)?.signature?.serialNumber, serialNumber);
    t.equal(wordOf(await judge(xml)), 'xml-signature-certificate-unknown');
  }
});

t.test('what is wrong with a Signature whose shape is right, all of it', async (t) => {
  const algorithm = (element: string): SignatureReading['flaws'][number] => ({
    name: 'xml-signature-algorithm-not-allowed',
    got: `another algorithm in ${element}`,
  });
  const elements = ['CanonicalizationMethod', 'SignatureMethod', 'Transform', 'DigestMethod'];
  for (const element of elements) {
    for (const [from, to] of [
      ['="', '=" '],
      ['="http', '="HTTP'],
      [/="[^"]*"/, '=""'],
    ] as const) {
      const xml = signed.replace(new RegExp(`<ds:${element} Algorithm="[^"]*"`), (tag) =>
        tag.replace(from, to),
      );
      flawed(t, xml, algorithm(element));
    }
  }
  const uri = { name: 'xml-signature-not-of-whole-request', got: 'a Reference to a part' } as const;
  for (const value of ['#', '#a', ' ', 'http://127.0.0.1/', 'file:///etc/passwd', '#xpointer(/)']) {
    flawed(t, signed.replace('URI=""', `URI="${value}"`), uri);
  }
  const digest = { name: 'xml-signature-digest-wrong', got: 'the digest of something else' } as const;
  const comment = { name: 'xml-signature-with-comment', got: 'a comment' } as const;
  for (const place of [
    '<sr:Request',
    '<sr:Body>',
    '<sr:RequestID>',
    '<ds:SignedInfo>',
    '<ds:X509Data>',
    '</ds:DigestValue>',
  ]) {
    flawed(t, signed.replace(place, `<!-- -->${place}`), comment);
  }
  flawed(t, `${signed}<!-- -->`, comment);
  const foreign = {
    name: 'xml-signature-with-foreign-namespace',
    got: 'the declaration of another namespace in the Signature',
  } as const;
  for (const declaration of [
    'xmlns:x="urn:x"',
    'xmlns=""',
    'xmlns="urn:x"',
    'xmlns:sr="http://www.dccinterface.co.uk/ServiceUserGateway"',
    'xmlns:xml="http://www.w3.org/XML/1998/namespace"',
  ]) {
    for (const element of ['Signature', 'SignedInfo', 'DigestValue', 'KeyInfo', 'X509SerialNumber']) {
      flawed(t, signed.replace(new RegExp(`<ds:${element}`), `$& ${declaration}`), foreign);
    }
  }
  const everything = signed
    .replaceAll(/Algorithm="[^"]*"/g, 'Algorithm="urn:x"')
    .replace('URI=""', 'URI="#a"')
    .replace('<ds:SignedInfo>', '<!-- --><ds:SignedInfo xmlns:x="urn:x">')
    .replace('NetworkOperator', 'Supplier');
  flawed(t, everything, ...elements.map(algorithm), uri, comment, foreign, digest);
});

t.test(
  'a byte order mark is signed like any character, wherever the canonical form is cut into pieces',
  async (t) => {
    const xml = toXml(message({ serviceReferenceVariant: '6.23', importMpxn: '1200023305967' }));
    const place = '<sr:ImportMPxN>';
    const before = xml.indexOf(place) + place.length - xml.indexOf('<sr:Request');
    // The library writes pieces of about this length.
    for (let length = 3990; length < 4010; length += 1) {
      const padded = xml.replace('<sr:Body>', `${' '.repeat(length - before)}$&`);
      const sent = signXml(padded, signer);
      t.strictSame(readingOf(sent)?.flaws, []);
      flawed(t, sent.replace(place, `${place}\ufeff`), {
        name: 'xml-signature-digest-wrong',
        got: 'the digest of something else',
      });
    }
  },
);

/**
 * What becomes of every attack: accepted, the kind of a rejection, or the findings that refuse. `off` is left out where
 * the request is accepted without a look at its signature, and said where the request itself has not its form.
 */
const outcomes: Record<keyof typeof attacks, string | { readonly on: string; readonly off: string }> = {
  'tampered body': 'xml-signature-digest-wrong',
  'tampered header': 'xml-signature-digest-wrong',
  'white space added': 'xml-signature-digest-wrong',
  // Where signatures are verified if present, this is a request like any other.
  'no Signature': 'xml-signature-missing',
  'empty Signature': 'xml-signature-malformed',
  'signed by another': 'xml-signature-value-wrong',
  'Signature before Body': { on: 'not-schema-valid', off: 'not-schema-valid' },
  'Signature in Header': { on: 'not-schema-valid', off: 'not-schema-valid' },
  'Signature in Body': { on: 'not-schema-valid', off: 'not-schema-valid' },
  'wrapped in Object': 'xml-signature-malformed',
  'wrapped in Object, by Id': 'xml-signature-malformed',
  'wrapped in Body': { on: 'not-schema-valid', off: 'not-schema-valid' },
  'wrapped in Body, by Id': { on: 'not-schema-valid', off: 'not-schema-valid' },
  'wrapped in Body, Signature and all': { on: 'not-schema-valid', off: 'not-schema-valid' },
  'Signature twice': { on: 'not-schema-valid', off: 'not-schema-valid' },
  'second Signature by another': { on: 'not-schema-valid', off: 'not-schema-valid' },
  'first Signature by another': { on: 'not-schema-valid', off: 'not-schema-valid' },
  'Reference by Id': { on: 'not-schema-valid', off: 'not-schema-valid' },
  'Id twice': { on: 'not-schema-valid', off: 'not-schema-valid' },
  'Reference by XPointer': 'xml-signature-not-of-whole-request',
  'Reference without URI': 'xml-signature-malformed',
  'Reference to a file': 'xml-signature-malformed',
  'no Reference': 'xml-signature-malformed',
  'second Reference': 'xml-signature-malformed',
  'second Reference to a file': 'xml-signature-malformed',
  'no Transform': 'xml-signature-malformed',
  'XPath Transform': 'xml-signature-malformed',
  'XSLT Transform': 'xml-signature-malformed',
  'base64 Transform': 'xml-signature-malformed',
  'C14N Transform with comments': 'xml-signature-malformed',
  'exclusive C14N Transform': 'xml-signature-malformed',
  'unknown Transform': 'xml-signature-malformed',
  'C14N of SignedInfo with comments': 'xml-signature-algorithm-not-allowed',
  'inclusive C14N of SignedInfo': 'xml-signature-algorithm-not-allowed, xml-signature-value-wrong',
  'InclusiveNamespaces of SignedInfo': 'xml-signature-malformed',
  'ECDSA with SHA-1': 'xml-signature-algorithm-not-allowed, xml-signature-value-wrong',
  'ECDSA with SHA-512': 'xml-signature-algorithm-not-allowed, xml-signature-value-wrong',
  RSA: 'xml-signature-algorithm-not-allowed, xml-signature-value-wrong',
  'HMAC with the public key': 'xml-signature-algorithm-not-allowed, xml-signature-value-wrong',
  'HMAC of eight bits': 'xml-signature-malformed',
  'HMACOutputLength of ECDSA': 'xml-signature-malformed',
  'digest by SHA-1': 'xml-signature-algorithm-not-allowed, xml-signature-digest-wrong',
  'comment in RequestID': { on: 'xml-signature-with-comment', off: 'forbidden-xml-construct' },
  'comment in DigestValue': 'xml-signature-with-comment',
  // Equal, and refused on purpose: nothing signs a comment, so that anybody may put one in.
  'comment between elements': 'xml-signature-with-comment',
  'comment in Signature': 'xml-signature-with-comment',
  'comment around the root': 'xml-signature-with-comment',
  'processing instruction': { on: 'forbidden-xml-construct', off: 'forbidden-xml-construct' },
  'processing instruction before the root': { on: 'forbidden-xml-construct', off: 'forbidden-xml-construct' },
  'namespace on the root': 'xml-signature-digest-wrong',
  // The namespace is that of the Signature itself; any other is refused on purpose, since nothing signs it.
  'namespace on Signature': 'accepted',
  'namespace on a body element': 'xml-signature-digest-wrong',
  'namespace declared again': 'accepted',
  'other prefix': 'xml-signature-digest-wrong',
  'other namespace': { on: 'not-schema-valid', off: 'not-schema-valid' },
  'no KeyInfo': 'xml-signature-malformed',
  'KeyInfo of another certificate': 'xml-signature-certificate-unknown',
  'IssuerSerial twice': 'xml-signature-malformed',
  'KeyValue beside': 'xml-signature-malformed',
  'KeyValue of another': 'xml-signature-malformed',
  'X509Certificate beside': 'xml-signature-malformed',
  'empty Object': 'xml-signature-malformed',
  'short DigestValue': 'xml-signature-digest-wrong',
  'empty DigestValue': 'xml-signature-digest-wrong',
  'long DigestValue': 'xml-signature-digest-wrong',
  'short SignatureValue': 'xml-signature-value-wrong',
  'long SignatureValue': 'xml-signature-value-wrong',
  'empty SignatureValue': 'xml-signature-value-wrong',
  'SignatureValue in DER': 'xml-signature-value-wrong',
  'r of zero': 'xml-signature-value-wrong',
  's of zero': 'xml-signature-value-wrong',
  'r and s of zero': 'xml-signature-value-wrong',
  's of n': 'xml-signature-value-wrong',
  's negated': 'accepted',
  'SignatureValue not in base64': 'xml-signature-malformed',
  'lines of SignatureValue broken': 'accepted',
  'CDATA around a value': 'accepted',
  'CDATA around DigestValue': 'accepted',
  'character references': 'accepted',
  'character reference in an attribute': 'accepted',
  'white space in tags': 'accepted',
  'order of attributes': 'accepted',
  'other quotes': 'accepted',
  'empty-element tags': 'accepted',
  'CR LF': 'accepted',
  'no XML declaration': 'accepted',
};

t.test('every attack, whether signatures are required or verified where present', async (t) => {
  const original = await judge(signed);
  t.equal(wordOf(original), 'accepted');
  for (const [name, { attack, expected }] of Object.entries<XmlAttack>(attacks)) {
    const outcome = outcomes[name as keyof typeof attacks];
    const xml = attack(signed, signer);
    const on = typeof outcome === 'string' ? outcome : outcome.on;
    for (const mode of ['require', 'verify-if-present'] as const) {
      const judged = await judge(xml, mode);
      const missing = name === 'no Signature' && mode === 'verify-if-present';
      t.equal(wordOf(judged), missing ? 'accepted' : on, `${name}, ${mode}`);
      if (!missing && on === 'accepted') {
        t.equal(expected, 'equal', name);
        t.strictSame(judged, original, `${name}: the same decision`);
      }
    }
    t.equal(
      wordOf(await judge(xml, 'off')),
      typeof outcome === 'string' ? 'accepted' : outcome.off,
      `${name}, off`,
    );
  }
});

t.test('no attack on any service is accepted that is to be refused', async (t) => {
  const messages: Partial<Message>[] = [
    { serviceReferenceVariant: '6.21' },
    { serviceReferenceVariant: '6.23', importMpxn: '1200023305967' },
    { gbcsPayload: gbcsCommand({ originator: euis.supplier }) },
  ];
  for (const change of messages) {
    const xml = signXml(toXml(message(change)), signer, { lineLength: 76 });
    const original = wordOf(await judge(xml, 'require'));
    for (const [name, { attack, expected }] of Object.entries<XmlAttack>(attacks)) {
      // Those that raise the floor have none to raise in a Signed Pre-Command.
      const attacked = attempt(() => attack(xml, signer));
      if (attacked === undefined) continue;
      const word = wordOf(await judge(attacked, 'require'));
      if (expected === 'refused') t.not(word, 'accepted', name);
      else t.ok(word === original || word.includes('xml-signature-with-comment'), `${name}: ${word}`);
    }
  }
});

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Nothing to change')) return undefined;
    throw error;
  }
}

t.test('who signed', async (t) => {
  const word = async (change: SignatureChange, by = signer): Promise<string> =>
    wordOf(await judge(signXml(unsigned, by, change), 'require'));
  t.equal(await word({}), 'accepted');
  t.equal(await word({}, listedSigner('02-00-00-00-01-02-00-01')), 'signer-not-originator');
  t.equal(
    await word({}, { ...signer, issuerName: 'CN=Z2,OU=07' }),
    'xml-signature-certificate-unknown',
    'a serial number is that of an issuer',
  );
  t.match(await judge(signed, 'require'), {
    ok: true,
    value: {
      signer: { entityIdentifier: euis.supplier, onBehalfOf: undefined },
      trust: { xmlSignature: 'passed' },
    },
  });
});
