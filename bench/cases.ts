import path from 'node:path';
import { readConfig } from '../src/config.js';
import { decidingBy, validationDeps } from '../src/dependencies.js';
import { readRequest } from '../src/duis/request.js';
import { readSignedXmlRequest, readXmlRequest, type SignedRequest } from '../src/duis/xml/request.js';
import { writeXmlResponse } from '../src/duis/xml/response.js';
import { buildGbcsCommand, inCellsOf } from '../src/mock-dsp/gbcs.js';
import { type Message, toXml } from '../src/mock-dsp/message.js';
import { buildPki, testSmki } from '../src/mock-dsp/pki.js';
import { signXml, xmlSignerOf } from '../src/mock-dsp/xml-signature.js';
import { packageRoot } from '../src/package-root.js';
import { loadReferenceData } from '../src/reference-data/load.js';
import type { Result } from '../src/rejection.js';
import { hasCode, validate } from '../src/validate.js';

/** One thing to measure: what the service does for each of some bodies, from bytes to bytes. */
export interface Case {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** How many requests a run judges. */
export const requestsPerRun = 400;

const now = new Date('2026-06-15T12:00:00Z');
const referenceData = await loadReferenceData(path.join(packageRoot, 'reference-data'));

const supplier = '02-00-00-00-01-01-00-01';
const pki = buildPki('bench', now, testSmki);
const signer = xmlSignerOf(
  buildPki(testSmki, now).issue({ role: '87', entityIdentifier: supplier }, 'digitalSignature'),
);

const certificates = (
  seed: string,
): Required<Pick<Message['certificates'], 'digitalSigning' | 'keyAgreement'>> => {
  const { issue } = buildPki(seed, now, testSmki);
  const operatorOf12 = { role: '03', entityIdentifier: '02-00-00-00-00-01-00-10' };
  return {
    digitalSigning: issue(operatorOf12, 'digitalSignature').base64,
    keyAgreement: issue(operatorOf12, 'keyAgreement').base64,
  };
};

const message = (counter: number, seed: string): Message => ({
  serviceReferenceVariant: '6.15.1',
  originator: supplier,
  target: '02-00-00-00-0E-00-00-01',
  counter: BigInt(counter),
  remotePartyRole: 'NetworkOperator',
  certificates: certificates(seed),
  path: [pki.issuingCa.base64],
});

const asPreCommand = (request: Message): Message => {
  const { digitalSigning = '', keyAgreement = '' } = request.certificates;
  const { originator, target, counter } = request;
  const payload = buildGbcsCommand({
    originator,
    target,
    counter,
    replacements: inCellsOf('03', { digitalSigning, keyAgreement }),
    path: request.path,
    signature: signer.privateKey,
  });
  return { ...request, gbcsPayload: payload.toString('base64') };
};

const numbers = Array.from({ length: requestsPerRun }, (_, index) => index + 1);
const known = numbers.map((counter) => message(counter, 'bench'));
const fresh = numbers.map((counter) => message(counter, `bench ${String(counter)}`));

const bodies = (messages: readonly Message[], sign: boolean): Buffer[] =>
  messages.map((each) => Buffer.from(sign ? signXml(toXml(each), signer) : toXml(each)));

const nothing = {
  CERTIFICATE_PROFILE: 'off',
  CERTIFICATE_PATH: 'off',
  CERTIFICATE_REVOCATION: 'off',
  XML_SIGNATURE: 'off',
};

/** What the service does with a body, with these settings; new ones forget every certificate. */
function judge(settings: Readonly<Record<string, string>>): (body: Buffer) => Promise<void> {
  const config = readConfig(settings);
  const deps = validationDeps(config, decidingBy(referenceData), () => now);
  const read = (body: Buffer): Result<SignedRequest> => {
    if (config.XML_SIGNATURE !== 'off') return readSignedXmlRequest(body);
    const document = readXmlRequest(body);
    return document.ok ? { ok: true, value: { document: document.value, signature: undefined } } : document;
  };
  return async (body) => {
    const { document, signature } = valueOf(read(body));
    const device = { deviceType: 'ESME', importMpxn: '1200023305967' };
    const decision = valueOf(await validate(deps, valueOf(readRequest(document)), { device, signature }));
    // What is measured has to be right.
    if (!hasCode(decision) || decision.code !== 'I0') throw new Error('the request is not accepted');
    writeXmlResponse(decision);
  };
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.rejection.detail);
  return result.value;
}

const warm = (
  name: string,
  settings: Readonly<Record<string, string>>,
  requests: readonly Buffer[],
): Case => {
  const judgeOne = judge(settings);
  return {
    name,
    run: async () => {
      for (const body of requests) await judgeOne(body);
    },
  };
};

/** Every certificate is new in every run. */
const cold = (
  name: string,
  settings: Readonly<Record<string, string>>,
  requests: readonly Buffer[],
): Case => ({
  name,
  run: async () => {
    const judgeOne = judge(settings);
    for (const body of requests) await judgeOne(body);
  },
});

const plain = bodies(known, false);
const signed = bodies(known, true);
const preCommands = bodies(known.map(asPreCommand), false);
const plainFresh = bodies(fresh, false);
const signedFresh = bodies(fresh, true);

/** The first is what the others are held against. */
export const cases: readonly Case[] = [
  warm('xml, nothing checked', nothing, plain),
  warm('xml, profile', { ...nothing, CERTIFICATE_PROFILE: 'enforce' }, plain),
  warm(
    'xml, profile and path',
    { ...nothing, CERTIFICATE_PROFILE: 'enforce', CERTIFICATE_PATH: 'enforce' },
    plain,
  ),
  warm('xml, profile, path and revocation', {}, plain),
  warm('xml signed, everything checked', {}, signed),
  warm('Signed Pre-Command, not signed in XML, everything checked', {}, preCommands),
  cold('xml, nothing checked, every certificate new', nothing, plainFresh),
  cold('xml, profile, every certificate new', { ...nothing, CERTIFICATE_PROFILE: 'enforce' }, plainFresh),
  cold('xml, profile, path and revocation, every certificate new', {}, plainFresh),
  cold('xml signed, everything checked, every certificate new', {}, signedFresh),
];
