import { createPublicKey } from 'node:crypto';
import t from 'tap';
import { type Message, toXml } from '../../src/mock-dsp/message.js';
import { attacks, type XmlAttack } from '../../src/mock-dsp/xml-attacks.js';
import { signXml } from '../../src/mock-dsp/xml-signature.js';
import { judge, signer, wordOf } from '../duis/xml/judge.js';
import { message } from '../fixtures.js';
import { skipWithoutXmlsec1, verifyWithXmlsec1 } from './xmlsec1.js';

/** xmlsec1 knows XML signatures, but nothing of what is agreed here: what it verifies may still be refused by us. */

const publicKey = createPublicKey(signer.privateKey);
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

t.test(
  'where xmlsec1 and our verifier disagree, and nowhere else',
  { skip: skipWithoutXmlsec1 },
  async (t) => {
    const signed = signXml(toXml(message()), signer);
    const verdicts: { name: string; xmlsec1: boolean; ours: boolean }[] = [];
    for (const [name, { attack }] of all) {
      const xml = attack(signed, signer);
      const ours = wordOf(await judge(xml, 'require')) === 'accepted';
      verdicts.push({ name, xmlsec1: verifyWithXmlsec1(xml, publicKey).verified, ours });
    }
    const disagreements = verdicts.filter(({ xmlsec1, ours }) => xmlsec1 !== ours);
    t.strictSame(
      disagreements.filter(({ ours }) => ours),
      [],
      'what we accept, it verifies',
    );
    t.strictSame(
      disagreements.map(({ name }) => name),
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
        // Of equal content: nothing signs a comment, so that anybody may put one in.
        'comment between elements',
        'comment in Signature',
        'comment around the root',
        'no KeyInfo',
        'KeyInfo of another certificate',
        'IssuerSerial twice',
        'KeyValue beside',
        'X509Certificate beside',
        'empty Object',
      ],
      'these are mathematically right, and only what is agreed keeps them out',
    );
  },
);
