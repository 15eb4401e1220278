import fc from 'fast-check';
import t, { type Test } from 'tap';
import { readGbcsMessage } from '../../src/gbcs/message.js';
import type { GbcsFields } from '../../src/mock-dsp/gbcs.js';
import { euis, gbcsCommand, issue } from '../fixtures.js';

const { privateKey } = issue().keys;
const mac = Buffer.alloc(12, 0xac);

const octetsOf = (base64: string): Buffer => Buffer.from(base64, 'base64');

const rejects = (t: Test, octets: Buffer | string, detail: string): void => {
  const base64 = typeof octets === 'string' ? octets : octets.toString('base64');
  const rejection = { kind: 'gbcs-payload-malformed', detail };
  t.strictSame(readGbcsMessage(base64), { ok: false, rejection }, detail);
};

/** Takes out `count` octets at an offset, and puts others there. */
const splice = (octets: Buffer, offset: number, count: number, hexadecimal: string): Buffer =>
  Buffer.concat([
    octets.subarray(0, offset),
    Buffer.from(hexadecimal, 'hex'),
    octets.subarray(offset + count),
  ]);

// Where the length of the payload stands, in a frame.
const lengthAt = 33;

/** A frame from its head, a length as it is written, and what follows. */
const framed = (length: string, rest: Buffer): Buffer =>
  Buffer.concat([octetsOf(gbcsCommand()).subarray(0, lengthAt), Buffer.from(length, 'hex'), rest]);

t.test('a pre-command', async (t) => {
  const base64 = gbcsCommand({ counter: 2n ** 64n - 2n });
  const payload = octetsOf(base64).subarray(lengthAt + 3);
  t.strictSame(readGbcsMessage(base64), {
    ok: true,
    value: {
      originator: euis.operatorOf12,
      target: euis.device,
      counter: 2n ** 64n - 2n,
      messageCode: '0103',
      protection: 'unsigned',
      payload,
    },
  });
  t.equal(payload[0], 0x30);
});

t.test('a code is four digits, upper case', async (t) => {
  const messageCode = Buffer.from('0200fe', 'hex');
  t.match(readGbcsMessage(gbcsCommand({ alter: () => ({ messageCode }) })), {
    value: { messageCode: '00FE' },
  });
});

t.test('what follows the payload', async (t) => {
  const bare = octetsOf(gbcsCommand());
  const { payload } = value(readGbcsMessage(gbcsCommand()));
  for (const [signature, length, protection] of [
    ['empty', 1, 'unsigned'],
    [privateKey, 65, 'signed'],
  ] as const) {
    const base64 = gbcsCommand({ signature });
    t.equal(octetsOf(base64).length, bare.length + length);
    t.match(readGbcsMessage(base64), { value: { protection, payload, counter: 1n } });
  }
  const detail = 'what follows the payload is not a signature alone';
  for (const ending of [
    '01',
    '0000',
    `40${'11'.repeat(63)}`,
    `40${'11'.repeat(65)}`,
    `41${'11'.repeat(64)}`,
    `8140${'11'.repeat(64)}`,
    `00${'11'.repeat(64)}`,
  ]) {
    rejects(t, Buffer.concat([bare, Buffer.from(ending, 'hex')]), detail);
  }
});

const value = <T>(read: { ok: true; value: T } | { ok: false }): T => {
  if (!read.ok) throw new Error('refused');
  return read.value;
};

t.test('after the access control broker', async (t) => {
  for (const signature of [undefined, 'empty', privateKey] as const) {
    const frame = value(readGbcsMessage(gbcsCommand()));
    const base64 = gbcsCommand({ mac, ...(signature !== undefined && { signature }) });
    t.strictSame(value(readGbcsMessage(base64)), { ...frame, protection: 'mac' });
  }
  const wrapped = octetsOf(gbcsCommand({ mac }));
  t.equal(wrapped.subarray(0, 8).toString('hex'), 'dd00000000000082');
  t.equal(wrapped.readUInt16BE(8), wrapped.length - 10, 'the length covers security header, frame and MAC');
  t.equal(wrapped.subarray(10, 17).toString('hex'), '1100000000df09');

  rejects(t, splice(wrapped, 3, 1, '01'), 'the header of its general-ciphering is not that of GBCS');
  rejects(t, wrapped.subarray(0, 6), 'the header of its general-ciphering is not that of GBCS');
  const sevenZeros = splice(wrapped, 7, 0, '00');
  t.strictSame(
    readGbcsMessage(sevenZeros.toString('base64')),
    readGbcsMessage(wrapped.toString('base64')),
    'seven zeros, where the tag is not one of the seven octets',
  );
  rejects(t, splice(wrapped, 7, 0, '0000'), 'the length of the ciphered service is not that of what follows');
  rejects(t, splice(wrapped, 7, 0, '01'), 'the length of the ciphered service is not that of what follows');
  rejects(t, splice(wrapped, 6, 1, ''), 'the header of its general-ciphering is not that of GBCS');
  rejects(t, sevenZeros.subarray(0, 8), 'it ends within the length of the ciphered service');
  rejects(t, sevenZeros.subarray(0, 10), 'it ends within the length of the ciphered service');
  rejects(t, sevenZeros.subarray(0, -1), 'the length of the ciphered service is not that of what follows');
  rejects(t, wrapped.subarray(0, 7), 'it ends within the length of the ciphered service');
  rejects(t, wrapped.subarray(0, 9), 'it ends within the length of the ciphered service');
  const length = 'the length of the ciphered service is not that of what follows';
  rejects(t, wrapped.subarray(0, -1), length);
  rejects(t, splice(wrapped, wrapped.length, 0, '00'), length);
  // Of the frame, of frame and MAC: what else the length could be thought to cover.
  for (const covered of [wrapped.length - 10 - 5 - 12, wrapped.length - 10 - 5]) {
    rejects(t, splice(wrapped, 8, 2, covered.toString(16).padStart(4, '0')), length);
  }
  rejects(t, splice(wrapped, 10, 1, '31'), 'its security header is not that of GBCS');
  rejects(t, splice(wrapped, 14, 1, '01'), 'its security header is not that of GBCS');
  const notSigning = 'it is not a general-signing frame';
  rejects(
    t,
    Buffer.from('dd00000000000004110000', 'hex'),
    'the length of the ciphered service is not that of what follows',
  );
  rejects(t, Buffer.from('dd0000000000000411000000', 'hex'), 'its security header is not that of GBCS');
  rejects(t, Buffer.from('dd00000000000006110000000000', 'hex'), notSigning);
  rejects(t, Buffer.from(`dd000000000000111100000000${'df'.repeat(12)}`, 'hex'), notSigning);
  rejects(t, octetsOf(gbcsCommand({ mac: Buffer.alloc(11) })), 'it ends within the payload');
  rejects(
    t,
    octetsOf(gbcsCommand({ mac: Buffer.alloc(13, 1) })),
    'what follows the payload is not a signature alone',
  );
  const twice = Buffer.concat([Buffer.from('1100000000', 'hex'), wrapped, mac]);
  const head = Buffer.from(`dd00000000000082${twice.length.toString(16).padStart(4, '0')}`, 'hex');
  rejects(t, Buffer.concat([head, twice]), notSigning);
});

t.test('base64', async (t) => {
  const base64 = gbcsCommand();
  rejects(t, '', 'it is empty');
  for (const text of [
    `${base64} `,
    `${base64}=`,
    base64.slice(0, -1),
    base64.replace(/^3/, '-3'),
    'AB==',
    'M',
    '!',
  ])
    rejects(t, text, 'it is not canonical base64');
  t.equal(base64.length % 4, 0);
});

t.test('size', async (t) => {
  const detail = 'it is over 16384 bytes long';
  rejects(t, Buffer.alloc(16_385), detail);
  rejects(t, Buffer.alloc(16_384), 'it is not a general-signing frame');
  rejects(t, '!'.repeat(1_000_000), detail);
});

t.test('the head of the frame', async (t) => {
  const altered = (change: Partial<GbcsFields>): string => gbcsCommand({ alter: () => change });
  const bytes = (hexadecimal: string): Buffer => Buffer.from(hexadecimal, 'hex');
  rejects(t, splice(octetsOf(gbcsCommand()), 0, 1, 'db'), 'it is not a general-signing frame');
  // A response, an alert, and a transaction of another length.
  for (const start of ['0902', '0903', '0801', '0a01']) {
    const transactionId = bytes(`${start}0000000000000001`);
    rejects(t, altered({ transactionId }), 'its transaction is not that of a command');
  }
  const eui = '0200000000010010';
  for (const octets of [`07${eui}`, `09${eui}`, '00']) {
    rejects(t, altered({ originator: bytes(octets) }), 'its originator is not an EUI-64');
    rejects(t, altered({ target: bytes(octets) }), 'its target is not an EUI-64');
  }
  rejects(t, altered({ dateTime: bytes('0c07ea060fff0c000000000000') }), 'it has a date-time');
  for (const messageCode of ['0103', '00', '030103', '0a01030800000000000000ff']) {
    rejects(t, altered({ messageCode: bytes(messageCode) }), 'its other information is not a message code');
  }
});

t.test('every way to end too early', async (t) => {
  const signed = octetsOf(gbcsCommand({ signature: privateKey }));
  const details = new Set<string>();
  for (let length = 1; length < signed.length; length += 1) {
    const read = readGbcsMessage(signed.subarray(0, length).toString('base64'));
    if (read.ok) t.equal(length, signed.length - 65, 'a pre-command is what comes before the signature');
    else details.add(read.rejection.detail);
  }
  t.strictSame(
    [...details],
    [
      'its transaction is not that of a command',
      'it ends within the originator counter',
      'its originator is not an EUI-64',
      'it ends within the originator',
      'its target is not an EUI-64',
      'it ends within the target',
      'it has a date-time',
      'its other information is not a message code',
      'it ends within the message code',
      'it ends within the length of the payload',
      'it ends within the payload',
      'what follows the payload is not a signature alone',
    ],
  );
});

t.test('the length of the payload has one spelling', async (t) => {
  for (const [length, octets] of [
    ['00', 0],
    ['7f', 127],
    ['8180', 128],
    ['81ff', 255],
    ['820100', 256],
    ['821000', 4096],
  ] as const) {
    const payload = Buffer.alloc(octets, 1);
    t.match(readGbcsMessage(framed(length, payload).toString('base64')), { value: { payload } });
    rejects(
      t,
      framed(length, Buffer.alloc(octets + 1, 1)),
      'what follows the payload is not a signature alone',
    );
  }
  for (const length of ['8100', '817f', '820000', '8200ff']) {
    rejects(t, framed(length, Buffer.alloc(255)), 'the length of the payload is not minimal');
  }
  for (const length of ['80', '83000100', '8400000100', 'ff']) {
    rejects(t, framed(length, Buffer.alloc(256)), 'the length of the payload has a form that it never has');
  }
  rejects(t, framed('ff', Buffer.alloc(0)), 'the length of the payload has a form that it never has');
  rejects(t, framed('82ffff', Buffer.alloc(256)), 'it ends within the payload');
});

t.test('no bytes at all crash it', async (t) => {
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(
        fc.constantFrom('', 'df0901', 'dd000000000000'),
        fc.uint8Array({ maxLength: 80 }),
        (head, rest) => {
          const octets = Buffer.concat([Buffer.from(head, 'hex'), rest]);
          const read = readGbcsMessage(octets.toString('base64'));
          return read.ok || read.rejection.kind === 'gbcs-payload-malformed';
        },
      ),
    );
  });
});
