import fc from 'fast-check';
import { XmlC14NMode, XmlDocument } from 'libxml2-wasm';
import t from 'tap';
import { type Message, toXml } from '../../src/mock-dsp/message.js';
import { attacks } from '../../src/mock-dsp/xml-attacks.js';
import {
  dsig,
  issuerLayouts,
  type SignatureChange,
  signXml,
  xmlSignerOf,
} from '../../src/mock-dsp/xml-signature.js';
import { judge, signer as listed, wordOf } from '../duis/xml/judge.js';
import { euis, gbcsCommand, issue, message, now, pki } from '../fixtures.js';
import {
  signWithXmlsec1,
  skipWithoutXmlsec1,
  verifyByCertificatesWithXmlsec1,
  verifyWithXmlsec1,
} from './xmlsec1.js';

/**
 * The signatures that the pipeline makes, held against libxml2 and xmlsec1: what our own verifier says of them would
 * prove no more than that the two agree.
 */

const own = {
  role: '02',
  entityIdentifier: euis.supplier,
};
const certificate = issue(own);
const signer = xmlSignerOf(certificate);
const { publicKey } = certificate.keys;

const supplierCertificates = {
  digitalSigning: certificate.base64,
  keyAgreement: issue({ ...own, keyUsage: 'keyAgreement' }).base64,
};
const messages: Record<string, Message> = {
  '6.15.1': message(),
  '6.15.1 with all that it can have': message({
    remotePartyRole: 'Supplier',
    executionDateTime: '2026-07-01T00:00:00Z',
    topUpFloor: 7n,
    certificates: { ...supplierCertificates, keyAgreementTopUp: supplierCertificates.keyAgreement },
    path: [pki.issuingCa.base64, pki.root.base64],
  }),
  '6.21': message({ serviceReferenceVariant: '6.21' }),
  '6.23': message({
    serviceReferenceVariant: '6.23',
    certificates: supplierCertificates,
    importMpxn: '1200023305967',
  }),
  'values that have to be escaped': message({ remotePartyRole: '<&>"\r\n\t\u00e9\u{1f600}]]>' }),
};

const changes: Record<string, SignatureChange> = {
  'as usual': {},
  'lines of 64': { lineLength: 64 },
  'lines of 76': { lineLength: 76 },
  ...Object.fromEntries(
    Object.keys(issuerLayouts).map((layout) => [
      `issuer ${layout}`,
      { issuerLayout: layout as keyof typeof issuerLayouts },
    ]),
  ),
};

/** Text with what canonical XML escapes, what it does not, and what a parser would make something else of. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '&',
      '<',
      '>',
      '\r',
      '\n',
      '\t',
      ' ',
      '"',
      "'",
      '&lt;',
      ']]>',
      '<!--',
      '\u0085',
      '\u2028',
    ),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  ),
});
const generated: fc.Arbitrary<Message> = fc.record(
  {
    serviceReferenceVariant: fc.constantFrom('6.15.1', '6.21', '6.23'),
    originator: text,
    target: text,
    counter: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    remotePartyRole: text,
    certificates: fc.record({ digitalSigning: text, keyAgreement: text }, { requiredKeys: [] }),
    path: fc.array(text, { maxLength: 3 }),
    executionDateTime: text,
    topUpFloor: fc.bigInt(),
    importMpxn: text,
  },
  {
    requiredKeys: [
      'serviceReferenceVariant',
      'originator',
      'target',
      'counter',
      'remotePartyRole',
      'certificates',
      'path',
    ],
  },
);

const namespaces = { sr: 'http://www.dccinterface.co.uk/ServiceUserGateway', ds: dsig };

function withDocument<T>(xml: string, use: (document: XmlDocument) => T): T {
  const document = XmlDocument.fromString(xml);
  try {
    return use(document);
  } finally {
    document.dispose();
  }
}

t.test('toXml writes canonical XML, and the values that it was given', async (t) => {
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(generated, (message) => {
        const xml = toXml(message);
        withDocument(xml, (document) => {
          const root = xml.slice(xml.indexOf('<sr:Request'), xml.lastIndexOf('>') + 1);
          if (document.canonicalizeToString() !== root) throw new Error(`not canonical:\n${xml}`);
          const { originator, target, counter } = message;
          const read = document.get('//sr:RequestID', namespaces)?.content;
          if (read !== `${originator}:${target}:${String(counter)}`)
            throw new Error(`not the value:\n${xml}`);
        });
      }),
      { numRuns: 500, includeErrorInReport: true },
    );
  });
});

t.test('what signXml digests and signs is the canonical form of what it writes', async (t) => {
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(generated, (message) => {
        const made = { covered: '', signedInfo: '' };
        const xml = signXml(toXml(message), signer, {
          alter: (parts, covered) => {
            made.covered = covered;
            return parts;
          },
          sign: (signedInfo) => {
            made.signedInfo = signedInfo;
            return Buffer.alloc(64);
          },
        });
        withDocument(xml, (document) => {
          const signedInfo = document
            .get('//ds:SignedInfo', namespaces)
            ?.canonicalizeToString({ mode: XmlC14NMode.XML_C14N_EXCLUSIVE_1_0 });
          if (made.signedInfo !== signedInfo) throw new Error(`not canonical:\n${made.signedInfo}`);
          document.get('//ds:Signature', namespaces)?.remove();
          if (made.covered !== document.canonicalizeToString()) {
            throw new Error(`not what is left without the Signature:\n${made.covered}`);
          }
        });
      }),
      { numRuns: 200, includeErrorInReport: true },
    );
  });
});

t.test('the Signature has the shape that is agreed', async (t) => {
  const lines = (change: SignatureChange): string[] =>
    /<ds:SignatureValue>([^<]*)/.exec(signXml(toXml(message()), signer, change))?.[1]?.split('&#13;\n') ?? [];
  t.strictSame(
    lines({}).map(({ length }) => length),
    [88],
    'r and s in 64 octets',
  );
  t.strictSame(
    lines({ lineLength: 64 }).map(({ length }) => length),
    [64, 24],
  );
  t.strictSame(
    lines({ lineLength: 76 }).map(({ length }) => length),
    [76, 12],
  );
  for (const issuerLayout of Object.keys(issuerLayouts) as (keyof typeof issuerLayouts)[]) {
    const xml = signXml(
      toXml(message()),
      { ...signer, serialNumber: Buffer.from('00ff', 'hex') },
      { issuerLayout },
    );
    t.match(xml, `<ds:X509IssuerName>${issuerLayout}</ds:X509IssuerName>`);
    t.match(xml, '<ds:X509SerialNumber>255</ds:X509SerialNumber>', 'the serial number in octets');
  }
});

t.test('xmlsec1 verifies what signXml makes', { skip: skipWithoutXmlsec1 }, async (t) => {
  for (const [service, each] of Object.entries(messages)) {
    for (const [name, change] of Object.entries(changes)) {
      const xml = signXml(toXml(each), signer, change);
      t.match(verifyWithXmlsec1(xml, publicKey), { verified: true }, `${service}, ${name}`);
      t.match(
        verifyByCertificatesWithXmlsec1(xml, pki.root, [pki.issuingCa, issue(), certificate], now),
        { verified: true },
        `${service}, ${name}, by the certificate that KeyInfo names`,
      );
    }
  }
});

t.test('xmlsec1 refuses what is not so', { skip: skipWithoutXmlsec1 }, async (t) => {
  const signed = signXml(toXml(message()), signer);
  t.match(verifyWithXmlsec1(attacks['tampered body'].attack(signed, signer), publicKey), {
    verified: false,
    says: /data and digest do not match/,
  });
  t.match(verifyWithXmlsec1(signed.replace('<ds:SignedInfo>', '$& '), publicKey), {
    verified: false,
    says: /signature verification failed/,
  });
  t.match(verifyWithXmlsec1(signed, issue().keys.publicKey), {
    verified: false,
    says: /signature verification failed/,
  });
  t.match(
    verifyByCertificatesWithXmlsec1(signed, pki.root, [pki.issuingCa, issue()], now),
    { verified: false },
    'it has not the certificate that KeyInfo names',
  );
});

t.test('our verifier accepts what xmlsec1 signs', { skip: skipWithoutXmlsec1 }, async (t) => {
  const sent: Record<string, Message> = {
    '6.15.1': message(),
    '6.15.1 with all that it can have': messages['6.15.1 with all that it can have']!,
    '6.21': message({ serviceReferenceVariant: '6.21' }),
    '6.23': messages['6.23']!,
    'Signed Pre-Command': message({ gbcsPayload: gbcsCommand({ originator: euis.supplier }) }),
  };
  for (const [service, each] of Object.entries(sent)) {
    for (const [name, change] of Object.entries(changes)) {
      const xml = signWithXmlsec1(toXml(each), listed, change);
      t.equal(wordOf(await judge(xml, 'require')), 'accepted', `${service}, ${name}`);
      const tampered = xml.replace(':1</sr:RequestID>', ':2</sr:RequestID>');
      t.not(wordOf(await judge(tampered, 'require')), 'accepted', `${service}, ${name}, tampered`);
    }
  }
  const xml = signWithXmlsec1(toXml(message()), listed).replace(':1</sr:RequestID>', ':2</sr:RequestID>');
  t.equal(wordOf(await judge(xml, 'require')), 'xml-signature-digest-wrong');
});

t.test('xmlsec1 signs, and verifies what it signed', { skip: skipWithoutXmlsec1 }, async (t) => {
  const digestIn = (xml: string): string | undefined => /<ds:DigestValue>([^<]*)/.exec(xml)?.[1];
  for (const [service, each] of Object.entries(messages)) {
    const xml = toXml(each);
    const signed = signWithXmlsec1(xml, signer, { issuerLayout: 'OU=07,CN=Z1' });
    t.match(verifyWithXmlsec1(signed, publicKey), { verified: true }, service);
    t.match(signed, '<ds:X509IssuerName>OU=07,CN=Z1</ds:X509IssuerName>', 'KeyInfo is left as it was');
    t.equal(digestIn(signed), digestIn(signXml(xml, signer)), 'it comes to the same digest');
  }
  const wrong = signWithXmlsec1(toXml(message()), signer).replace(':1</sr:RequestID>', ':2</sr:RequestID>');
  t.match(verifyWithXmlsec1(wrong, publicKey), {
    verified: false,
    says: /data and digest do not match/,
  });
});
