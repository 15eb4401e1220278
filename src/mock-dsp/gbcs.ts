import { type KeyObject, sign } from 'node:crypto';
import {
  bitString,
  encode,
  explicit,
  generalizedTime,
  implicit,
  integer,
  type Node,
  raw,
  sequence,
} from './der.js';

/** Writes CS02b Update Security Credentials, the payload of a Signed Pre-Command. */

export interface CellSpec {
  /** Two hexadecimal digits, as in the OU of a certificate. */
  readonly role: string;
  readonly keyUsage: 'digitalSignature' | 'keyAgreement';
  /** There for the prepayment top-up key. */
  readonly cellUsage?: number;
}

export interface ReplacementSpec extends CellSpec {
  /** The base64 of its DER. */
  readonly certificate: string;
}

/** What a command puts into the two cells of a Remote Party. */
export const inCellsOf = (
  role: string,
  certificates: { readonly digitalSigning: string; readonly keyAgreement: string },
): ReplacementSpec[] => [
  { role, keyUsage: 'digitalSignature', certificate: certificates.digitalSigning },
  { role, keyUsage: 'keyAgreement', certificate: certificates.keyAgreement },
];

export interface GbcsCommandSpec {
  /** Hyphenated EUI-64. */
  readonly originator: string;
  readonly target: string;
  readonly counter: bigint;
  /** Left out: 3, a Network Operator's by a Network Operator. */
  readonly mode?: number;
  readonly replacements: readonly ReplacementSpec[];
  /** The base64 of each certificate's DER. */
  readonly path: readonly string[];
  readonly executionDateTime?: Date;
  readonly floorSeqNumber?: bigint;
  readonly prepaymentTopUpFloorSeqNumber?: bigint;
  /** Left out, nothing is said of them, which means that they apply. */
  readonly appliesTimeBasedCpvChecks?: boolean;
  readonly key?: Buffer;
  readonly authorisingCell?: CellSpec;
  /** Left out, the message is a pre-command and ends with its payload; 'empty' is a signature of length zero. */
  readonly signature?: KeyObject | 'empty';
  /** Twelve octets; wraps the message as the access control broker does. */
  readonly mac?: Buffer;
  /** Changes fields after they have been built validly, and before they are signed. */
  readonly alter?: (fields: GbcsFields) => Partial<GbcsFields>;
}

/** Fields of the command, and then of the frame around it. A test changes one of them and leaves the rest valid. */
export interface GbcsFields {
  readonly control: readonly Node[];
  readonly replacements: readonly Node[];
  readonly path: readonly Node[];
  readonly executionTime: readonly Node[];
  /** Each with the octets that say its type or length. */
  readonly transactionId: Buffer;
  readonly originator: Buffer;
  readonly target: Buffer;
  readonly dateTime: Buffer;
  readonly messageCode: Buffer;
}

/** The message, in its frame. */
export function buildGbcsCommand(spec: GbcsCommandSpec): Buffer {
  const valid = { ...commandFields(spec), ...frameFields(spec) };
  const { control, replacements, path, executionTime, ...frame } = { ...valid, ...spec.alter?.(valid) };
  const command = sequence(
    sequence(...control),
    sequence(...replacements),
    sequence(...path),
    ...executionTime,
  );
  const { transactionId, originator, target, dateTime, messageCode } = frame;
  const head = [Buffer.from([0xdf]), transactionId, originator, target, dateTime, messageCode];
  const unsigned = Buffer.concat([...head, withLength(encode(command))]);
  const message = Buffer.concat([unsigned, signatureOf(unsigned, spec.signature)]);
  return spec.mac === undefined ? message : wrap(message, spec.mac);
}

function commandFields(
  spec: GbcsCommandSpec,
): Pick<GbcsFields, 'control' | 'replacements' | 'path' | 'executionTime'> {
  const { mode = 3, key, appliesTimeBasedCpvChecks: checks, authorisingCell, executionDateTime } = spec;
  return {
    control: [
      numberOf(BigInt(mode)),
      ...(key === undefined ? [] : [implicit(0, key)]),
      ...some(1, checks === undefined ? undefined : checks ? 0n : 1n),
      ...(authorisingCell === undefined ? [] : [explicit(2, ...cellParts(authorisingCell))]),
      ...some(3, spec.counter),
      ...some(4, spec.floorSeqNumber),
      ...some(5, spec.prepaymentTopUpFloorSeqNumber),
    ],
    replacements: spec.replacements.map((replacement) =>
      sequence(certificateNode(replacement.certificate), sequence(...cellParts(replacement))),
    ),
    path: spec.path.map(certificateNode),
    executionTime: executionDateTime === undefined ? [] : [generalizedTime(executionDateTime)],
  };
}

function frameFields({
  originator,
  target,
  counter,
  mode = 3,
}: GbcsCommandSpec): Omit<GbcsFields, 'control' | 'replacements' | 'path' | 'executionTime'> {
  const counterOctets = Buffer.alloc(8);
  counterOctets.writeBigUInt64BE(counter);
  const eui = (text: string): Buffer => Buffer.from(`08${text.replaceAll('-', '')}`, 'hex');
  return {
    // 01: a command, and not its response or an alert.
    transactionId: Buffer.concat([Buffer.from([9, 1]), counterOctets]),
    originator: eui(originator),
    target: eui(target),
    dateTime: Buffer.from([0]),
    messageCode: Buffer.from([2, 1, mode]),
  };
}

/** Exactly which octets GBCS has signed is not public to us. This signs all that come before the signature. */
function signatureOf(octets: Buffer, signature: GbcsCommandSpec['signature']): Buffer {
  if (signature === undefined) return Buffer.alloc(0);
  if (signature === 'empty') return Buffer.from([0]);
  return withLength(sign('sha256', octets, { key: signature, dsaEncoding: 'ieee-p1363' }));
}

/** General-ciphering that is authenticated and not encrypted: its length is that of security header, message and MAC. */
const wrap = (message: Buffer, mac: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from('DD000000000000', 'hex'),
    withLength(Buffer.concat([Buffer.from('1100000000', 'hex'), message, mac])),
  ]);

function withLength(octets: Buffer): Buffer {
  const { length } = octets;
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), octets]);
}

const certificateNode = (base64: string): Node => raw(Buffer.from(base64, 'base64'));

const keyUsages = { digitalSignature: [0x80, 7], keyAgreement: [0x08, 3] } as const;

export function cellParts({ role, keyUsage, cellUsage }: CellSpec): Node[] {
  const [octet, unusedBits] = keyUsages[keyUsage];
  return [
    integer(Buffer.from(role, 'hex')),
    bitString(Buffer.from([octet]), unusedBits),
    ...(cellUsage === undefined ? [] : [integer(Buffer.from([cellUsage]))]),
  ];
}

function numberOf(value: bigint): Node {
  const digits = value.toString(16);
  return integer(Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex'));
}

/** An INTEGER under an implicit tag keeps its contents. */
const some = (tag: number, value: bigint | undefined): Node[] =>
  value === undefined ? [] : [implicit(tag, Buffer.from(numberOf(value).value as string, 'latin1'))];
