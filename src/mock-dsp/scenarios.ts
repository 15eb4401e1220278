import type { DeviceFacts, Message } from './message.js';
import { toJson, toXml } from './message.js';
import { buildGbcsCommand, inCellsOf } from './gbcs.js';
import { buildPki, revokedSerialNumber } from './pki.js';
import type { CertificateSpec } from './certificate-builder.js';
import { type Operator, type Pair, PipelineError, type World } from './world.js';
import { attacks } from './xml-attacks.js';
import { signXml, type XmlSigner } from './xml-signature.js';

/** What the pipeline expects, from how it made the case; a problem by the last part of its type. */
export type Expected =
  | { readonly status: 200; readonly responseCode: string; readonly mpanCheck: string }
  | {
      readonly status: number;
      readonly problem: string;
      /** The rule that refuses, where there is no response code for it. */
      readonly refusedBy?: string;
    };

/** For what the reference data decides that changes: each version of it has its own right answer. */
export interface ExpectedByVersion {
  readonly byVersion: ReadonlyMap<number, Expected>;
}

export interface Case {
  readonly message: Message;
  /** What the pipeline tells of the device; left out where the service has to look it up. */
  readonly device?: DeviceFacts;
  readonly expected: Expected | ExpectedByVersion;
  /** Who signs; left out, the originator does. JSON has no signature. */
  readonly signedBy?: string;
  /** The User System that it comes through. */
  readonly userSystem?: string;
  /** Spoils the body after it has been written validly, and signed. */
  readonly spoil?: (body: string, signer: XmlSigner | undefined) => Buffer;
  /** Sent and answered before this one. */
  readonly before?: Case;
  /** Set where the case only exists in one media type. */
  readonly only?: 'xml';
}

export interface Scenario {
  readonly name: string;
  /** How often it comes, among a thousand. */
  readonly perMille: number;
  /** Whether the lists have what it takes; left out where every list has. */
  readonly isPossible?: (world: World) => boolean;
  readonly build: (world: World) => Case;
}

export const success = (mpanCheck: string): Expected => ({ status: 200, responseCode: 'I0', mpanCheck });
export const refused = (responseCode: string, mpanCheck: string): Expected => ({
  status: 200,
  responseCode,
  mpanCheck,
});
const problem = (status: number, kind: string): Expected => ({ status, problem: kind });

/** What stands in front of the rules refuses without a code, unless the list of response codes gives it one. */
function refusedBy(world: World, rule: string, mpanCheck = 'matched'): Expected {
  const code = world.codeOf('6.15.1', rule);
  return code === 'I0'
    ? { ...problem(422, 'refused-without-code'), refusedBy: rule }
    : refused(code, mpanCheck);
}

/** A Supplier places an operator's certificates on an ESME: the message that most of the others change. */
export function placing(world: World, certificates: Pair, change: Partial<Message> = {}): Message {
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

const entityIdentifierOf = ({ ranges: [range] }: Operator): string => range?.from ?? '';

/** A certificate of the right operator with one thing wrong in it, in the signing slot. */
function badCertificates(): Scenario[] {
  const bad = (
    name: string,
    rule: string,
    change: (world: World, now: Date) => Partial<CertificateSpec>,
  ): Scenario => ({
    name,
    perMille: 5,
    build: (world) => {
      const { right, operator, esme } = fit(world);
      const subject = { role: '03', entityIdentifier: entityIdentifierOf(operator) };
      const { base64 } = world.pki.issue(subject, 'digitalSignature', change(world, world.now));
      return {
        message: placing(world, { ...right, digitalSigning: base64 }),
        device: esme,
        expected: refusedBy(world, rule),
      };
    },
  });
  const days = (from: Date, count: number): Date => new Date(from.getTime() + count * 86_400_000);
  return [
    bad('issuer forged', 'certificate-signature-wrong', (world, now) => ({
      issuer: buildPki('forger', now).issuingCa,
    })),
    bad('certificate expired', 'certificate-expired', (_, now) => ({ notAfter: days(now, -1) })),
    bad('certificate not yet valid', 'certificate-not-yet-valid', (_, now) => ({ notBefore: days(now, 1) })),
    bad('certificate revoked', 'certificate-revoked', () => ({ serialNumber: revokedSerialNumber })),
  ];
}

/** A good message in XML, with its signature wrong. */
function signed(
  name: string,
  change: (world: World, message: Message) => Pick<Case, 'expected'> & Partial<Case>,
): Scenario {
  return {
    name,
    perMille: 5,
    isPossible: (world) => world.lists.signers.length > 1,
    build: (world) => {
      const { right, esme } = fit(world);
      const message = placing(world, right, { originator: world.signingSender() });
      return { message, device: esme, only: 'xml', ...change(world, message) };
    },
  };
}

const attackedBy =
  (name: keyof typeof attacks) =>
  (body: string, signer: XmlSigner | undefined): Buffer => {
    if (signer === undefined) throw new PipelineError('a signature is to be attacked, and there is none');
    return Buffer.from(attacks[name].attack(body, signer));
  };

type Arrangement = World['lists']['sharedResourceProviders'][number];

const covers = ({ serviceReferences }: Arrangement, variant: string): boolean =>
  serviceReferences.some((reference) => variant === reference || variant.startsWith(`${reference}.`));

/** A request of a failed Supplier that a provider has signed. */
function byProvider(
  name: string,
  serviceReferenceVariant: '6.15.1' | '6.21',
  wanted: (arrangement: Arrangement) => boolean,
  expected: (world: World) => Expected,
): Scenario {
  const candidates = (world: World): Arrangement[] =>
    world.lists.sharedResourceProviders.filter(
      (entry) => wanted(entry) && world.signerOf(entry.provider) !== undefined,
    );
  return {
    name,
    perMille: 5,
    isPossible: (world) => candidates(world).length > 0,
    build: (world) => {
      const { right, esme } = fit(world);
      const { provider, onBehalfOf } = world.draw.oneOf(candidates(world), 'Shared Resource Provider');
      return {
        message: placing(world, right, { serviceReferenceVariant, originator: onBehalfOf }),
        device: esme,
        signedBy: provider,
        only: 'xml',
        expected: expected(world),
      };
    },
  };
}

const unnotifiedSystems = ({ lists }: World): World['lists']['userSystems'] =>
  lists.userSystems.filter(
    ({ entityIdentifier, sequence, notifiedOn }) =>
      sequence > 1 &&
      notifiedOn === undefined &&
      lists.users.some((user) => user.entityIdentifier === entityIdentifier && user.userRoles.includes('IS')),
  );

type Device = World['lists']['devices'][number];

/** A device of the list with a registration, and who stands behind that. */
interface Registered {
  readonly target: string;
  /** As registration data calls them. */
  readonly name: string;
  readonly operators: readonly Operator[];
  /** In electricity those that the MPAN begins with; in gas none. */
  readonly byPrefix: readonly Operator[];
}

const isGas = ({ deviceType }: Device): boolean => deviceType === 'GPF' || deviceType === 'GSME';

const operatorsByPrefix = ({ networkOperators }: World, { importMpxn = '' }: Device): readonly Operator[] =>
  networkOperators.filter(({ operates }) =>
    operates.some(({ distributorId }) => importMpxn.startsWith(distributorId)),
  );

function registeredDevices(world: World, kind: 'electricity' | 'gas'): Registered[] {
  return world.lists.devices
    .filter((device) => (kind === 'gas' ? isGas(device) : device.deviceType === 'ESME'))
    .flatMap((device) => {
      const { entityIdentifier: target, importNetworkOperator: name } = device;
      if (name === undefined) return [];
      const operators = world.registeredOperators(kind, name);
      return [{ target, name, operators, byPrefix: kind === 'gas' ? [] : operatorsByPrefix(world, device) }];
    });
}

/** Meters that somebody else is registered for than their MPANs begin with. */
const movedMeters = (world: World): Registered[] =>
  registeredDevices(world, 'electricity').filter(
    ({ operators, byPrefix }) =>
      operators.length > 0 &&
      byPrefix.length > 0 &&
      !byPrefix.some((operator) => operators.includes(operator)),
  );

/** On a device that the service looks up, and of which the pipeline says nothing. */
function registered(
  name: string,
  perMille: number,
  devicesIn: (world: World) => Registered[],
  build: (world: World, device: Registered) => Case,
): Scenario {
  return {
    name,
    perMille,
    isPossible: (world) => devicesIn(world).length > 0,
    build: (world) => build(world, world.draw.oneOf(devicesIn(world), 'registered device')),
  };
}

/** A gas Supplier takes a device over from the DCC, with the Gas Transporter's certificates. */
const handOverGas = (world: World, { target }: Registered, certificates: Pair): Message =>
  placing(world, certificates, {
    serviceReferenceVariant: '6.21',
    originator: world.senderOf('GS'),
    target,
  });

const gasDevices = (world: World): Registered[] =>
  registeredDevices(world, 'gas').filter(({ operators }) => operators.length > 0);

const devicesOfOneOfTwo = (world: World): Registered[] =>
  gasDevices(world).filter(({ operators }) =>
    world.gasTransporters.some((each) => !operators.includes(each)),
  );

const brokersCertificates = (world: World): Pair => world.certificatesOf('04', '02-00-00-00-04-00-00-01');

/** By registration data, which outranks the front of an MPAN, and is all that there is in gas. */
function byRegistration(): Scenario[] {
  const mismatch = 'certificate-party-mpan-mismatch';
  return [
    registered('registered operator, whatever the MPAN begins with', 15, movedMeters, (world, device) => ({
      message: placing(
        world,
        world.networkOperatorCertificates(world.draw.oneOf(device.operators, 'registered operator')),
        { target: device.target },
      ),
      expected: success('matched'),
    })),
    registered(
      'operator that the MPAN begins with, another registered',
      10,
      movedMeters,
      (world, device) => ({
        message: placing(
          world,
          world.networkOperatorCertificates(world.draw.oneOf(device.byPrefix, 'operator of the prefix')),
          { target: device.target },
        ),
        expected: refused(world.codeOf('6.15.1', mismatch), 'mismatched'),
      }),
    ),
    registered(
      'registered operator that no list has',
      5,
      (world) =>
        registeredDevices(world, 'electricity').filter(
          ({ name }) => !world.lists.distributors.some(({ mpid }) => mpid === name),
        ),
      (world, { target }) => ({
        message: placing(world, fit(world).right, { target }),
        expected: success('operator-unknown'),
      }),
    ),
    registered('gas hand-over, registered transporter', 15, gasDevices, (world, device) => ({
      message: handOverGas(
        world,
        device,
        world.networkOperatorCertificates(world.draw.oneOf(device.operators, 'Gas Transporter')),
      ),
      expected: success('matched'),
    })),
    registered('gas hand-over, another transporter', 10, devicesOfOneOfTwo, (world, device) => {
      const others = world.gasTransporters.filter((operator) => !device.operators.includes(operator));
      return {
        message: handOverGas(
          world,
          device,
          world.networkOperatorCertificates(world.draw.oneOf(others, 'second Gas Transporter')),
        ),
        expected: refused(world.codeOf('6.21', mismatch), 'mismatched'),
      };
    }),
    registered('gas hand-over, operator of electricity', 5, gasDevices, (world, device) => ({
      message: handOverGas(world, device, fit(world).right),
      expected: refused(world.codeOf('6.21', mismatch), 'mismatched'),
    })),
    registered("gas hand-over, ACB's certificates (MP128A)", 10, gasDevices, (world, device) => ({
      message: handOverGas(world, device, brokersCertificates(world)),
      expected: success('matched'),
    })),
    {
      name: 'gas hand-over, nobody known to be registered',
      perMille: 5,
      build: (world) => ({
        message: handOver(
          world,
          world.networkOperatorCertificates(world.draw.oneOf(world.gasTransporters, 'Gas Transporter')),
        ),
        device: { deviceType: 'GPF', importMpxn: '1234567890' },
        expected: success('registration-unknown'),
      }),
    },
  ];
}

/** What a User makes of its Service Request, and could make without one. */
function preCommandOf(world: World, { originator, target, counter }: Message, certificates: Pair): string {
  return buildGbcsCommand({
    originator,
    target,
    counter,
    mode: 2,
    replacements: inCellsOf('03', certificates),
    path: [world.pki.issuingCa.base64],
    floorSeqNumber: 0n,
    signature: world.pki.issue({ role: '02', entityIdentifier: originator }, 'digitalSignature').keys
      .privateKey,
  }).toString('base64');
}

/** The mix that the pipeline sends. */
export const scenarios: readonly Scenario[] = [
  {
    name: 'right operator, 6.15.1',
    perMille: 285,
    build: (world) => {
      const { right, esme } = fit(world);
      return { message: placing(world, right), device: esme, expected: success('matched') };
    },
  },
  {
    name: 'right operator, 6.21',
    perMille: 100,
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
      message: placing(world, brokersCertificates(world), {
        originator: world.senderOf('GT'),
      }),
      device: { deviceType: 'GSME', importMpxn: '1234567890' },
      expected: success('not-applicable'),
    }),
  },
  {
    name: 'device that the service looks up',
    perMille: 40,
    build: (world) => {
      const listed = world.lists.devices.filter(
        (device) =>
          device.deviceType === 'ESME' &&
          device.importNetworkOperator === undefined &&
          operatorsByPrefix(world, device).length > 0,
      );
      const device = world.draw.oneOf(listed, 'ESME of a listed operator');
      const operator = world.draw.oneOf(operatorsByPrefix(world, device), 'operator');
      const certificates = world.networkOperatorCertificates(operator);
      return {
        message: placing(world, certificates, { target: device.entityIdentifier }),
        expected: success('matched'),
      };
    },
  },
  ...byRegistration(),
  {
    name: 'MPAN not known',
    perMille: 30,
    build: (world) => ({
      message: placing(world, fit(world).right),
      device: { deviceType: 'ESME' },
      expected: success('mpan-unknown'),
    }),
  },
  {
    name: 'distributor not known',
    perMille: 10,
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
    perMille: 10,
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
    perMille: 40,
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
    perMille: 30,
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
  ...badCertificates(),
  {
    name: 'key agreement certificate in the signing slot',
    perMille: 5,
    build: (world) => {
      const { right, esme } = fit(world);
      return {
        message: placing(world, { ...right, digitalSigning: right.keyAgreement }),
        device: esme,
        expected: refusedBy(world, 'certificate-key-usage-not-for-slot'),
      };
    },
  },
  {
    name: "operator's own XML signing certificate in its slot",
    perMille: 5,
    build: (world) => {
      const { right, operator, esme } = fit(world);
      const { digitalSigning } = world.certificatesOf('87', entityIdentifierOf(operator));
      return {
        message: placing(world, { ...right, digitalSigning }),
        device: esme,
        expected: refused(world.codeOf('6.15.1', 'certificate-type-not-for-remote-party'), 'mismatched'),
      };
    },
  },
  signed('signed by another User', (world, message) => ({
    signedBy: world.draw.oneOf(
      world.lists.signers.filter(
        ({ entityIdentifier }) =>
          world.signerOf(entityIdentifier) !== undefined &&
          !world.lists.sharedResourceProviders.some(({ provider }) => provider === entityIdentifier) &&
          entityIdentifier !== message.originator,
      ),
      'second signer',
    ).entityIdentifier,
    expected: refusedBy(world, 'signer-not-originator'),
  })),
  signed('tampered body', (world) => ({
    spoil: attackedBy('tampered body'),
    expected: refusedBy(world, 'xml-signature-digest-wrong'),
  })),
  signed('wrapped signature', (world) => ({
    spoil: attackedBy('wrapped in Object'),
    expected: refusedBy(world, 'xml-signature-malformed'),
  })),
  signed('signature of a certificate that is not listed', (world) => ({
    spoil: attackedBy('KeyInfo of another certificate'),
    expected: refusedBy(world, 'xml-signature-certificate-unknown'),
  })),
  byProvider(
    'Shared Resource Provider',
    '6.15.1',
    (entry) => entry.live && covers(entry, '6.15.1'),
    () => success('matched'),
  ),
  byProvider(
    'Shared Resource Provider out of its period',
    '6.15.1',
    ({ live }) => !live,
    (world) => refusedBy(world, 'shared-resource-provider-not-on-the-day'),
  ),
  byProvider(
    'Shared Resource Provider out of its scope',
    '6.21',
    (entry) => entry.live && !covers(entry, '6.21'),
    (world) => refusedBy(world, 'shared-resource-provider-not-for-service'),
  ),
  {
    name: 'User System that nobody was told of (advises)',
    perMille: 5,
    isPossible: (world) => unnotifiedSystems(world).length > 0,
    build: (world) => {
      const { right, esme } = fit(world);
      const { entityIdentifier, userSystem } = world.draw.oneOf(unnotifiedSystems(world), 'User System');
      return {
        message: placing(world, right, { originator: entityIdentifier }),
        device: esme,
        userSystem,
        expected: success('matched'),
      };
    },
  },
  {
    name: 'Signed Pre-Command of a Service Request',
    perMille: 10,
    build: (world) => {
      const { right, esme } = fit(world);
      const message = placing(world, right);
      const expected = success('matched');
      return {
        before: { message, device: esme, expected },
        message: { ...message, gbcsPayload: preCommandOf(world, message, right) },
        device: esme,
        expected,
      };
    },
  },
  {
    name: 'Signed Pre-Command with other certificates than its Service Request',
    perMille: 5,
    build: (world) => {
      const { right, distributorId, esme } = fit(world);
      const message = placing(world, right);
      const other = wrongFor(world, distributorId);
      return {
        before: { message, device: esme, expected: success('matched') },
        message: { ...message, gbcsPayload: preCommandOf(world, message, other) },
        device: esme,
        expected: problem(409, 'pre-command-differs-from-request'),
      };
    },
  },
  {
    name: 'self-made Signed Pre-Command, wrong operator',
    perMille: 10,
    build: (world) => {
      const { distributorId, esme } = fit(world);
      const wrong = wrongFor(world, distributorId);
      const message = placing(world, wrong);
      return {
        message: { ...message, gbcsPayload: preCommandOf(world, message, wrong) },
        device: esme,
        expected: refused(world.codeOf('6.15.1', 'certificate-party-mpan-mismatch'), 'mismatched'),
      };
    },
  },
  {
    name: 'the same request again',
    perMille: 10,
    build: (world) => {
      const { right, esme } = fit(world);
      const again = { message: placing(world, right), device: esme, expected: success('matched') };
      return { ...again, before: again };
    },
  },
  {
    name: 'another request under the same RequestID',
    perMille: 5,
    build: (world) => {
      const { right, distributorId, esme } = fit(world);
      const message = placing(world, right);
      return {
        before: { message, device: esme, expected: success('matched') },
        message: { ...message, certificates: wrongFor(world, distributorId) },
        device: esme,
        expected: problem(409, 'request-id-conflict'),
      };
    },
  },
];

export interface Sent {
  readonly scenario: Scenario;
  readonly expected: Case['expected'];
  readonly contentType: 'application/xml' | 'application/json';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Sent and answered before this one. */
  readonly before: Sent | undefined;
}

/**
 * Draws `count` requests. Each scenario comes at least once where there is room, the rest by weight, in both media
 * types by turns.
 */
export function* requests(world: World, count: number): Generator<Sent> {
  const possible = scenarios.filter(({ isPossible }) => isPossible?.(world) !== false);
  const wheel = possible.flatMap((scenario) => Array<Scenario>(scenario.perMille).fill(scenario));
  for (let index = 0; index < count; index += 1) {
    const scenario = possible[index] ?? world.draw.oneOf(wheel, 'scenario');
    yield toRequest(world, scenario, scenario.build(world), world.draw.below(2) === 0);
  }
}

export function toRequest(world: World, scenario: Scenario, made: Case, preferXml: boolean): Sent {
  const { message, device, userSystem, expected, spoil, before } = made;
  const isXml = preferXml || made.only === 'xml';
  const signer = world.signerOf(made.signedBy ?? message.originator);
  const text = isXml ? signedXml(message, signer) : toJson(message, device, userSystem);
  const contentType = isXml ? 'application/xml' : 'application/json';
  const headers = {
    'content-type': contentType,
    ...(isXml && device?.deviceType !== undefined && { 'dcc-device-type': device.deviceType }),
    ...(isXml && device?.importMpxn !== undefined && { 'dcc-import-mpxn': device.importMpxn }),
    ...(isXml && userSystem !== undefined && { 'dcc-user-system': userSystem }),
  };
  return {
    scenario,
    expected,
    contentType,
    headers,
    body: spoil?.(text, signer) ?? Buffer.from(text),
    before: before === undefined ? undefined : toRequest(world, scenario, before, preferXml),
  };
}

/** As a User signs it, with the line breaks that real signatures have. */
const signedXml = (message: Message, signer: XmlSigner | undefined): string =>
  signer === undefined ? toXml(message) : signXml(toXml(message), signer, { lineLength: 76 });
