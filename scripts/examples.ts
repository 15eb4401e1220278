import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type DeviceFacts, type Message, toJson, toXml } from '../src/mock-dsp/message.js';
import { buildPki } from '../src/mock-dsp/pki.js';
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

const pki = buildPki('examples', madeOn);
const pair = (role: string, entityIdentifier: string): Message['certificates'] => ({
  digitalSigning: pki.issue({ role, entityIdentifier }, 'digitalSignature', validity).base64,
  keyAgreement: pki.issue({ role, entityIdentifier }, 'keyAgreement', validity).base64,
});

const supplier = '02-00-00-00-01-01-00-01';
const operatorOf12 = pair('03', '02-00-00-00-00-01-00-10');
const operatorOf15 = pair('03', '02-00-00-00-00-04-00-10');
const suppliersOwn = pair('02', supplier);

// Devices of reference-data/devices.json, so that the page needs no headers.
const esmeOf12 = '02-00-00-00-02-00-00-01';
const gsme = '02-00-00-00-02-00-00-05';
const hcalcs = '02-00-00-00-02-00-00-07';
const esmeOf99 = '02-00-00-00-02-00-00-08';
const esmeWithoutMpan = '02-00-00-00-02-00-00-04';
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

const cases: readonly (Omit<Example, 'mediaType' | 'file'> & { message: Message; device?: DeviceFacts })[] = [
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
    name: 'notACertificate',
    summary: 'A certificate element that holds something else: cannot be judged',
    message: placing({ digitalSigning: Buffer.from('no certificate').toString('base64') }),
    promise: { status: 422, answer: 'certificate-not-der' },
  },
];

const directory = path.join(packageRoot, 'docs/examples');
await mkdir(directory, { recursive: true });
const examples: Example[] = [];
for (const { message, device, ...example } of cases) {
  const files = [
    { mediaType: 'application/json' as const, extension: 'json', body: `${toJson(message, device)}\n` },
    { mediaType: 'application/xml' as const, extension: 'xml', body: toXml(message) },
  ];
  for (const { mediaType, extension, body } of files) {
    const file = `${example.name}.${extension}`;
    await writeFile(path.join(directory, file), body);
    examples.push({ ...example, mediaType, file });
  }
}
await writeFile(path.join(packageRoot, 'docs/examples.json'), `${JSON.stringify(examples, undefined, 2)}\n`);
