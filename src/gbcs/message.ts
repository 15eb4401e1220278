import { fromBase64 } from '../base64.js';
import { catchDefect, Defect, reject, type Result } from '../rejection.js';
import { type EntityIdentifier, entityIdentifierFromOctets } from '../smki/entity-identifier.js';

/** A GBCS command, out of its frame. */
export interface GbcsMessage {
  readonly originator: EntityIdentifier;
  readonly target: EntityIdentifier;
  readonly counter: bigint;
  /** Four hexadecimal digits, upper case. */
  readonly messageCode: string;
  /** What the frame carries; that a signature or a MAC is right is not checked. */
  readonly protection: 'unsigned' | 'signed' | 'mac';
  readonly payload: Buffer;
}

/** A CS02b command with a few certificates has about 2 kB. */
export const maxMessageBytes = 16_384;

const macBytes = 12;

export const malformed = (what: string): Defect => new Defect('gbcs-payload-malformed', what);

/**
 * Reads a GBCS command from its base64: a general-signing frame (DLMS, tag DF), which is as long as it says. It is not
 * signed yet, has a signature of length zero, or is signed; or it has passed the access control broker, and stands
 * in a general-ciphering frame (tag DD) with its MAC.
 *
 * Not checked here: the signature, the MAC, who may send the command, whether its counter is fresh, and what its payload
 * says. Responses and alerts are not read, nor is a command with a date-time, which no CS02b command has.
 */
export function readGbcsMessage(base64: string): Result<GbcsMessage> {
  if (base64 === '') return reject('gbcs-payload-malformed', 'it is empty');
  // Before anything is decoded: of canonical base64, this is the number of bytes.
  if (Buffer.byteLength(base64, 'base64') > maxMessageBytes) {
    return reject('gbcs-payload-malformed', `it is over ${String(maxMessageBytes)} bytes long`);
  }
  const octets = fromBase64(base64);
  if (octets === undefined) return reject('gbcs-payload-malformed', 'it is not canonical base64');
  return catchDefect(() =>
    octets[0] === 0xdd ? { ...readSigning(unwrap(octets)), protection: 'mac' } : readSigning(octets),
  );
}

/** Takes octets from the front of a frame. */
class Octets {
  constructor(private rest: Buffer) {}

  take(count: number, what: string): Buffer {
    if (this.rest.length < count) throw malformed(`it ends within ${what}`);
    const taken = this.rest.subarray(0, count);
    this.rest = this.rest.subarray(count);
    return taken;
  }

  /** Passes over an octet, if it is the next. No frame is empty, so that a zero is no length. */
  skip(octet: number): void {
    if (this.rest[0] === octet) this.rest = this.rest.subarray(1);
  }

  takeRest(): Buffer {
    return this.take(this.rest.length, 'the rest');
  }

  expect(hexadecimal: string, otherwise: string): void {
    const expected = Buffer.from(hexadecimal, 'hex');
    if (!this.rest.subarray(0, expected.length).equals(expected)) throw malformed(otherwise);
    this.rest = this.rest.subarray(expected.length);
  }

  /** BER, definite and minimal (X.690 sections 8.1.3 and 10.1). Two octets hold the length of the longest message. */
  takeLength(what: string): number {
    const first = this.take(1, `the length of ${what}`).readUInt8();
    if (first < 0x80) return first;
    const count = first - 0x80;
    if (count !== 1 && count !== 2) throw malformed(`the length of ${what} has a form that it never has`);
    const length = this.take(count, `the length of ${what}`).readUIntBE(0, count);
    if (length < (count === 1 ? 0x80 : 0x100)) throw malformed(`the length of ${what} is not minimal`);
    return length;
  }
}

// The tag; then five octet strings of length zero (transaction, originator, recipient, date-time, other information) and
// the absent key-info. What is known of published messages can be read as seven octets with the tag, as DLMS has it, or
// after it. Nothing here depends on them, so that either will do.
const cipheringHeader = 'DD000000000000';

/**
 * The frame inside general-ciphering. The length is that of the ciphered service, which is the security header (11:
 * authenticated, not encrypted; invocation counter 0), the frame and the MAC.
 */
function unwrap(octets: Buffer): Buffer {
  const wrapped = new Octets(octets);
  wrapped.expect(cipheringHeader, 'the header of its general-ciphering is not that of GBCS');
  wrapped.skip(0);
  const length = wrapped.takeLength('the ciphered service');
  const service = wrapped.takeRest();
  if (service.length !== length)
    throw malformed('the length of the ciphered service is not that of what follows');
  const content = new Octets(service);
  content.expect('1100000000', 'its security header is not that of GBCS');
  return content.takeRest().subarray(0, -macBytes);
}

function readSigning(octets: Buffer): GbcsMessage {
  const frame = new Octets(octets);
  frame.expect('DF', 'it is not a general-signing frame');
  frame.expect('0901', 'its transaction is not that of a command');
  const counter = frame.take(8, 'the originator counter').readBigUInt64BE();
  const originator = takeEntityIdentifier(frame, 'originator');
  const target = takeEntityIdentifier(frame, 'target');
  frame.expect('00', 'it has a date-time');
  frame.expect('02', 'its other information is not a message code');
  const messageCode = frame.take(2, 'the message code').toString('hex').toUpperCase();
  const payload = frame.take(frame.takeLength('the payload'), 'the payload');
  return { originator, target, counter, messageCode, protection: protectionOf(frame.takeRest()), payload };
}

function takeEntityIdentifier(frame: Octets, whose: string): EntityIdentifier {
  frame.expect('08', `its ${whose} is not an EUI-64`);
  return entityIdentifierFromOctets(frame.take(8, `the ${whose}`).toString('latin1'));
}

/** A pre-command ends before its signature; one whose signature has length zero (message 0104) is no more signed. */
function protectionOf(ending: Buffer): 'unsigned' | 'signed' {
  if (ending.length === 0 || (ending.length === 1 && ending[0] === 0)) return 'unsigned';
  // r and s, of P-256.
  if (ending.length === 65 && ending[0] === 64) return 'signed';
  throw malformed('what follows the payload is not a signature alone');
}
