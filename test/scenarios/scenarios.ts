import type { GbcsCommandSpec } from '../../src/mock-dsp/gbcs.js';
import type { DeviceFacts, Message } from '../../src/mock-dsp/message.js';
import type { RejectionKind } from '../../src/rejection.js';
import { euis, issue, pki } from '../fixtures.js';

/** One case on the lists that are shipped: a good message with one thing changed, and what is to come of it. */
export interface Scenario {
  /** In words, the one thing that is different. */
  readonly name: string;
  /** The time of the decision; the day of the fixtures where left out. */
  readonly at?: string;
  readonly message?: Partial<Message>;
  readonly device?: DeviceFacts;
  readonly userSystem?: string;
  /** Settings of the service that are not the default. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether the registry of devices can be asked; it can where left out. */
  readonly registry?: 'unavailable';
  /** In place of what is shipped, by the name of the file; undefined takes the file away. */
  readonly files?: Readonly<Record<string, Buffer | undefined>>;
  /** Sent before, under the same RequestID, and accepted. */
  readonly before?: Partial<Message>;
  /** Makes a Signed Pre-Command of it: a valid one of the same RequestID, but for this. */
  readonly preCommand?: Partial<GbcsCommandSpec>;
  /** Signs the request, which then exists in XML alone. */
  readonly sign?: (xml: string) => string;
  readonly expected:
    | {
        readonly code: string;
        readonly mpanCheck: string;
        readonly failed?: readonly string[];
        readonly undetermined?: readonly string[];
      }
    | {
        readonly problem: RejectionKind;
        /** Of a refusal without a code: every rule that fails and refuses. */
        readonly refusedBy?: readonly string[];
      };
}

const of = (role: string, entityIdentifier: string): Message['certificates'] => ({
  digitalSigning: issue({ role, entityIdentifier }).base64,
  keyAgreement: issue({ role, entityIdentifier, keyUsage: 'keyAgreement' }).base64,
});
const operatorOf12 = of('03', euis.operatorOf12);
const operatorOf15 = of('03', euis.operatorOf15);
const gasTransporter = of('03', '02-00-00-00-00-81-00-10');
const accessControlBroker = of('04', '02-00-00-00-04-00-00-01');
const supplierOwn = of('02', euis.supplier);
const boxedTestOperator = of('03', '90-B3-D5-1F-30-02-00-00');

const esmeOf12: DeviceFacts = { deviceType: 'ESME', importMpxn: '1200023305967' };
const gsme: DeviceFacts = { deviceType: 'GSME', importMpxn: '1234567890' };
const handover = { serviceReferenceVariant: '6.21' } as const;
const bySupplierForItself: Partial<Message> = { remotePartyRole: 'Supplier', certificates: supplierOwn };
const changeOfSupplier: Partial<Message> = {
  ...bySupplierForItself,
  serviceReferenceVariant: '6.23',
  importMpxn: '1200023305967',
};

const mismatch = 'certificate-party-mpan-mismatch';
const notOfDistributorId = 'registered-operator-not-of-distributor-id';
/** Devices of the list, with who is registered for them. */
const registered = {
  esmeOf14To26: '02-00-00-00-02-00-00-09',
  esmeOf20: '02-00-00-00-02-00-00-0A',
  esmeOf22ToNobody: '02-00-00-00-02-00-00-0B',
  gpf: '02-00-00-00-02-00-00-0C',
  gsme: '02-00-00-00-02-00-00-0D',
  gpfToNobody: '02-00-00-00-02-00-00-0E',
  none: '02-00-00-00-02-00-00-06',
} as const;
const operatorOf26 = of('03', '02-00-00-00-00-09-00-10');
const operatorOf14 = of('03', '02-00-00-00-00-02-00-10');
const operatorOf20 = of('03', '02-00-00-00-00-06-00-10');
const otherGasTransporter = of('03', '02-00-00-00-00-82-00-10');
const onGas = { ...handover, originator: '02-00-00-00-01-06-00-01' };
const matched = { code: 'I0', mpanCheck: 'matched' };

export const scenarios: readonly Scenario[] = [
  {
    name: "the certificates of the operator of the meter's distributor",
    device: esmeOf12,
    expected: matched,
  },
  { name: 'the same by hand-over', message: handover, device: esmeOf12, expected: matched },
  {
    name: 'the certificates of the operator of another distributor',
    message: { certificates: operatorOf15 },
    device: esmeOf12,
    expected: { code: 'E061510', mpanCheck: 'mismatched', failed: [mismatch] },
  },
  {
    name: 'the same by hand-over',
    message: { ...handover, certificates: operatorOf15 },
    device: esmeOf12,
    expected: { code: 'E062106', mpanCheck: 'mismatched', failed: [mismatch] },
  },
  {
    name: 'a group with several distributor IDs has one certificate for all of them',
    device: { ...esmeOf12, importMpxn: '1000000000006' },
    expected: { ...matched, failed: ['mpan-check-digit-wrong'] },
  },
  {
    name: 'one certificate of the right operator and one of another',
    message: { certificates: { ...operatorOf12, keyAgreement: operatorOf15.keyAgreement! } },
    device: esmeOf12,
    expected: {
      code: 'E061510',
      mpanCheck: 'mismatched',
      failed: [mismatch, 'certificates-of-two-organisations'],
    },
  },
  {
    name: 'certificates of two operators that both operate the distributor',
    message: {
      certificates: {
        digitalSigning: issue({ entityIdentifier: '02-00-00-00-00-03-00-10' }).base64,
        keyAgreement: boxedTestOperator.keyAgreement!,
      },
    },
    device: { deviceType: 'ESME', importMpxn: '1312345678111' },
    expected: { ...matched, failed: ['certificates-of-two-organisations', 'mpan-check-digit-wrong'] },
  },
  {
    name: "a Gas Transporter's certificates on an electricity meter",
    message: { certificates: gasTransporter },
    device: esmeOf12,
    expected: { code: 'E061510', mpanCheck: 'mismatched', failed: [mismatch] },
  },
  {
    name: 'an Entity Identifier in nobody’s range',
    message: { certificates: of('03', euis.unlisted) },
    device: esmeOf12,
    expected: { code: 'E061510', mpanCheck: 'mismatched', failed: [mismatch] },
  },
  {
    name: "an XML signing certificate with the operator's own Entity Identifier",
    message: { certificates: of('87', euis.operatorOf12) },
    device: esmeOf12,
    expected: {
      code: 'E061507',
      mpanCheck: 'mismatched',
      failed: ['certificate-type-not-for-remote-party', mismatch],
    },
  },
  {
    name: 'the same by hand-over, where E061507 does not exist',
    message: { ...handover, certificates: of('87', euis.operatorOf12) },
    device: esmeOf12,
    expected: {
      code: 'E062106',
      mpanCheck: 'mismatched',
      failed: ['certificate-type-not-for-remote-party', mismatch],
    },
  },
  {
    name: 'the MPAN is not known',
    device: { deviceType: 'ESME' },
    expected: { code: 'I0', mpanCheck: 'mpan-unknown', undetermined: [mismatch] },
  },
  {
    name: 'neither MPAN nor device type is known: as it was before the check existed',
    expected: {
      code: 'I0',
      mpanCheck: 'mpan-unknown',
      undetermined: ['combination-not-permitted', 'certificate-type-not-for-device-type', mismatch],
    },
  },
  {
    name: 'the device type is not known, and the MPAN tells that the certificate is wrong',
    message: { certificates: operatorOf15 },
    device: { importMpxn: '1200023305967' },
    expected: {
      code: 'E061510',
      mpanCheck: 'mismatched',
      failed: [mismatch],
      undetermined: ['combination-not-permitted', 'certificate-type-not-for-device-type'],
    },
  },
  {
    name: 'a distributor ID that is in no list',
    device: { deviceType: 'ESME', importMpxn: '5000000000005' },
    expected: {
      code: 'I0',
      mpanCheck: 'distributor-unknown',
      failed: ['mpan-check-digit-wrong'],
      undetermined: [mismatch],
    },
  },
  {
    name: 'a distributor ID that has ended',
    device: { deviceType: 'ESME', importMpxn: '2800000000000' },
    expected: {
      code: 'I0',
      mpanCheck: 'distributor-unknown',
      failed: ['mpan-check-digit-wrong'],
      undetermined: [mismatch],
    },
  },
  {
    name: 'a distributor ID that is not there yet',
    at: '2026-06-21T22:59:59Z',
    message: { certificates: of('03', '02-00-00-00-00-1E-00-10') },
    device: { deviceType: 'ESME', importMpxn: '5200000000008' },
    expected: {
      code: 'I0',
      mpanCheck: 'distributor-unknown',
      failed: ['mpan-check-digit-wrong'],
      undetermined: [mismatch],
    },
  },
  {
    name: 'the same from its first midnight, UK time',
    at: '2026-06-21T23:00:00Z',
    message: { certificates: of('03', '02-00-00-00-00-1E-00-10') },
    device: { deviceType: 'ESME', importMpxn: '5200000000008' },
    expected: { ...matched, failed: ['mpan-check-digit-wrong'] },
  },
  {
    name: 'an MPAN core of zeros',
    device: { deviceType: 'ESME', importMpxn: '0000000000000' },
    expected: {
      code: 'I0',
      mpanCheck: 'distributor-unknown',
      failed: ['mpan-check-digit-wrong'],
      undetermined: [mismatch],
    },
  },
  {
    name: 'a full supply number, with letters, spaces and hyphens',
    device: { deviceType: 'ESME', importMpxn: '01 8A1 101\t12-0002-3305-967' },
    expected: matched,
  },
  {
    name: 'the device is looked up where the caller says nothing',
    message: { target: '02-00-00-00-02-00-00-01' },
    expected: matched,
  },
  {
    name: 'what the caller says outweighs the list',
    message: { target: '02-00-00-00-02-00-00-01' },
    device: { importMpxn: '1570000000003' },
    expected: { code: 'E061510', mpanCheck: 'mismatched', failed: [mismatch, 'mpan-check-digit-wrong'] },
  },
  {
    name: 'a device with an export MPAN alone',
    message: { target: '02-00-00-00-02-00-00-03' },
    expected: { code: 'E061510', mpanCheck: 'mismatched', failed: [mismatch] },
  },
  {
    name: 'a listed meter without an MPAN',
    message: { target: '02-00-00-00-02-00-00-04' },
    expected: { code: 'I0', mpanCheck: 'mpan-unknown', undetermined: [mismatch] },
  },
  {
    name: 'the operator renews its own certificates',
    message: { originator: '02-00-00-00-00-01-00-01' },
    device: esmeOf12,
    expected: matched,
  },
  {
    name: 'an operator on a gas meter',
    message: { originator: '02-00-00-00-00-01-00-01' },
    device: gsme,
    expected: { code: 'E061501', mpanCheck: 'not-applicable', failed: ['combination-not-permitted'] },
  },
  {
    name: 'a Gas Transporter’s certificates on what is called a gas meter, and has an MPAN',
    message: { originator: '02-00-00-00-00-81-00-01', certificates: gasTransporter },
    device: { ...esmeOf12, deviceType: 'GSME' },
    expected: { code: 'I0', mpanCheck: 'not-applicable', failed: ['mpxn-not-of-device-type'] },
  },
  {
    name: 'a sender that is in no list',
    message: { originator: euis.unlisted },
    device: esmeOf12,
    expected: { ...matched, undetermined: ['combination-not-permitted'] },
  },
  {
    name: 'the role Root, by a sender that is in no list',
    message: { originator: euis.unlisted, remotePartyRole: 'Root', certificates: of('00', euis.unlisted) },
    device: esmeOf12,
    expected: {
      code: 'E061501',
      mpanCheck: 'not-applicable',
      failed: ['combination-not-permitted', 'certificate-type-not-for-remote-party'],
    },
  },
  {
    name: 'a Communications Hub Function, on which no User places anything',
    device: { deviceType: 'CHF' },
    expected: {
      code: 'E061501',
      mpanCheck: 'not-applicable',
      failed: ['combination-not-permitted', 'certificate-type-not-for-device-type'],
    },
  },
  {
    name: 'a top-up floor for a Network Operator, of nought',
    message: { topUpFloor: 0n },
    device: esmeOf12,
    expected: { code: 'E061504', mpanCheck: 'matched', failed: ['top-up-floor-not-applicable'] },
  },
  {
    name: 'a top-up certificate on a Gas Proxy Function',
    message: {
      originator: '02-00-00-00-01-06-00-01',
      remotePartyRole: 'Supplier',
      certificates: { ...supplierOwn, keyAgreementTopUp: supplierOwn.keyAgreement! },
    },
    device: { deviceType: 'GPF' },
    expected: {
      code: 'E061505',
      mpanCheck: 'not-applicable',
      failed: ['certificate-type-not-for-device-type', 'certificate-type-not-for-remote-party'],
    },
  },
  {
    name: 'an execution time for a Network Operator',
    message: { executionDateTime: '2026-07-01T00:00:00Z' },
    device: esmeOf12,
    expected: { code: 'E061506', mpanCheck: 'matched', failed: ['future-dated-not-supplier'] },
  },
  {
    name: 'an execution time for a Load Controller',
    message: {
      executionDateTime: '2026-07-01T00:00:00Z',
      remotePartyRole: 'LoadController',
      certificates: of('08', euis.unlisted),
    },
    device: esmeOf12,
    expected: { code: 'I0', mpanCheck: 'not-applicable' },
  },
  {
    name: 'a top-up certificate for a Network Operator',
    message: { certificates: { ...operatorOf12, keyAgreementTopUp: operatorOf12.keyAgreement! } },
    device: esmeOf12,
    expected: { code: 'E061507', mpanCheck: 'matched', failed: ['certificate-type-not-for-remote-party'] },
  },
  {
    name: "the access control broker's certificates on gas, where a Gas Transporter has left (MP128A)",
    message: { originator: '02-00-00-00-00-81-00-01', certificates: accessControlBroker },
    device: gsme,
    expected: { code: 'I0', mpanCheck: 'not-applicable' },
  },
  {
    name: "the access control broker's certificates on an electricity meter",
    message: { certificates: accessControlBroker },
    device: esmeOf12,
    expected: {
      code: 'E061507',
      mpanCheck: 'mismatched',
      failed: ['certificate-type-not-for-remote-party', mismatch],
    },
  },
  {
    name: 'the first refusal of several gives the code',
    message: { topUpFloor: 1n, executionDateTime: '2026-07-01T00:00:00Z', certificates: operatorOf15 },
    device: esmeOf12,
    expected: {
      code: 'E061504',
      mpanCheck: 'mismatched',
      failed: ['top-up-floor-not-applicable', 'future-dated-not-supplier', mismatch],
    },
  },
  {
    name: 'by hand-over, the rules of 6.15.1 advise',
    message: {
      ...handover,
      originator: '02-00-00-00-00-01-00-01',
      topUpFloor: 1n,
      executionDateTime: '2026-07-01T00:00:00Z',
    },
    device: esmeOf12,
    expected: {
      ...matched,
      failed: ['combination-not-permitted', 'top-up-floor-not-applicable', 'future-dated-not-supplier'],
    },
  },
  {
    name: "a Supplier's own certificates",
    message: { ...bySupplierForItself, topUpFloor: 1n, executionDateTime: '2026-07-01T00:00:00Z' },
    device: esmeOf12,
    expected: { code: 'I0', mpanCheck: 'not-applicable' },
  },
  {
    name: 'a change of Supplier',
    message: changeOfSupplier,
    device: esmeOf12,
    expected: { code: 'I0', mpanCheck: 'not-applicable' },
  },
  {
    name: 'a change of Supplier with a Network Operator’s certificates: nothing refuses it there',
    message: { ...changeOfSupplier, certificates: operatorOf12 },
    device: { deviceType: 'ESME' },
    expected: { code: 'I0', mpanCheck: 'not-applicable', failed: ['certificate-type-not-for-remote-party'] },
  },
  {
    name: 'a change of Supplier whose own ImportMPxN is no number',
    message: { ...changeOfSupplier, importMpxn: 'ABC' },
    device: { deviceType: 'ESME' },
    expected: { problem: 'invalid-mpxn' },
  },
  {
    name: 'an MPxN of twelve digits',
    device: { ...esmeOf12, importMpxn: '120002330596' },
    expected: { problem: 'invalid-mpxn' },
  },
  {
    name: 'an MPxN that is there, and empty',
    device: { ...esmeOf12, importMpxn: '' },
    expected: { problem: 'invalid-mpxn' },
  },
  {
    name: 'a Device Type that DUIS does not know',
    device: { ...esmeOf12, deviceType: 'esme' },
    expected: { problem: 'invalid-device-type' },
  },
  {
    name: 'an MPRN for an electricity meter',
    device: { ...esmeOf12, importMpxn: '1234567890' },
    expected: { problem: 'mpxn-not-of-device-type' },
  },
  {
    name: 'a Command Variant of another service',
    message: { commandVariant: 9 },
    expected: { problem: 'unsupported-command-variant' },
  },
  {
    name: 'no replacement certificate',
    message: { certificates: {} },
    expected: { problem: 'no-replacement-certificate' },
  },
  {
    name: 'a replacement certificate that is empty',
    message: { certificates: { digitalSigning: '' } },
    expected: { problem: 'certificate-not-base64' },
  },
  {
    name: 'a replacement certificate with a byte after its end',
    message: {
      certificates: { digitalSigning: Buffer.concat([issue().der, Buffer.from([0])]).toString('base64') },
    },
    expected: { problem: 'certificate-not-der' },
  },
  {
    name: 'a replacement certificate that is DER of something else',
    message: { certificates: { digitalSigning: Buffer.from('30030101ff', 'hex').toString('base64') } },
    expected: { problem: 'certificate-not-x509' },
  },
  {
    name: 'the issuing authority in the place of a Network Operator',
    message: { certificates: { digitalSigning: pki.issuingCa.base64 } },
    expected: { problem: 'certificate-not-smki' },
  },
  {
    name: 'a path certificate that is not one',
    message: { path: ['AAAA'] },
    expected: { problem: 'certificate-not-der' },
  },
  {
    name: 'the registered operator, where the MPAN begins with the distributor ID of another',
    message: { target: registered.esmeOf14To26, certificates: operatorOf26 },
    expected: { ...matched, failed: [notOfDistributorId] },
  },
  {
    name: 'the operator that the MPAN begins with, where another is registered',
    message: { target: registered.esmeOf14To26, certificates: operatorOf14 },
    expected: { code: 'E061510', mpanCheck: 'mismatched', failed: [mismatch, notOfDistributorId] },
  },
  {
    name: 'the same by hand-over',
    message: { ...handover, target: registered.esmeOf14To26, certificates: operatorOf14 },
    expected: { code: 'E062106', mpanCheck: 'mismatched', failed: [mismatch, notOfDistributorId] },
  },
  {
    name: 'the same where the caller states all that it knows: who is registered is looked up still',
    message: { target: registered.esmeOf14To26, certificates: operatorOf14 },
    device: { deviceType: 'ESME', importMpxn: '1470116845051' },
    expected: { code: 'E061510', mpanCheck: 'mismatched', failed: [mismatch, notOfDistributorId] },
  },
  {
    name: 'the registration of another number than the one that the caller states',
    message: { target: registered.esmeOf14To26 },
    device: esmeOf12,
    expected: matched,
  },
  {
    name: 'the registered operator is that of the distributor ID',
    message: { target: registered.esmeOf20, certificates: operatorOf20 },
    expected: matched,
  },
  {
    name: 'a registered operator that no list has: not a mismatch, and no way back to the distributor ID',
    message: { target: registered.esmeOf22ToNobody, certificates: operatorOf15 },
    expected: { code: 'I0', mpanCheck: 'operator-unknown', undetermined: [mismatch, notOfDistributorId] },
  },
  {
    name: "a Supplier's own certificates on a meter with a registration",
    message: { ...bySupplierForItself, target: registered.esmeOf14To26 },
    expected: { code: 'I0', mpanCheck: 'not-applicable' },
  },
  {
    name: 'gas by hand-over, with the certificates of the registered Gas Transporter',
    message: { ...onGas, target: registered.gpf, certificates: gasTransporter },
    expected: matched,
  },
  {
    name: 'the same on a GSME that the caller describes',
    message: { ...onGas, target: registered.gsme, certificates: gasTransporter },
    device: { deviceType: 'GSME', importMpxn: '1234567891' },
    expected: matched,
  },
  {
    name: 'gas by hand-over, with those of another Gas Transporter',
    message: { ...onGas, target: registered.gpf, certificates: otherGasTransporter },
    expected: { code: 'E062106', mpanCheck: 'mismatched', failed: [mismatch] },
  },
  {
    name: 'gas by hand-over, with those of an electricity operator',
    message: { ...onGas, target: registered.gsme, certificates: operatorOf15 },
    expected: { code: 'E062106', mpanCheck: 'mismatched', failed: [mismatch] },
  },
  {
    name: "gas by hand-over, with the access control broker's (MP128A)",
    message: { ...onGas, target: registered.gpf, certificates: accessControlBroker },
    expected: matched,
  },
  {
    name: "gas by hand-over, one of the access control broker's and one of the registered Gas Transporter",
    message: {
      ...onGas,
      target: registered.gpf,
      certificates: { ...gasTransporter, keyAgreement: accessControlBroker.keyAgreement! },
    },
    expected: { ...matched, failed: ['certificates-of-two-organisations'] },
  },
  {
    name: "gas by hand-over, one of the access control broker's and one of another Gas Transporter",
    message: {
      ...onGas,
      target: registered.gpf,
      certificates: { ...otherGasTransporter, keyAgreement: accessControlBroker.keyAgreement! },
    },
    expected: {
      code: 'E062106',
      mpanCheck: 'mismatched',
      failed: [mismatch, 'certificates-of-two-organisations'],
    },
  },
  {
    name: "gas by hand-over, with a Supplier's certificates",
    message: { ...onGas, target: registered.gpf, certificates: supplierOwn },
    expected: {
      code: 'E062106',
      mpanCheck: 'mismatched',
      failed: ['certificate-type-not-for-remote-party', mismatch],
    },
  },
  {
    name: 'gas by hand-over, where nobody is known to be registered',
    message: { ...onGas, target: registered.none, certificates: otherGasTransporter },
    expected: { code: 'I0', mpanCheck: 'registration-unknown', undetermined: [mismatch] },
  },
  {
    name: 'gas by hand-over, where the MPRN is another than the registered one',
    message: { ...onGas, target: registered.gpf, certificates: otherGasTransporter },
    device: { deviceType: 'GPF', importMpxn: '1234567890' },
    expected: { code: 'I0', mpanCheck: 'registration-unknown', undetermined: [mismatch] },
  },
  {
    name: 'gas by hand-over, registered to somebody that no list has',
    message: { ...onGas, target: registered.gpfToNobody, certificates: otherGasTransporter },
    expected: { code: 'I0', mpanCheck: 'operator-unknown', undetermined: [mismatch] },
  },
  {
    name: 'an MPRN on a device of unknown type, by hand-over: taken for gas',
    message: { ...onGas, certificates: otherGasTransporter },
    device: { importMpxn: '1234567891' },
    expected: {
      code: 'I0',
      mpanCheck: 'registration-unknown',
      undetermined: ['combination-not-permitted', 'certificate-type-not-for-device-type', mismatch],
    },
  },
  {
    name: 'gas by hand-over, where gas is not judged',
    message: { ...onGas, target: registered.gpf, certificates: otherGasTransporter },
    settings: { GAS_CHECK: 'off' },
    expected: { code: 'I0', mpanCheck: 'not-applicable' },
  },
  {
    name: 'gas by 6.15.1, which is not judged by default',
    message: {
      originator: '02-00-00-00-01-06-00-01',
      target: registered.gpf,
      certificates: otherGasTransporter,
    },
    expected: { code: 'I0', mpanCheck: 'not-applicable' },
  },
  {
    name: 'the same where gas is judged in all services',
    message: {
      originator: '02-00-00-00-01-06-00-01',
      target: registered.gpf,
      certificates: otherGasTransporter,
    },
    settings: { GAS_CHECK: 'all' },
    expected: { code: 'E061510', mpanCheck: 'mismatched', failed: [mismatch] },
  },
  {
    name: 'the device registry cannot be asked',
    device: esmeOf12,
    registry: 'unavailable',
    expected: { problem: 'store-unavailable' },
  },
  {
    name: 'the same where nothing depends on it',
    message: bySupplierForItself,
    device: esmeOf12,
    registry: 'unavailable',
    expected: { code: 'I0', mpanCheck: 'not-applicable' },
  },
  {
    name: 'the device registry cannot be asked, and that is to be accepted: as if it knew nothing',
    message: { target: registered.esmeOf14To26 },
    registry: 'unavailable',
    settings: { DEVICE_REGISTRY_UNAVAILABLE: 'accept' },
    expected: {
      code: 'I0',
      mpanCheck: 'mpan-unknown',
      failed: ['device-registry-unavailable'],
      undetermined: ['combination-not-permitted', 'certificate-type-not-for-device-type', mismatch],
    },
  },
  {
    name: 'the same where the caller knows the MPAN: its distributor ID counts',
    message: { certificates: operatorOf15 },
    device: esmeOf12,
    registry: 'unavailable',
    settings: { DEVICE_REGISTRY_UNAVAILABLE: 'accept' },
    expected: {
      code: 'E061510',
      mpanCheck: 'mismatched',
      failed: [mismatch, 'device-registry-unavailable'],
    },
  },
  {
    name: 'a change of Supplier while the device registry cannot be asked',
    message: changeOfSupplier,
    registry: 'unavailable',
    settings: { DEVICE_REGISTRY_UNAVAILABLE: 'accept' },
    expected: {
      code: 'I0',
      mpanCheck: 'not-applicable',
      failed: ['device-registry-unavailable'],
      undetermined: ['combination-not-permitted', 'certificate-type-not-for-device-type'],
    },
  },
];
