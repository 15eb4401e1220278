import type { DeviceType, RemotePartyRole } from '../src/duis/vocabulary.js';
import { parseMpxn } from '../src/metering-point/mpxn.js';
import type { Certificate, CertificateSpec, KeyUsage } from '../src/mock-dsp/certificate-builder.js';
import { buildGbcsCommand, type GbcsCommandSpec, inCellsOf } from '../src/mock-dsp/gbcs.js';
import type { Message } from '../src/mock-dsp/message.js';
import { buildPki, testSmki } from '../src/mock-dsp/pki.js';
import type { CertificateFacts, Facts, Organisation, PermittedCombination } from '../src/rules/facts.js';
import type { Rule, Verdict } from '../src/rules/rule.js';
import { type OrganisationCertificate, readOrganisationCertificate } from '../src/smki/certificate.js';

/** The day on which every fixture is current. */
export const now = new Date('2026-06-15T12:00:00Z');

/** Under the authorities whose certificates come with the service. */
export const pki = buildPki('tests', now, testSmki);

export const euis = {
  supplier: '02-00-00-00-01-01-00-01',
  operatorOf12: '02-00-00-00-00-01-00-10',
  operatorOf15: '02-00-00-00-00-04-00-10',
  unlisted: '02-00-00-00-0F-00-00-01',
  device: '02-00-00-00-0E-00-00-01',
} as const;

/** An Organisation Certificate, by default a Network Operator's for digital signing. */
export function issue(
  change: {
    readonly role?: string;
    readonly entityIdentifier?: string;
    readonly commonName?: string;
    readonly keyUsage?: Exclude<KeyUsage, 'keyCertSign and cRLSign'>;
    readonly spec?: Partial<CertificateSpec>;
  } = {},
): Certificate {
  const {
    role = '03',
    entityIdentifier = euis.operatorOf12,
    commonName,
    keyUsage = 'digitalSignature',
    spec,
  } = change;
  const subject = { role, entityIdentifier, ...(commonName !== undefined && { commonName }) };
  return pki.issue(subject, keyUsage, spec);
}

export function readCertificate(certificate: Certificate): OrganisationCertificate {
  const read = readOrganisationCertificate(certificate.base64);
  if (!read.ok) throw new Error(read.rejection.detail);
  return read.value;
}

const ofOperatorOf12 = {
  digitalSigning: issue().base64,
  keyAgreement: issue({ keyUsage: 'keyAgreement' }).base64,
};

/** A 6.15.1 in which a Supplier places the certificates of the operator of distributor 12. */
export function message(change: Partial<Message> = {}): Message {
  return {
    serviceReferenceVariant: '6.15.1',
    originator: euis.supplier,
    target: euis.device,
    counter: 1n,
    remotePartyRole: 'NetworkOperator',
    certificates: ofOperatorOf12,
    path: [pki.issuingCa.base64],
    ...change,
  };
}

/** The base64 of a pre-command in which the operator of distributor 12 replaces its own certificates. */
export function gbcsCommand(change: Partial<GbcsCommandSpec> = {}): string {
  return buildGbcsCommand({
    originator: euis.operatorOf12,
    target: euis.device,
    counter: 1n,
    replacements: inCellsOf('03', ofOperatorOf12),
    path: [pki.issuingCa.base64],
    ...change,
  }).toString('base64');
}

export const operatorOf12: Organisation = { organisationId: 'of-12', name: 'Operator of 12', test: false };
export const operatorOf15: Organisation = { organisationId: 'of-15', name: 'Operator of 15', test: false };

export function party(change: {
  readonly certificateType?: CertificateFacts['certificateType'];
  readonly role?: string;
  readonly entityIdentifier?: string;
  readonly organisation?: Organisation | undefined;
}): CertificateFacts {
  const { certificateType = 'DigitalSigning', role = '03', entityIdentifier = euis.operatorOf12 } = change;
  return {
    certificateType,
    certificate: readCertificate(issue({ role, entityIdentifier })),
    organisation: 'organisation' in change ? change.organisation : operatorOf12,
  };
}

const combination = (
  remotePartyRole: RemotePartyRole,
  userRoles: readonly string[],
  deviceTypes: readonly DeviceType[],
  change: Partial<PermittedCombination> = {},
): PermittedCombination => ({
  remotePartyRole,
  userRoles,
  deviceTypes,
  certificateTypes: ['DigitalSigning', 'KeyAgreement'],
  certificateRoles: [remotePartyRole === 'Supplier' ? 'supplier' : 'networkOperator'],
  futureDating: false,
  prepaymentTopUpFloor: false,
  ...change,
});

/** A table in small: what the rules do with it, not what the shipped one says. */
export const applicability: readonly PermittedCombination[] = [
  combination('NetworkOperator', ['IS', 'ED'], ['ESME']),
  combination('NetworkOperator', ['GS'], ['GSME'], {
    certificateRoles: ['networkOperator', 'accessControlBroker'],
  }),
  combination('Supplier', ['IS'], ['ESME'], {
    certificateTypes: ['DigitalSigning', 'KeyAgreement', 'KeyAgreementTopUp'],
    futureDating: true,
    prepaymentTopUpFloor: true,
  }),
  combination('Supplier', ['IS'], ['HCALCS'], { futureDating: true }),
];

/** Facts that every rule passes: a Supplier, an ESME of distributor 12, the certificate of its operator. */
export function facts(change: Partial<Facts> = {}): Facts {
  const mpxn = parseMpxn('1200023305967');
  if (mpxn?.kind !== 'mpan') throw new Error('not an MPAN');
  return {
    remotePartyRole: 'NetworkOperator',
    isFutureDated: false,
    hasPrepaymentTopUpFloor: false,
    sender: {
      entityIdentifier: euis.supplier as Facts['sender']['entityIdentifier'],
      userRoles: ['IS'],
      userSystem: undefined,
    },
    deviceType: 'ESME',
    mpxn,
    distributor: { distributorId: mpxn.distributorId, name: 'London', operators: [operatorOf12] },
    registration: undefined,
    deviceRegistry: 'answered',
    gasIsJudged: false,
    certificates: [party({})],
    trustFlaws: [],
    day: '2026-06-15',
    applicability,
    ...change,
  };
}

/** What a test asks of a verdict: all of it. */
export function judge(rule: Rule, change: Partial<Facts> = {}): Verdict {
  return rule.evaluate(facts(change));
}
