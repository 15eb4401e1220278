import { dateTime } from '../duis/simple-types.js';
import type { CertificateType } from '../duis/vocabulary.js';
import { catchDefect, Defect, reject, type Result } from '../rejection.js';
import {
  bitString,
  children,
  Class,
  encode,
  hex,
  type Node,
  parseDer,
  primitive,
  Type,
} from '../smki/der.js';
import { type CertificateRole, parseCertificateRole } from '../smki/remote-party-role.js';
import { type GbcsMessage, malformed, maxMessageBytes, readGbcsMessage } from './message.js';

/** A place for one key on the device. */
interface Cell {
  readonly role: CertificateRole;
  readonly certificateType: CertificateType;
}

export interface CredentialsReplacement extends Cell {
  /** Of the certificate's DER, which is not read here, and may be that of another role or key usage. */
  readonly base64: string;
}

/** CS02b Update Security Credentials, as the device gets it. */
export interface UpdateSecurityCredentialsCommand {
  readonly message: GbcsMessage;
  /** 2 to 8: who replaces whose credentials. */
  readonly replacementMode: number;
  readonly appliesTimeBasedCpvChecks: boolean;
  readonly floorSeqNumber: bigint | undefined;
  readonly prepaymentTopUpFloorSeqNumber: bigint | undefined;
  /** An xs:dateTime in UTC. */
  readonly executionDateTime: string | undefined;
  /** At least one, each in another cell. */
  readonly replacements: readonly CredentialsReplacement[];
  readonly certificationPathCertificates: readonly string[];
}

const maxCounter = 2n ** 64n - 1n;
const maxFloorSeqNumber = 2n ** 63n - 1n;

// No limit is published. A device has about a dozen cells, and the SMKI is two authorities deep.
const maxReplacements = 16;
const maxPathCertificates = 8;

const contradiction = (what: string): Defect => new Defect('gbcs-payload-contradicts-itself', what);

/**
 * Reads a CS02b command from the base64 of its GBCS message, signed or not. What a device would do is told by this and
 * not by the XML around it.
 *
 * Not checked here: the signature and the MAC, the certificates, whether they fit their cells, whether the mode lets its
 * sender replace those cells, and whether originator, target and counter are those of the message around it.
 */
export function readUpdateSecurityCredentials(base64: string): Result<UpdateSecurityCredentialsCommand> {
  const message = readGbcsMessage(base64);
  if (!message.ok) return message;
  const read = catchDefect(() => walkCommand(message.value));
  if (read.ok || read.rejection.kind === 'gbcs-payload-contradicts-itself') return read;
  // The walk uses the certificate's DER helpers, which find fault with certificates; this is the fault of the payload.
  return reject('gbcs-payload-malformed', read.rejection.detail);
}

function walkCommand(message: GbcsMessage): UpdateSecurityCredentialsCommand {
  const [control, replacements, path, executionTime, ...rest] = children(
    parseDer(message.payload, maxMessageBytes),
    Type.SEQUENCE,
    'the command',
  );
  if (rest.length > 0) throw malformed('the command has more than four parts');
  const { counter, ...controlled } = readControl(control);
  const command = {
    message,
    ...controlled,
    replacements: readReplacements(replacements),
    certificationPathCertificates: readPath(path),
    executionDateTime: executionTime === undefined ? undefined : readExecutionTime(executionTime),
  };
  if (counter !== message.counter)
    throw contradiction('the originator counter inside is not that of the frame');
  if (message.messageCode !== `010${String(command.replacementMode)}`) {
    throw contradiction('the message code is not that of the replacement mode');
  }
  return command;
}

interface Control extends Pick<
  UpdateSecurityCredentialsCommand,
  'replacementMode' | 'appliesTimeBasedCpvChecks' | 'floorSeqNumber' | 'prepaymentTopUpFloorSeqNumber'
> {
  readonly counter: bigint;
}

function readControl(node: Node | undefined): Control {
  const [mode, ...rest] = children(node, Type.SEQUENCE, 'the control');
  const replacementMode = Number(readInteger(mode, 8n, 'the replacement mode'));
  if (replacementMode < 2) throw malformed('the replacement mode is out of range');
  const fields = fieldsByTag(rest);
  putAside(fields);
  const optional = (tag: number, max: bigint, what: string): bigint | undefined => {
    const field = fields.get(tag);
    return field === undefined ? undefined : integerOf(octetsOf(field, what), max, what);
  };
  const counter = optional(3, maxCounter, 'the originator counter');
  if (counter === undefined) throw malformed('the control has no originator counter');
  return {
    counter,
    replacementMode,
    // Zero applies them, one does not; zero may be written or left out.
    appliesTimeBasedCpvChecks: optional(1, 1n, 'the choice of time-based checks') !== 1n,
    floorSeqNumber: optional(4, maxFloorSeqNumber, 'the floor sequence number'),
    prepaymentTopUpFloorSeqNumber: readTopUpFloor(fields.get(5)),
  };
}

/**
 * A number, or a list of numbers with what each is for, of which the first is taken: which of the two it is, is not
 * public. That it is there is what counts.
 */
function readTopUpFloor(field: Node | undefined): bigint | undefined {
  const what = 'the top-up floor sequence number';
  if (field === undefined) return undefined;
  if (typeof field.value === 'string') return integerOf(field.value, maxFloorSeqNumber, what);
  const [usage, number, ...rest] = children(field.value[0], Type.SEQUENCE, what);
  readInteger(usage, 255n, what);
  if (rest.length > 0) throw malformed(`${what} has more than a usage and a number`);
  return readInteger(number, maxFloorSeqNumber, what);
}

/** A key and other sequence numbers are not looked into. The authorising cell is a cell, any. */
function putAside(fields: ReadonlyMap<number, Node>): void {
  const authorisingCell = fields.get(2);
  if (authorisingCell !== undefined) readCell(partsOf(authorisingCell, 'the authorising cell'));
  const otherSeqNumbers = fields.get(6);
  if (otherSeqNumbers !== undefined) partsOf(otherSeqNumbers, 'the change of other sequence numbers');
}

/** The fields of a SEQUENCE by their tags, [0] to [6]. They ascend, so that none comes twice or in another's place. */
function fieldsByTag(nodes: readonly Node[]): ReadonlyMap<number, Node> {
  const fields = new Map<number, Node>();
  let lowest = 0;
  for (const node of nodes) {
    const tag: number = node.type;
    if (node.tagClass !== Class.CONTEXT_SPECIFIC || tag > 6) {
      throw malformed('the control has a field that CS02b does not have');
    }
    if (tag < lowest) throw malformed('the fields of the control are not in their order, each at most once');
    lowest = tag + 1;
    fields.set(tag, node);
  }
  return fields;
}

/** Under an implicit tag, which is primitive where the type is. */
function octetsOf(field: Node, what: string): string {
  if (typeof field.value !== 'string') throw malformed(`${what} is not of its type`);
  return field.value;
}

function partsOf(field: Node, what: string): Node[] {
  if (typeof field.value === 'string') throw malformed(`${what} is not of its type`);
  return field.value;
}

const readInteger = (node: Node | undefined, max: bigint, what: string): bigint =>
  integerOf(primitive(node, Type.INTEGER, what), max, what);

/** The contents of an INTEGER, from 0. Under an implicit tag, no other reader sees whether they are DER. */
function integerOf(octets: string, max: bigint, what: string): bigint {
  const digits = hex(octets);
  // X.690 section 8.3.2: the first nine bits are not all the same, unless there are eight. Negative ones go too.
  if (!/^(?:00$|00[89A-F]|0[1-9A-F]|[1-7])/.test(digits)) {
    throw malformed(`${what} is negative, or not an INTEGER in DER`);
  }
  const value = BigInt(`0x${digits}`);
  if (value > max) throw malformed(`${what} is out of range`);
  return value;
}

function readReplacements(node: Node | undefined): CredentialsReplacement[] {
  const replacements = children(node, Type.SEQUENCE, 'the list of replacements').map(readReplacement);
  if (replacements.length === 0) throw malformed('it replaces no certificate');
  if (replacements.length > maxReplacements)
    throw malformed('it replaces more certificates than a device has');
  const cells = new Set(replacements.map(({ role, certificateType }) => `${role.code} ${certificateType}`));
  if (cells.size < replacements.length) throw contradiction('two replacements are for one cell');
  return replacements;
}

function readReplacement(node: Node): CredentialsReplacement {
  const [certificate, cell, ...rest] = children(node, Type.SEQUENCE, 'a replacement');
  if (certificate === undefined || rest.length > 0) {
    throw malformed('a replacement is not a certificate and a cell');
  }
  return {
    ...readCell(children(cell, Type.SEQUENCE, 'the cell of a replacement')),
    base64: certificateOf(certificate, 'the certificate of a replacement'),
  };
}

function readCell([role, keyUsage, cellUsage, ...rest]: readonly Node[]): Cell {
  if (rest.length > 0) throw malformed('a cell has more than a role, a key usage and a cell usage');
  const code = readInteger(role, maxCounter, 'the role of a cell').toString(16).padStart(2, '0');
  const certificateRole = parseCertificateRole(code);
  if (certificateRole === undefined) throw malformed('the role of a cell is out of range');
  return { role: certificateRole, certificateType: slotOf(keyUsage, cellUsage) };
}

/** The slot is what the cell says: the certificate in it may say something else. */
function slotOf(keyUsage: Node | undefined, cellUsage: Node | undefined): CertificateType {
  const { unusedBits, bytes } = bitString(keyUsage, 'the key usage of a cell');
  const usage = `${String(unusedBits)} ${hex(bytes)}`;
  // The bits of RFC 5280 section 4.2.1.3, as a named bit list has them in DER: digitalSignature alone.
  if (usage === '7 80' && cellUsage === undefined) return 'DigitalSigning';
  // keyAgreement alone.
  if (usage !== '3 08')
    throw malformed('a cell is not for digital signing, key agreement or top-up key agreement');
  if (cellUsage === undefined) return 'KeyAgreement';
  // Which number is the prepayment top-up's is not public; zero could be read as none.
  if (readInteger(cellUsage, 255n, 'the cell usage') === 0n)
    throw malformed('the cell usage is out of range');
  return 'KeyAgreementTopUp';
}

function readPath(node: Node | undefined): string[] {
  const path = children(node, Type.SEQUENCE, 'the list of path certificates');
  if (path.length > maxPathCertificates) throw malformed('it has more path certificates than any path');
  return path.map((certificate) => certificateOf(certificate, 'a path certificate'));
}

/** Any SEQUENCE: the certificate has a reader of its own. */
function certificateOf(node: Node, what: string): string {
  children(node, Type.SEQUENCE, what);
  return encode(node).toString('base64');
}

/** YYYYMMDDhhmmssZ, to a day and a second that DUIS could have asked for. */
function readExecutionTime(node: Node): string {
  const text = primitive(node, Type.GENERALIZEDTIME, 'the execution time');
  const pattern = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
  if (!pattern.test(text))
    throw malformed('the execution time is not a GeneralizedTime in DER, to the second');
  const time = text.replace(pattern, '$1-$2-$3T$4:$5:$6Z');
  if (!dateTime.safeParse(time).success) throw malformed('the execution time is not a time of the calendar');
  return time;
}
