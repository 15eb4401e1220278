import fc from 'fast-check';
import type { Message } from '../../src/mock-dsp/message.js';
import { type DerMutation, derMutation } from '../smki/mutate.js';
import { type AttackClass, sentAlone } from './attack.js';
import { type Original, parties, preCommandOf } from './originals.js';
import { oneOf } from './text-attacks.js';

/** What is done to certificates before they are put into a message, and the message then signed or not. */

type Slot = 'digitalSigning' | 'keyAgreement';
type CertificateChange = (base64: string, message: Message) => string;

const inDer =
  (change: DerMutation): CertificateChange =>
  (base64) =>
    change(Buffer.from(base64, 'base64')).toString('base64');

const withTag =
  (tag: string, inner: (der: Buffer) => Buffer = (der) => der): CertificateChange =>
  (base64) => {
    const octets = inner(Buffer.from(base64, 'base64'));
    const length = Buffer.alloc(2);
    length.writeUInt16BE(octets.length);
    return Buffer.concat([Buffer.from(tag, 'hex'), length, octets]).toString('base64');
  };

const changes: fc.Arbitrary<readonly [string, CertificateChange]> = fc.oneof(
  { weight: 8, arbitrary: derMutation.map((change) => ['its DER', inDer(change)] as const) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<readonly [string, CertificateChange]>(
      ['of the other slot', (_, { certificates }) => certificates.keyAgreement ?? ''],
      ['of the issuing authority', (_, { path }) => path[0] ?? ''],
      ['of another operator', () => parties['invented-15-23'].digitalSigning],
      ['of a Supplier', () => parties.supplier.digitalSigning],
      ['twice', (base64) => base64 + base64],
      ['nothing', () => ''],
      ['as PEM', (base64) => `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----`],
      ['in base64url', (base64) => base64.replaceAll('+', '-').replaceAll('/', '_')],
      ['without its padding', (base64) => base64.replace(/=+$/, '')],
      ['with junk in it', (base64) => `${base64.slice(0, 8)}*${base64.slice(8)}`],
      [
        'with bits behind its end',
        (base64) => base64.replace(/.(?==*$)/, (last) => (last === 'A' ? 'B' : '/')),
      ],
      ['in another structure', withTag('3082')],
      [
        'in a structure that never ends',
        (base64) =>
          Buffer.concat([Buffer.from('3080', 'hex'), Buffer.from(base64, 'base64')]).toString('base64'),
      ],
      ['in deep structures', () => Buffer.from('3080'.repeat(4_000), 'hex').toString('base64')],
      ['with a length past its end', () => Buffer.from('3084ffffffff', 'hex').toString('base64')],
      [
        'with a length of many octets',
        () => Buffer.from(`30fe${'ff'.repeat(126)}`, 'hex').toString('base64'),
      ],
      [
        'of 40 kB',
        (base64) => Buffer.concat([Buffer.from(base64, 'base64'), Buffer.alloc(20_000)]).toString('base64'),
      ],
    ),
  },
);

const isChangeable = ({ isAccepted }: Original): boolean => isAccepted;

export const certificates: AttackClass = {
  name: 'certificates',
  statuses: new Set([200, 400, 413, 422]),
  weight: 1,
  attempts: fc
    .tuple(oneOf(isChangeable), fc.constantFrom<Slot>('digitalSigning', 'keyAgreement'), changes)
    .map(([original, slot, [what, change]]) => {
      const message = original.message();
      const base64 = message.certificates[slot] ?? '';
      const changed = {
        ...message,
        certificates: { ...message.certificates, [slot]: change(base64, message) },
      };
      const body = original.write(rewritten(changed));
      const sent = {
        original,
        isSignedAsSent: true as const,
        good: original.write(message),
        body,
        mediaType: original.mediaType,
        headers: original.headers,
      };
      return sentAlone(`${original.name}, the ${slot} certificate ${what}`, sent);
    }),
};

/** A pre-command holds certificates as DER: what cannot be put into one is sent in a message that is none. */
function rewritten(message: Message): Message {
  if (message.gbcsPayload === undefined) return message;
  try {
    return preCommandOf(message);
  } catch {
    const plain: { gbcsPayload?: string } & Message = { ...message };
    delete plain.gbcsPayload;
    return plain;
  }
}
