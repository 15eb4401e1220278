import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type DeviceFacts, type Message, toJson, toXml } from '../src/mock-dsp/message.js';
import { buildGbcsCommand, inCellsOf } from '../src/mock-dsp/gbcs.js';
import { buildPki, testSmki } from '../src/mock-dsp/pki.js';
import { attacks } from '../src/mock-dsp/xml-attacks.js';
import { signXml, xmlSignerOf } from '../src/mock-dsp/xml-signature.js';
import { packageRoot } from '../src/package-root.js';

/**
 * Writes docs/examples: requests for the documentation page, each with the answer that it promises. Run it when
 * an example is added or changed; a signature is never the same twice, so that it is not part of `generate`.
 */

export interface Example {
  readonly name: string;
  readonly summary: string;
  readonly mediaType: 'application/xml' | 'application/json';
  readonly file: string;
  readonly promise: { readonly status: number; readonly answer: string; readonly mpanCheck?: string };
}

const madeOn = new Date('2026-01-01T00:00:00Z');
// Long beyond the ten years of a real certificate, so that the page keeps its promises.
const validity = { notBefore: madeOn, notAfter: new Date('2045-12-31T23:59:59Z') };

const pki = buildPki('examples', madeOn, testSmki);
const pair = (role: string, entityIdentifier: string): Message['certificates'] => ({
  digitalSigning: pki.issue({ role, entityIdentifier }, 'digitalSignature', validity).base64,
  keyAgreement: pki.issue({ role, entityIdentifier }, 'keyAgreement', validity).base64,
});

const supplier = '02-00-00-00-01-01-00-01';
const operatorOf12 = pair('03', '02-00-00-00-00-01-00-10');
const operatorOf15 = pair('03', '02-00-00-00-00-04-00-10');
const operatorOf14 = pair('03', '02-00-00-00-00-02-00-10');
const secondGasTransporter = pair('03', '02-00-00-00-00-82-00-10');
const suppliersOwn = pair('02', supplier);

// Devices of reference-data/devices.json, so that the page needs no headers.
const esmeOf12 = '02-00-00-00-02-00-00-01';
const gsme = '02-00-00-00-02-00-00-05';
const hcalcs = '02-00-00-00-02-00-00-07';
const esmeOf99 = '02-00-00-00-02-00-00-08';
const esmeWithoutMpan = '02-00-00-00-02-00-00-04';
const esmeOf14To26 = '02-00-00-00-02-00-00-09';
const esmeToNobody = '02-00-00-00-02-00-00-0B';
const gpf = '02-00-00-00-02-00-00-0C';
const gpfWithoutRegistration = '02-00-00-00-02-00-00-06';
const knownToCaller = { deviceType: 'ESME', importMpxn: '1200023305967' };

let counter = 0n;
const placing = (certificates: Message['certificates'], change: Partial<Message> = {}): Message => ({
  serviceReferenceVariant: '6.15.1',
  originator: supplier,
  target: esmeOf12,
  counter: (counter += 1n),
  remotePartyRole: 'NetworkOperator',
  certificates,
  path: [pki.issuingCa.base64],
  ...change,
});

/** The Supplier's certificate in reference-data/user-certificates.json. */
const signer = xmlSignerOf(
  buildPki(testSmki, madeOn).issue({ role: '87', entityIdentifier: supplier }, 'digitalSignature'),
);

/** Of the request, and with its RequestID. */
function preCommand(certificates: Message['certificates']): Message {
  const message = placing(certificates);
  const { originator, target, path: certificationPath } = message;
  const { digitalSigning = '', keyAgreement = '' } = certificates;
  const payload = buildGbcsCommand({
    originator,
    target,
    counter: message.counter,
    replacements: inCellsOf('03', { digitalSigning, keyAgreement }),
    path: certificationPath,
    signature: signer.privateKey,
  });
  return { ...message, gbcsPayload: payload.toString('base64') };
}

interface ExampleCase extends Omit<Example, 'mediaType' | 'file'> {
  readonly message: Message;
  readonly device?: DeviceFacts;
  /** Signs it; JSON has no signature. */
  readonly sign?: (xml: string) => string;
}

const cases: readonly ExampleCase[] = [
  {
    name: 'matched',
    summary: 'The certificates of the operator of distributor 12, for a meter of distributor 12',
    message: placing(operatorOf12),
    device: knownToCaller,
    promise: { status: 200, answer: 'I0', mpanCheck: 'matched' },
  },
  {
    name: 'mismatched',
    summary: 'The certificates of the operator of distributor 15, for a meter of distributor 12',
    message: placing(operatorOf15),
    device: knownToCaller,
    promise: { status: 200, answer: 'E061510', mpanCheck: 'mismatched' },
  },
  {
    name: 'mismatchedHandover',
    summary: 'The same mismatch in a hand-over, 6.21',
    message: placing(operatorOf15, { serviceReferenceVariant: '6.21' }),
    promise: { status: 200, answer: 'E062106', mpanCheck: 'mismatched' },
  },
  {
    name: 'mpanUnknown',
    summary: 'A meter whose MPAN nobody has told: accepted, as before the check existed',
    message: placing(operatorOf12, { target: esmeWithoutMpan }),
    promise: { status: 200, answer: 'I0', mpanCheck: 'mpan-unknown' },
  },
  {
    name: 'distributorUnknown',
    summary: 'A meter of distributor 99, a test identity with no operator: accepted, with a finding',
    message: placing(operatorOf12, { target: esmeOf99 }),
    promise: { status: 200, answer: 'I0', mpanCheck: 'distributor-unknown' },
  },
  {
    name: 'changeOfSupplier',
    summary: 'A Supplier takes a meter over, 6.23: no Network Operator is concerned',
    message: placing(suppliersOwn, {
      serviceReferenceVariant: '6.23',
      remotePartyRole: 'Supplier',
      importMpxn: '1200023305967',
    }),
    promise: { status: 200, answer: 'I0', mpanCheck: 'not-applicable' },
  },
  {
    name: 'combinationNotPermitted',
    summary: 'An electricity operator, on a gas meter',
    message: placing(operatorOf12, { originator: '02-00-00-00-00-01-00-01', target: gsme }),
    promise: { status: 200, answer: 'E061501', mpanCheck: 'not-applicable' },
  },
  {
    name: 'topUpFloor',
    summary: 'A prepayment top-up floor, which a Network Operator does not have',
    message: placing(operatorOf12, { topUpFloor: 1n }),
    promise: { status: 200, answer: 'E061504', mpanCheck: 'matched' },
  },
  {
    name: 'topUpCertificate',
    summary: 'A top-up certificate on a device that takes no prepayment',
    message: placing(
      {
        ...suppliersOwn,
        keyAgreementTopUp: pki.issue({ role: '02', entityIdentifier: supplier }, 'keyAgreement', validity)
          .base64,
      },
      { remotePartyRole: 'Supplier', target: hcalcs },
    ),
    promise: { status: 200, answer: 'E061505', mpanCheck: 'not-applicable' },
  },
  {
    name: 'futureDated',
    summary: 'An execution time, which a Network Operator may not have',
    message: placing(operatorOf12, { executionDateTime: '2045-01-01T00:00:00Z' }),
    promise: { status: 200, answer: 'E061506', mpanCheck: 'matched' },
  },
  {
    name: 'wrongRole',
    summary: "A Supplier's certificates in the place of a Network Operator's",
    message: placing(suppliersOwn),
    promise: { status: 200, answer: 'E061507', mpanCheck: 'mismatched' },
  },
  {
    name: 'signed',
    summary: 'The certificates of the right operator, signed by the Supplier',
    message: placing(operatorOf12),
    sign: (xml) => signXml(xml, signer, { lineLength: 76 }),
    promise: { status: 200, answer: 'I0', mpanCheck: 'matched' },
  },
  {
    name: 'tampered',
    summary: 'A signed request whose floor sequence number was changed afterwards',
    message: placing(operatorOf12),
    sign: (xml) => attacks['tampered body'].attack(signXml(xml, signer), signer),
    promise: { status: 422, answer: 'refused-without-code' },
  },
  {
    name: 'expired',
    summary: 'A certificate that has expired: refused, and DUIS has no code for it',
    message: placing({
      digitalSigning: pki.issue(
        { role: '03', entityIdentifier: '02-00-00-00-00-01-00-10' },
        'digitalSignature',
        { notBefore: new Date('2015-01-01T00:00:00Z'), notAfter: new Date('2024-12-31T23:59:59Z') },
      ).base64,
    }),
    promise: { status: 422, answer: 'refused-without-code' },
  },
  {
    name: 'signedPreCommand',
    summary: 'A Signed Pre-Command with the certificates of another operator in its GBCS payload',
    message: preCommand(operatorOf15),
    promise: { status: 200, answer: 'E061510', mpanCheck: 'mismatched' },
  },
  {
    name: 'notACertificate',
    summary: 'A certificate element that holds something else: cannot be judged',
    message: placing({ digitalSigning: Buffer.from('no certificate').toString('base64') }),
    promise: { status: 422, answer: 'certificate-not-der' },
  },
  {
    name: 'otherOperatorRegistered',
    summary:
      'The certificates of the operator of distributor 14, whose MPAN it is, where another is registered',
    message: placing(operatorOf14, { target: esmeOf14To26 }),
    promise: { status: 200, answer: 'E061510', mpanCheck: 'mismatched' },
  },
  {
    name: 'operatorUnknown',
    summary: 'A meter that is registered to somebody whom no list has: accepted, with a finding',
    message: placing(operatorOf12, { target: esmeToNobody }),
    promise: { status: 200, answer: 'I0', mpanCheck: 'operator-unknown' },
  },
  {
    name: 'otherGasTransporterRegistered',
    summary: 'A hand-over on gas, with the certificates of another Gas Transporter than the registered one',
    message: placing(secondGasTransporter, { serviceReferenceVariant: '6.21', target: gpf }),
    promise: { status: 200, answer: 'E062106', mpanCheck: 'mismatched' },
  },
  {
    name: 'registrationUnknown',
    summary: 'A hand-over on gas, where nobody is known to be registered: accepted, with a finding',
    message: placing(secondGasTransporter, {
      serviceReferenceVariant: '6.21',
      target: gpfWithoutRegistration,
    }),
    promise: { status: 200, answer: 'I0', mpanCheck: 'registration-unknown' },
  },
];

const directory = path.join(packageRoot, 'docs/examples');
await mkdir(directory, { recursive: true });
const examples: Example[] = [];
for (const { message, device, sign, ...example } of cases) {
  const xml = toXml(message);
  const files = [
    ...(sign === undefined
      ? [{ mediaType: 'application/json' as const, extension: 'json', body: `${toJson(message, device)}\n` }]
      : []),
    { mediaType: 'application/xml' as const, extension: 'xml', body: sign?.(xml) ?? xml },
  ];
  for (const { mediaType, extension, body } of files) {
    const file = `${example.name}.${extension}`;
    await writeFile(path.join(directory, file), body);
    examples.push({ ...example, mediaType, file });
  }
}
await writeFile(path.join(packageRoot, 'docs/examples.json'), `${JSON.stringify(examples, undefined, 2)}\n`);
