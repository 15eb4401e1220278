import { buildGbcsCommand, inCellsOf } from '../../src/mock-dsp/gbcs.js';
import { type Message, toJson, toXml } from '../../src/mock-dsp/message.js';
import { buildPki, testSmki } from '../../src/mock-dsp/pki.js';
import { type SignatureChange, signXml } from '../../src/mock-dsp/xml-signature.js';
import { signer } from '../duis/xml/judge.js';
import { euis } from '../fixtures.js';

/** A good message, or one that is refused whatever is done to it but one thing: what is tried is made of these. */
export interface Original {
  readonly name: string;
  readonly mediaType: 'xml' | 'json';
  readonly isSigned: boolean;
  readonly service: Message['serviceReferenceVariant'];
  /** Whose the certificates are: the name of an operator in the list, or the Supplier. */
  readonly party: keyof typeof parties;
  /** The message, with a RequestID of its own each time. */
  readonly message: () => Message;
  readonly write: (message: Message) => Buffer;
  /** What stands in the headers, beside the media type. */
  readonly headers: readonly (readonly [string, string])[];
  readonly isAccepted: boolean;
}

const pki = buildPki('fuzz', new Date(), testSmki);

const pairOf = (
  role: string,
  entityIdentifier: string,
): { digitalSigning: string; keyAgreement: string } => ({
  digitalSigning: pki.issue({ role, entityIdentifier }, 'digitalSignature').base64,
  keyAgreement: pki.issue({ role, entityIdentifier }, 'keyAgreement').base64,
});

export const parties = {
  'invented-10-12-19': pairOf('03', euis.operatorOf12),
  'invented-15-23': pairOf('03', euis.operatorOf15),
  supplier: pairOf('02', euis.supplier),
} as const;

const path = [pki.issuingCa.base64];

// Ahead of those of every earlier run: a RequestID stands for one request for good.
let counter = BigInt(Date.now()) * 1000n;

/** A RequestID that nothing has had yet. */
const nextCounter = (): bigint => (counter += 1n);

function messageOf(party: Original['party'], change: Partial<Message>): Message {
  return {
    serviceReferenceVariant: '6.15.1',
    originator: euis.supplier,
    target: euis.device,
    counter: nextCounter(),
    remotePartyRole: 'NetworkOperator',
    certificates: parties[party],
    path,
    ...change,
  };
}

/** The same in a Signed Pre-Command. */
export function preCommandOf(message: Message): Message {
  const { originator, target, counter: own, certificates } = message;
  const { digitalSigning = '', keyAgreement = '' } = certificates;
  const replacements = inCellsOf('03', { digitalSigning, keyAgreement });
  const payload = buildGbcsCommand({ originator, target, counter: own, replacements, path: message.path });
  return { ...message, gbcsPayload: payload.toString('base64') };
}

const esmeOf12 = { deviceType: 'ESME', importMpxn: '1200023305967' } as const;
const esmeHeaders = [
  ['DCC-Device-Type', esmeOf12.deviceType],
  ['DCC-Import-MPxN', esmeOf12.importMpxn],
] as const;

const inXml = (message: Message): Buffer => Buffer.from(toXml(message));
const signedWith =
  (change: SignatureChange = {}) =>
  (message: Message): Buffer =>
    Buffer.from(signXml(toXml(message), signer, change));
const inJson = (message: Message): Buffer => Buffer.from(toJson(message, esmeOf12));

interface Change {
  readonly party?: Original['party'];
  readonly message?: Partial<Message>;
  readonly inForm?: (message: Message) => Message;
  readonly isAccepted?: boolean;
}

function original(name: string, write: Original['write'], change: Change = {}): Original {
  const {
    party = 'invented-10-12-19',
    inForm = (message: Message): Message => message,
    isAccepted = true,
  } = change;
  const isJson = write === inJson;
  return {
    name,
    mediaType: isJson ? 'json' : 'xml',
    service: change.message?.serviceReferenceVariant ?? '6.15.1',
    isSigned: !isJson && write !== inXml,
    party,
    message: () => inForm(messageOf(party, change.message ?? {})),
    write,
    headers: isJson ? [] : esmeHeaders,
    isAccepted,
  };
}

const coS: Change = {
  party: 'supplier',
  message: { serviceReferenceVariant: '6.23', importMpxn: esmeOf12.importMpxn },
};
const handOver: Change = { message: { serviceReferenceVariant: '6.21' } };
const preCommand: Change = { inForm: preCommandOf };
const mismatched: Change = { party: 'invented-15-23', isAccepted: false };

/** Of each service, in each media type, signed and not, right and wrong. */
export const originals: readonly Original[] = [
  original('6.15.1 in XML', inXml),
  original('6.21 in XML', inXml, handOver),
  original('6.23 in XML', inXml, coS),
  original('Signed Pre-Command in XML', inXml, preCommand),
  original('mismatched in XML', inXml, mismatched),
  original('6.15.1 signed', signedWith()),
  original('6.15.1 signed, in lines', signedWith({ lineLength: 76 })),
  original('6.21 signed', signedWith(), handOver),
  original('6.23 signed', signedWith(), coS),
  original('Signed Pre-Command signed', signedWith(), preCommand),
  original('mismatched signed', signedWith(), mismatched),
  original('6.15.1 in JSON', inJson),
  original('6.23 in JSON', inJson, coS),
  original('Signed Pre-Command in JSON', inJson, preCommand),
  original('mismatched in JSON', inJson, mismatched),
];
