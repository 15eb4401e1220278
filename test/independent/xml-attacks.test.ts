import t from 'tap';
import { type Message, toXml } from '../../src/mock-dsp/message.js';
import { attacks, type XmlAttack } from '../../src/mock-dsp/xml-attacks.js';
import { signXml, xmlSignerOf } from '../../src/mock-dsp/xml-signature.js';
import { euis, issue, message } from '../fixtures.js';
import { skipWithoutXmlsec1, verifyWithXmlsec1 } from './xmlsec1.js';

/** xmlsec1 knows XML signatures, but nothing of what is agreed here. */

const certificate = issue({ role: '02', entityIdentifier: euis.supplier });
const signer = xmlSignerOf(certificate);
const { publicKey } = certificate.keys;
const variants: readonly Message['serviceReferenceVariant'][] = ['6.15.1', '6.21', '6.23'];
const all: readonly [string, XmlAttack][] = Object.entries(attacks);

t.test('every attack can be made on every service, and says what it is', async (t) => {
  for (const serviceReferenceVariant of variants) {
    const signed = signXml(toXml(message({ serviceReferenceVariant })), signer, { lineLength: 76 });
    for (const [name, { attack }] of all) {
      t.not(attack(signed, signer), signed, `${serviceReferenceVariant}: ${name}`);
    }
  }
  for (const [name, { description }] of all) t.match(description, /^[A-Za-z][^.]+\.$/, name);
});

t.test('what is equal has the same canonical content', { skip: skipWithoutXmlsec1 }, async (t) => {
  for (const serviceReferenceVariant of variants) {
    const signed = signXml(toXml(message({ serviceReferenceVariant })), signer);
    for (const [name, { attack }] of all.filter(([, { expected }]) => expected === 'equal')) {
      t.match(verifyWithXmlsec1(attack(signed, signer), publicKey), { verified: true }, name);
    }
  }
});

t.test('what only an agreed shape keeps out', { skip: skipWithoutXmlsec1 }, async (t) => {
  const signed = signXml(toXml(message()), signer);
  const verified = all.filter(
    ([, { expected, attack }]) =>
      expected === 'refused' && verifyWithXmlsec1(attack(signed, signer), publicKey).verified,
  );
  t.strictSame(
    verified.map(([name]) => name),
    [
      'Signature before Body',
      'Signature in Header',
      'Signature in Body',
      'wrapped in Object, by Id',
      'wrapped in Body, by Id',
      'Reference by Id',
      'Reference by XPointer',
      'Reference without URI',
      'Reference to a file',
      'second Reference',
      'second Reference to a file',
      'XPath Transform',
      'XSLT Transform',
      'C14N Transform with comments',
      'exclusive C14N Transform',
      'C14N of SignedInfo with comments',
      'inclusive C14N of SignedInfo',
      'InclusiveNamespaces of SignedInfo',
      'ECDSA with SHA-1',
      'ECDSA with SHA-512',
      'HMACOutputLength of ECDSA',
      'digest by SHA-1',
      'comment in RequestID',
      'comment in DigestValue',
      'no KeyInfo',
      'KeyInfo of another certificate',
      'IssuerSerial twice',
      'KeyValue beside',
      'X509Certificate beside',
      'empty Object',
    ],
    'these are mathematically right',
  );
});
