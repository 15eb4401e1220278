import { buildPki, testSmki } from '../src/mock-dsp/pki.js';
import { type Message, toJson, toXml } from '../src/mock-dsp/message.js';
import { signXml, xmlSignerOf } from '../src/mock-dsp/xml-signature.js';

/** When the certificates are made, which are valid some years before and after. */
export const startedAt = new Date();

/** One request as it goes over the wire. */
export interface Sample {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Samples {
  readonly json: readonly Sample[];
  readonly xml: readonly Sample[];
  readonly signed: readonly Sample[];
  /** Signed, and every certificate in them comes once. */
  readonly fresh: readonly Sample[];
  /** Their devices are in the registry alone. */
  readonly unstated: readonly Sample[];
}

const supplier = '02-00-00-00-01-01-00-01';
const operatorOf12 = { role: '03', entityIdentifier: '02-00-00-00-00-01-00-10' };
export const importMpxn = '1200023305967';
const device = { deviceType: 'ESME', importMpxn };

/** The device of the request with that number. */
export const deviceOf = (number: number): string => `02-00-00-00-0E-${octets(0x01_00_00 + number, 3)}`;

/** So many octets as an EUI-64 is written. */
export function octets(number: number, length: number): string {
  const hex = number
    .toString(16)
    .padStart(2 * length, '0')
    .toUpperCase();
  return (hex.match(/../g) ?? []).join('-');
}

/** A Supplier places the right operator's certificates, so many times, each time on another device. */
export function buildSamples(count: number): Samples {
  const pki = buildPki('bench', startedAt, testSmki);
  const user = buildPki(testSmki, startedAt).issue(
    { role: '87', entityIdentifier: supplier },
    'digitalSignature',
  );
  const signer = xmlSignerOf(user);
  const certificates = (seed: string): Message['certificates'] => {
    const { issue } = buildPki(seed, startedAt, testSmki);
    return {
      digitalSigning: issue(operatorOf12, 'digitalSignature').base64,
      keyAgreement: issue(operatorOf12, 'keyAgreement').base64,
    };
  };
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const messages = (own: (number: number) => Message['certificates']): Message[] =>
    numbers.map((number) => ({
      serviceReferenceVariant: '6.15.1',
      originator: supplier,
      target: deviceOf(number),
      counter: BigInt(number),
      remotePartyRole: 'NetworkOperator',
      certificates: own(number),
      path: [pki.issuingCa.base64],
    }));
  const known = certificates('bench');
  const usual = messages(() => known);
  const stated = { 'dcc-device-type': device.deviceType, 'dcc-import-mpxn': device.importMpxn };
  const asXml = (xml: string, headers = {}): Sample => ({
    headers: { 'content-type': 'application/xml', ...headers },
    body: Buffer.from(xml),
  });
  return {
    json: usual.map((each) => ({
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(toJson(each, device)),
    })),
    xml: usual.map((each) => asXml(toXml(each), stated)),
    signed: usual.map((each) => asXml(signXml(toXml(each), signer), stated)),
    fresh: messages((number) => certificates(`bench ${String(number)}`)).map((each) =>
      asXml(signXml(toXml(each), signer), stated),
    ),
    unstated: usual.map((each) => asXml(toXml(each))),
  };
}
