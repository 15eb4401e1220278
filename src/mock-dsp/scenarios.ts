import type { DeviceFacts, Message } from './message.js';
import { toJson, toXml } from './message.js';
import type { Operator, Pair, World } from './world.js';

/** What the pipeline expects, from how it made the case; a problem by the last part of its type. */
export type Expected =
  | { readonly status: 200; readonly responseCode: string; readonly mpanCheck: string }
  | { readonly status: number; readonly problem: string };

export interface Case {
  readonly message: Message;
  /** What the pipeline tells of the device; left out where the service has to look it up. */
  readonly device?: DeviceFacts;
  readonly expected: Expected;
  /** Spoils the body after it has been written validly. */
  readonly spoil?: (body: string) => Buffer;
  /** Set where the case only exists in one media type. */
  readonly only?: 'xml';
}

export interface Scenario {
  readonly name: string;
  /** How often it comes, among a thousand. */
  readonly perMille: number;
  readonly build: (world: World) => Case;
}

const success = (mpanCheck: string): Expected => ({ status: 200, responseCode: 'I0', mpanCheck });
const refused = (responseCode: string, mpanCheck: string): Expected => ({
  status: 200,
  responseCode,
  mpanCheck,
});
const problem = (status: number, kind: string): Expected => ({ status, problem: kind });

/** A Supplier places an operator's certificates on an ESME: the message that most of the others change. */
function placing(world: World, certificates: Pair, change: Partial<Message> = {}): Message {
  return {
    serviceReferenceVariant: '6.15.1',
    originator: world.senderOf('IS'),
    target: world.newDevice(),
    counter: world.nextCounter(),
    remotePartyRole: 'NetworkOperator',
    certificates,
    path: [world.pki.issuingCa.base64],
    ...change,
  };
}

function handOver(world: World, certificates: Pair): Message {
  return placing(world, certificates, { serviceReferenceVariant: '6.21' });
}

interface Fit {
  readonly operator: Operator;
  readonly distributorId: string;
  readonly right: Pair;
  readonly esme: DeviceFacts;
}

/** An operator, a distributor ID of its own, and an ESME there. */
function fit(world: World): Fit {
  const operator = world.draw.oneOf(world.networkOperators, 'operator of an electricity network');
  const { distributorId } = world.draw.oneOf(operator.operates, 'distributor ID');
  return {
    operator,
    distributorId,
    right: world.networkOperatorCertificates(operator),
    esme: { deviceType: 'ESME', importMpxn: world.mpanOf(distributorId) },
  };
}

/** The certificates of an operator that does not operate the distributor ID. */
function wrongFor(world: World, distributorId: string): Pair {
  const others = world.networkOperators.filter(({ operates }) =>
    operates.every((entry) => entry.distributorId !== distributorId),
  );
  return world.networkOperatorCertificates(world.draw.oneOf(others, 'second operator'));
}

const supplier = (world: World, role: 'IS' | 'GS'): { originator: string; certificates: Pair } => {
  const originator = world.senderOf(role);
  return { originator, certificates: world.certificatesOf('02', originator) };
};

/** The mix that the pipeline sends. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'right operator, 6.15.1',
    perMille: 330,
    build: (world) => {
      const { right, esme } = fit(world);
      return { message: placing(world, right), device: esme, expected: success('matched') };
    },
  },
  {
    name: 'right operator, 6.21',
    perMille: 130,
    build: (world) => {
      const { right, esme } = fit(world);
      return { message: handOver(world, right), device: esme, expected: success('matched') };
    },
  },
  {
    name: 'wrong operator, 6.15.1',
    perMille: 70,
    build: (world) => {
      const { distributorId, esme } = fit(world);
      const message = placing(world, wrongFor(world, distributorId));
      return {
        message,
        device: esme,
        expected: refused(world.codeOf('6.15.1', 'certificate-party-mpan-mismatch'), 'mismatched'),
      };
    },
  },
  {
    name: 'wrong operator, 6.21',
    perMille: 30,
    build: (world) => {
      const { distributorId, esme } = fit(world);
      const message = handOver(world, wrongFor(world, distributorId));
      return {
        message,
        device: esme,
        expected: refused(world.codeOf('6.21', 'certificate-party-mpan-mismatch'), 'mismatched'),
      };
    },
  },
  {
    name: 'certificates of two operators',
    perMille: 10,
    build: (world) => {
      const { distributorId, right, esme } = fit(world);
      const { keyAgreement } = wrongFor(world, distributorId);
      const message = placing(world, { ...right, keyAgreement });
      return {
        message,
        device: esme,
        expected: refused(world.codeOf('6.15.1', 'certificate-party-mpan-mismatch'), 'mismatched'),
      };
    },
  },
  {
    name: "Gas Transporter's certificates on an ESME",
    perMille: 15,
    build: (world) => {
      const { esme } = fit(world);
      const message = placing(
        world,
        world.networkOperatorCertificates(world.draw.oneOf(world.gasTransporters, 'Gas Transporter')),
      );
      return {
        message,
        device: esme,
        expected: refused(world.codeOf('6.15.1', 'certificate-party-mpan-mismatch'), 'mismatched'),
      };
    },
  },
  {
    name: "ACB's certificates on a GSME (MP128A)",
    perMille: 15,
    build: (world) => ({
      message: placing(world, world.certificatesOf('04', '02-00-00-00-04-00-00-01'), {
        originator: world.senderOf('GT'),
      }),
      device: { deviceType: 'GSME', importMpxn: '1234567890' },
      expected: success('not-applicable'),
    }),
  },
  {
    name: 'device that the service looks up',
    perMille: 60,
    build: (world) => {
      const operatorsOf = (mpan = ''): Operator[] =>
        world.networkOperators.filter(({ operates }) =>
          operates.some(({ distributorId }) => mpan.startsWith(distributorId)),
        );
      const listed = world.lists.devices.filter(
        ({ deviceType, importMpxn }) => deviceType === 'ESME' && operatorsOf(importMpxn).length > 0,
      );
      const { entityIdentifier, importMpxn } = world.draw.oneOf(listed, 'ESME of a listed operator');
      const operator = world.draw.oneOf(operatorsOf(importMpxn), 'operator');
      const certificates = world.networkOperatorCertificates(operator);
      return {
        message: placing(world, certificates, { target: entityIdentifier }),
        expected: success('matched'),
      };
    },
  },
  {
    name: 'MPAN not known',
    perMille: 60,
    build: (world) => ({
      message: placing(world, fit(world).right),
      device: { deviceType: 'ESME' },
      expected: success('mpan-unknown'),
    }),
  },
  {
    name: 'distributor not known',
    perMille: 20,
    build: (world) => {
      const all = Array.from({ length: 100 }, (_, id) => String(id).padStart(2, '0'));
      const unknown = world.draw.oneOf(
        all.filter((id) => !world.lists.distributors.some((entry) => entry.distributorId === id)),
        'distributor ID that is not listed',
      );
      return {
        message: placing(world, fit(world).right),
        device: { deviceType: 'ESME', importMpxn: world.mpanOf(unknown) },
        expected: success('distributor-unknown'),
      };
    },
  },
  {
    name: 'wrong MPAN check digit (advises)',
    perMille: 20,
    build: (world) => {
      const { right, esme } = fit(world);
      const importMpxn = esme.importMpxn?.replace(/.$/, (digit) => String((Number(digit) + 1) % 10)) ?? '';
      return {
        message: placing(world, right),
        device: { ...esme, importMpxn },
        expected: success('matched'),
      };
    },
  },
  {
    name: "Supplier's own certificates, future dated",
    perMille: 60,
    build: (world) => {
      const own = supplier(world, 'IS');
      const change = {
        ...own,
        remotePartyRole: 'Supplier',
        executionDateTime: '2030-01-01T00:00:00Z',
        topUpFloor: 7n,
      };
      return {
        message: placing(world, own.certificates, change),
        device: fit(world).esme,
        expected: success('not-applicable'),
      };
    },
  },
  {
    name: 'change of Supplier, 6.23',
    perMille: 50,
    build: (world) => {
      const own = supplier(world, 'IS');
      const { esme } = fit(world);
      const change = {
        ...own,
        serviceReferenceVariant: '6.23',
        remotePartyRole: 'Supplier',
        ...esme,
      } as const;
      return {
        message: placing(world, own.certificates, change),
        device: esme,
        expected: success('not-applicable'),
      };
    },
  },
  {
    name: 'combination not permitted',
    perMille: 15,
    build: (world) => ({
      message: placing(world, fit(world).right, { originator: world.senderOf('ED') }),
      device: { deviceType: 'GSME', importMpxn: '1234567890' },
      expected: refused(world.codeOf('6.15.1', 'combination-not-permitted'), 'not-applicable'),
    }),
  },
  {
    name: 'top-up floor for an operator',
    perMille: 15,
    build: (world) => {
      const { right, esme } = fit(world);
      return {
        message: placing(world, right, { topUpFloor: 1n }),
        device: esme,
        expected: refused(world.codeOf('6.15.1', 'top-up-floor-not-applicable'), 'matched'),
      };
    },
  },
  {
    name: 'top-up certificate on an HCALCS',
    perMille: 15,
    build: (world) => {
      const own = supplier(world, 'IS');
      const certificates = { ...own.certificates, keyAgreementTopUp: own.certificates.keyAgreement };
      return {
        message: placing(world, certificates, { originator: own.originator, remotePartyRole: 'Supplier' }),
        device: { deviceType: 'HCALCS' },
        expected: refused(world.codeOf('6.15.1', 'certificate-type-not-for-device-type'), 'not-applicable'),
      };
    },
  },
  {
    name: 'future dated for an operator',
    perMille: 15,
    build: (world) => {
      const { right, esme } = fit(world);
      const message = placing(world, right, { executionDateTime: '2030-01-01T00:00:00Z' });
      return {
        message,
        device: esme,
        expected: refused(world.codeOf('6.15.1', 'future-dated-not-supplier'), 'matched'),
      };
    },
  },
  {
    name: "Supplier's certificates for an operator",
    perMille: 15,
    build: (world) => {
      const own = supplier(world, 'IS');
      return {
        message: placing(world, own.certificates, { originator: own.originator }),
        device: fit(world).esme,
        expected: refused(world.codeOf('6.15.1', 'certificate-type-not-for-remote-party'), 'mismatched'),
      };
    },
  },
  {
    name: 'body cut short',
    perMille: 10,
    build: (world) => ({
      message: placing(world, fit(world).right),
      expected: problem(400, 'malformed-body'),
      spoil: (body) => Buffer.from(body.slice(0, body.length >> 1)),
    }),
  },
  {
    name: 'body not in UTF-8',
    perMille: 10,
    build: (world) => ({
      message: placing(world, fit(world).right),
      expected: problem(400, 'malformed-body'),
      spoil: (body) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(body, 'utf16le')]),
    }),
  },
  {
    name: 'document type declaration',
    perMille: 10,
    build: (world) => ({
      message: placing(world, fit(world).right),
      only: 'xml',
      expected: problem(400, 'forbidden-xml-construct'),
      spoil: (body) => Buffer.from(body.replace('?>', '?>\n<!DOCTYPE r [<!ENTITY e "e">]>')),
    }),
  },
  {
    name: 'unknown Remote Party Role',
    perMille: 10,
    build: (world) => ({
      message: placing(world, fit(world).right, { remotePartyRole: 'Landlord' }),
      expected: problem(400, 'not-schema-valid'),
    }),
  },
  {
    name: 'certificate cut short',
    perMille: 10,
    build: (world) => {
      const { right, esme } = fit(world);
      const digitalSigning = Buffer.from(right.digitalSigning, 'base64').subarray(0, -1).toString('base64');
      return {
        message: placing(world, { ...right, digitalSigning }),
        device: esme,
        expected: problem(422, 'certificate-not-der'),
      };
    },
  },
  {
    name: 'issuing CA in place of an operator',
    perMille: 5,
    build: (world) => {
      const { right, esme } = fit(world);
      return {
        message: placing(world, { ...right, digitalSigning: world.pki.issuingCa.base64 }),
        device: esme,
        expected: problem(422, 'certificate-not-smki'),
      };
    },
  },
];

export interface Sent {
  readonly scenario: Scenario;
  readonly expected: Expected;
  readonly contentType: 'application/xml' | 'application/json';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Draws `count` requests. Each scenario comes at least once where there is room, the rest by weight, in both media
 * types by turns.
 */
export function* requests(world: World, count: number): Generator<Sent> {
  const wheel = scenarios.flatMap((scenario) => Array<Scenario>(scenario.perMille).fill(scenario));
  for (let index = 0; index < count; index += 1) {
    const scenario = scenarios[index] ?? world.draw.oneOf(wheel, 'scenario');
    yield toRequest(scenario, scenario.build(world), world.draw.below(2) === 0);
  }
}

function toRequest(scenario: Scenario, made: Case, preferXml: boolean): Sent {
  const { message, device, expected, spoil } = made;
  const isXml = preferXml || made.only === 'xml';
  const text = isXml ? toXml(message) : toJson(message, device);
  const contentType = isXml ? 'application/xml' : 'application/json';
  const headers = {
    'content-type': contentType,
    ...(isXml && device?.deviceType !== undefined && { 'dcc-device-type': device.deviceType }),
    ...(isXml && device?.importMpxn !== undefined && { 'dcc-import-mpxn': device.importMpxn }),
  };
  return { scenario, expected, contentType, headers, body: spoil?.(text) ?? Buffer.from(text) };
}
