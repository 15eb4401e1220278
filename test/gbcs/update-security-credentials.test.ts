import fc from 'fast-check';
import t, { type Test } from 'tap';
import {
  readUpdateSecurityCredentials,
  type UpdateSecurityCredentialsCommand,
} from '../../src/gbcs/update-security-credentials.js';
import * as der from '../../src/mock-dsp/der.js';
import {
  buildGbcsCommand,
  cellParts,
  type GbcsCommandSpec,
  type GbcsFields,
  type ReplacementSpec,
} from '../../src/mock-dsp/gbcs.js';
import type { RejectionKind } from '../../src/rejection.js';
import { certificateRoleNames } from '../../src/smki/remote-party-role.js';
import { euis, gbcsCommand, issue, pki } from '../fixtures.js';

const certificate = issue().base64;
const forKeyAgreement = issue({ keyUsage: 'keyAgreement' }).base64;
const { privateKey } = issue().keys;

const digitalSigning: ReplacementSpec = { role: '03', keyUsage: 'digitalSignature', certificate };

const rejects = (t: Test, base64: string, kind: RejectionKind, detail: string): void => {
  t.strictSame(readUpdateSecurityCredentials(base64), { ok: false, rejection: { kind, detail } }, detail);
};

const malformed = (t: Test, alter: (fields: GbcsFields) => Partial<GbcsFields>, detail: string): void => {
  rejects(t, gbcsCommand({ alter }), 'gbcs-payload-malformed', detail);
};

function read(base64: string): UpdateSecurityCredentialsCommand {
  const result = readUpdateSecurityCredentials(base64);
  if (!result.ok) throw new Error(result.rejection.detail);
  return result.value;
}

const bytes = (hexadecimal: string): Buffer => Buffer.from(hexadecimal, 'hex');

/** An INTEGER of any contents, DER or not. */
const integerOf = (contents: string): der.Node => {
  const node = der.integer(Buffer.from([1]));
  node.value = bytes(contents).toString('latin1');
  return node;
};

const counterField = der.implicit(3, bytes('01'));

/** The control, of a mode and these fields. */
const controlOf = (...fields: der.Node[]): Partial<GbcsFields> => ({ control: [integerOf('03'), ...fields] });

t.test('a command with every field', async (t) => {
  const base64 = gbcsCommand({
    mode: 7,
    counter: 2n ** 64n - 1n,
    replacements: [
      { role: '02', keyUsage: 'digitalSignature', certificate },
      { role: '02', keyUsage: 'keyAgreement', certificate: forKeyAgreement },
      { role: '02', keyUsage: 'keyAgreement', cellUsage: 1, certificate: forKeyAgreement },
    ],
    path: [pki.issuingCa.base64, pki.root.base64],
    executionDateTime: new Date('2028-02-29T23:59:58Z'),
    floorSeqNumber: 2n ** 63n - 1n,
    prepaymentTopUpFloorSeqNumber: 0n,
    appliesTimeBasedCpvChecks: false,
    key: Buffer.alloc(16),
    authorisingCell: { role: '05', keyUsage: 'digitalSignature' },
    signature: privateKey,
    alter: ({ control }) => ({ control: [...control, der.explicit(6, der.sequence())] }),
  });
  const { message, ...command } = read(base64);
  const { payload, ...frame } = message;
  t.equal(payload[0], 0x30);
  t.strictSame(frame, {
    originator: euis.operatorOf12,
    target: euis.device,
    counter: 2n ** 64n - 1n,
    messageCode: '0107',
    protection: 'signed',
  });
  const role = { code: '02', name: 'supplier' };
  t.strictSame(command, {
    replacementMode: 7,
    appliesTimeBasedCpvChecks: false,
    floorSeqNumber: 2n ** 63n - 1n,
    prepaymentTopUpFloorSeqNumber: 0n,
    executionDateTime: '2028-02-29T23:59:58Z',
    replacements: [
      { role, certificateType: 'DigitalSigning', base64: certificate },
      { role, certificateType: 'KeyAgreement', base64: forKeyAgreement },
      { role, certificateType: 'KeyAgreementTopUp', base64: forKeyAgreement },
    ],
    certificationPathCertificates: [pki.issuingCa.base64, pki.root.base64],
  });
});

t.test('a command with no more than it must have', async (t) => {
  const { message, ...command } = read(gbcsCommand({ replacements: [digitalSigning], path: [] }));
  t.equal(message.protection, 'unsigned');
  t.strictSame(command, {
    replacementMode: 3,
    appliesTimeBasedCpvChecks: true,
    floorSeqNumber: undefined,
    prepaymentTopUpFloorSeqNumber: undefined,
    executionDateTime: undefined,
    replacements: [
      {
        role: { code: '03', name: 'networkOperator' },
        certificateType: 'DigitalSigning',
        base64: certificate,
      },
    ],
    certificationPathCertificates: [],
  });
});

t.test('a fault of the frame', async (t) => {
  rejects(t, '', 'gbcs-payload-malformed', 'it is empty');
});

t.test('DER', async (t) => {
  const framed = (payload: Buffer): string => {
    const head = Buffer.from(gbcsCommand(), 'base64').subarray(0, 33);
    return Buffer.concat([head, bytes('82'), uint16(payload.length), payload]).toString('base64');
  };
  const notDer = (payload: Buffer, detail: string): void => {
    rejects(t, framed(payload), 'gbcs-payload-malformed', detail);
  };
  const { payload } = read(gbcsCommand()).message;
  t.ok(readUpdateSecurityCredentials(framed(payload)).ok);
  const incomplete = 'it is not complete, definite-length ASN.1 with nothing after it';
  notDer(Buffer.concat([payload, bytes('00')]), incomplete);
  notDer(payload.subarray(0, -1), incomplete);
  notDer(Buffer.concat([bytes('3083'), bytes('00'), payload.subarray(2)]), 'its encoding is not canonical');
  notDer(Buffer.concat([bytes('3080'), payload.subarray(4), bytes('0000')]), 'its encoding is not canonical');
  notDer(Buffer.alloc(300), incomplete);
  notDer(Buffer.from(`0482012c${'00'.repeat(300)}`, 'hex'), 'the command is missing or not of its type');
});

const uint16 = (value: number): Buffer => bytes(value.toString(16).padStart(4, '0'));

t.test('as large as a message may be', async (t) => {
  // With a path of eight, each far larger than any certificate: what is in them is not this reader's.
  const path = Array.from({ length: 8 }, () =>
    der.encode(der.sequence(der.octetString(Buffer.alloc(1900)))).toString('base64'),
  );
  t.strictSame(read(gbcsCommand({ path })).certificationPathCertificates, path);
  // Nothing but elements.
  const rest = (length: number): der.Node =>
    der.raw(Buffer.concat([bytes('3082'), uint16(length), Buffer.alloc(length, bytes('3000'))]));
  malformed(t, () => ({ path: [rest(12_000)], replacements: [] }), 'it replaces no certificate');
});

t.test('the parts of the command', async (t) => {
  const part = (what: string): string => `${what} is missing or not of its type`;
  const withParts = (...parts: der.Node[]): string => {
    const payload = der.encode(der.sequence(...parts));
    const head = Buffer.from(gbcsCommand(), 'base64').subarray(0, 33);
    return Buffer.concat([head, Buffer.from([payload.length]), payload]).toString('base64');
  };
  const control = der.sequence(integerOf('03'), counterField);
  const replacements = der.sequence(der.sequence(der.sequence(), der.sequence(...cellParts(digitalSigning))));
  t.ok(readUpdateSecurityCredentials(withParts(control, replacements, der.sequence())).ok);
  for (const [parts, what] of [
    [[], 'the control'],
    [[der.set()], 'the control'],
    [[control], 'the list of replacements'],
    [[control, der.set()], 'the list of replacements'],
    [[control, replacements], 'the list of path certificates'],
    [[control, replacements, der.set()], 'the list of path certificates'],
    [[control, replacements, der.sequence(), der.bool(true)], 'the execution time'],
  ] as const) {
    rejects(t, withParts(...parts), 'gbcs-payload-malformed', part(what));
  }
  const time = der.generalizedTime(new Date(0));
  malformed(t, () => ({ executionTime: [time, time] }), 'the command has more than four parts');
});

t.test('the replacement mode', async (t) => {
  for (const mode of [2, 3, 4, 5, 6, 7, 8]) {
    t.match(read(gbcsCommand({ mode })), {
      replacementMode: mode,
      message: { messageCode: `010${String(mode)}` },
    });
  }
  for (const mode of [0, 1, 9, 255]) {
    rejects(t, gbcsCommand({ mode }), 'gbcs-payload-malformed', 'the replacement mode is out of range');
  }
  const missing = 'the replacement mode is missing or not of its type';
  malformed(t, () => ({ control: [] }), missing);
  malformed(t, () => ({ control: [der.implicit(2, bytes('03')), counterField] }), missing);
});

t.test('the fields of the control', async (t) => {
  const order = 'the fields of the control are not in their order, each at most once';
  const field = (tag: number): der.Node =>
    tag === 2
      ? der.explicit(2, ...cellParts(digitalSigning))
      : tag === 6
        ? der.explicit(6)
        : der.implicit(tag, bytes('01'));
  const all = [0, 1, 2, 3, 4, 5, 6];
  t.ok(readUpdateSecurityCredentials(gbcsCommand({ alter: () => controlOf(...all.map(field)) })).ok);
  for (const tag of all) {
    const twice = all.flatMap((each) => (each === tag ? [each, each] : [each]));
    malformed(t, () => controlOf(...twice.map(field)), order);
    malformed(t, () => controlOf(...all.map(field), field(tag)), order);
    const late = [...all.filter((each) => each !== tag), tag];
    if (tag !== 6) malformed(t, () => controlOf(...late.map(field)), order);
  }
  const unknown = 'the control has a field that CS02b does not have';
  malformed(t, () => controlOf(counterField, der.implicit(7, bytes('01'))), unknown);
  malformed(t, () => controlOf(counterField, der.implicit(30, bytes('0001'))), unknown);
  malformed(t, () => controlOf(integerOf('01'), counterField), unknown);
  // The number of the tag, in another class.
  malformed(t, () => controlOf({ ...counterField, tagClass: 0 }), unknown);
  malformed(t, () => controlOf({ ...counterField, tagClass: 0x40 }), unknown);
  malformed(t, () => controlOf(), 'the control has no originator counter');
  malformed(t, () => controlOf(field(4)), 'the control has no originator counter');
  // Explicit where the tag is implicit, and the other way round.
  const inner = integerOf('01');
  const cell = der.encode(der.sequence(...cellParts(digitalSigning))).subarray(2);
  for (const [fields, what] of [
    [[der.explicit(1, inner), field(3)], 'the choice of time-based checks'],
    [[der.implicit(2, cell), field(3)], 'the authorising cell'],
    [[der.explicit(3, inner)], 'the originator counter'],
    [[field(3), der.explicit(4, inner)], 'the floor sequence number'],
    [[field(3), der.implicit(6, bytes('3000'))], 'the change of other sequence numbers'],
  ] as const) {
    malformed(t, () => controlOf(...fields), `${what} is not of its type`);
  }
});

t.test('a key is not looked into', async (t) => {
  const expected = read(gbcsCommand());
  for (const key of [
    der.implicit(0, bytes('')),
    der.implicit(0, Buffer.alloc(65, 4)),
    der.explicit(0),
    der.explicit(0, integerOf('01')),
    der.explicit(0, der.sequence(der.sequence(), der.bitString(Buffer.alloc(65, 4)))),
  ]) {
    const { message, ...command } = read(gbcsCommand({ alter: () => controlOf(key, counterField) }));
    t.strictSame({ ...command, message: { ...message, payload: expected.message.payload } }, expected);
  }
});

t.test('a top-up floor in a list', async (t) => {
  const what = 'the top-up floor sequence number';
  const listOf = (...items: der.Node[]): Partial<GbcsFields> =>
    controlOf(counterField, der.explicit(5, ...items));
  const item = (...contents: string[]): der.Node => der.sequence(...contents.map(integerOf));
  for (const [items, prepaymentTopUpFloorSeqNumber] of [
    [[item('01', '05')], 5n],
    [[item('00', '00')], 0n],
    [[item('00ff', '7fffffffffffffff')], 2n ** 63n - 1n],
    [[item('01', '05'), item('02', '06')], 5n],
    [[item('01', '05'), der.sequence()], 5n],
  ] as const) {
    t.match(read(gbcsCommand({ alter: () => listOf(...items) })), { prepaymentTopUpFloorSeqNumber });
  }
  const notSequence = `${what} is missing or not of its type`;
  for (const [items, detail] of [
    [[], notSequence],
    [[integerOf('01')], notSequence],
    [[integerOf('01'), integerOf('05')], notSequence],
    [[der.set()], notSequence],
    [[item()], notSequence],
    [[item('01')], notSequence],
    [[der.sequence(der.octetString(bytes('01')), integerOf('05'))], notSequence],
    [[der.sequence(integerOf('01'), der.octetString(bytes('05')))], notSequence],
    [[item('01', '05', '06')], `${what} has more than a usage and a number`],
    [[item('0100', '05')], `${what} is out of range`],
    [[item('81', '05')], `${what} is negative, or not an INTEGER in DER`],
    [[item('01', '008000000000000000')], `${what} is out of range`],
    [[item('01', '85')], `${what} is negative, or not an INTEGER in DER`],
  ] as const) {
    malformed(t, () => listOf(...items), detail);
  }
});

t.test('an INTEGER has one spelling', async (t) => {
  const numbers = [
    ['the choice of time-based checks', (contents: Buffer) => [der.implicit(1, contents), counterField]],
    ['the originator counter', (contents: Buffer) => [der.implicit(3, contents)]],
    ['the floor sequence number', (contents: Buffer) => [counterField, der.implicit(4, contents)]],
    ['the top-up floor sequence number', (contents: Buffer) => [counterField, der.implicit(5, contents)]],
  ] as const;
  for (const [what, fields] of numbers) {
    for (const contents of [
      '',
      '80',
      'ff',
      '8000',
      '0000',
      '0001',
      '007f',
      '000080',
      'ff80',
      '0000ffffffffffffffff',
    ])
      malformed(
        t,
        () => controlOf(...fields(bytes(contents))),
        `${what} is negative, or not an INTEGER in DER`,
      );
  }
  for (const contents of ['', '83']) {
    malformed(
      t,
      () => ({ control: [integerOf(contents), counterField] }),
      'the replacement mode is negative, or not an INTEGER in DER',
    );
  }
  // forge writes one octet of padding fewer.
  malformed(t, () => ({ control: [integerOf('000003'), counterField] }), 'its encoding is not canonical');
});

t.test('the bounds of numbers', async (t) => {
  const fields = (tag: number, contents: string): der.Node[] =>
    [der.implicit(tag, bytes(contents)), ...(tag === 3 ? [] : [counterField])].sort(
      (a, b) => a.type - b.type,
    );
  for (const [tag, contents, what] of [
    [1, '02', 'the choice of time-based checks'],
    [3, '010000000000000000', 'the originator counter'],
    [4, '008000000000000000', 'the floor sequence number'],
    [5, '008000000000000000', 'the top-up floor sequence number'],
    [4, '7f'.repeat(2000), 'the floor sequence number'],
  ] as const) {
    malformed(t, () => controlOf(...fields(tag, contents)), `${what} is out of range`);
  }
  for (const counter of [0n, 127n, 128n, 2n ** 63n, 2n ** 64n - 1n]) {
    t.equal(read(gbcsCommand({ counter })).message.counter, counter);
  }
  for (const number of [0n, 127n, 128n, 2n ** 62n, 2n ** 63n - 1n]) {
    t.match(read(gbcsCommand({ floorSeqNumber: number })), {
      floorSeqNumber: number,
      prepaymentTopUpFloorSeqNumber: undefined,
    });
    t.match(read(gbcsCommand({ prepaymentTopUpFloorSeqNumber: number })), {
      floorSeqNumber: undefined,
      prepaymentTopUpFloorSeqNumber: number,
    });
  }
  for (const checks of [true, false]) {
    t.match(read(gbcsCommand({ appliesTimeBasedCpvChecks: checks })), { appliesTimeBasedCpvChecks: checks });
  }
});

t.test('replacements', async (t) => {
  const cell = der.sequence(...cellParts(digitalSigning));
  const one =
    (...parts: der.Node[]): (() => Partial<GbcsFields>) =>
    () => ({
      replacements: [der.sequence(...parts)],
    });
  malformed(t, () => ({ replacements: [] }), 'it replaces no certificate');
  malformed(t, () => ({ replacements: [der.set()] }), 'a replacement is missing or not of its type');
  malformed(t, one(), 'a replacement is not a certificate and a cell');
  malformed(t, one(der.sequence()), 'the cell of a replacement is missing or not of its type');
  malformed(t, one(der.sequence(), der.set()), 'the cell of a replacement is missing or not of its type');
  malformed(t, one(der.sequence(), cell, cell), 'a replacement is not a certificate and a cell');
  const notSequence = 'the certificate of a replacement is missing or not of its type';
  malformed(t, one(der.set(), cell), notSequence);
  malformed(t, one(der.octetString(issue().der), cell), notSequence);
  const many = (count: number): GbcsFields['replacements'] =>
    Array.from({ length: count }, (_, role) =>
      der.sequence(
        der.sequence(),
        der.sequence(...cellParts({ role: role.toString(16).padStart(2, '0'), keyUsage: 'keyAgreement' })),
      ),
    );
  t.equal(read(gbcsCommand({ alter: () => ({ replacements: many(16) }) })).replacements.length, 16);
  malformed(t, () => ({ replacements: many(17) }), 'it replaces more certificates than a device has');
});

t.test('every role a certificate can have', async (t) => {
  for (const [code, name] of Object.entries({ ...certificateRoleNames, A0: 'unknown', FF: 'unknown' })) {
    t.strictSame(read(gbcsCommand({ replacements: [{ ...digitalSigning, role: code }] })).replacements, [
      { role: { code, name }, certificateType: 'DigitalSigning', base64: certificate },
    ]);
  }
});

t.test('cells', async (t) => {
  const signing = der.bitString(bytes('80'), 7);
  const agreement = der.bitString(bytes('08'), 3);
  const role = integerOf('03');
  const bits = (contents: string): der.Node => {
    const node = der.bitString(Buffer.alloc(1));
    node.value = bytes(contents).toString('latin1');
    return node;
  };
  const slot = 'a cell is not for digital signing, key agreement or top-up key agreement';
  for (const [parts, detail] of [
    [[], 'the role of a cell is missing or not of its type'],
    [[signing], 'the role of a cell is missing or not of its type'],
    [[integerOf('83'), signing], 'the role of a cell is negative, or not an INTEGER in DER'],
    [[integerOf('0100'), signing], 'the role of a cell is out of range'],
    [[integerOf('010000000000000000'), signing], 'the role of a cell is out of range'],
    [[role], 'the key usage of a cell is missing or not of its type'],
    [[role, role], 'the key usage of a cell is missing or not of its type'],
    [[role, bits('')], 'the key usage of a cell is not a BIT STRING in DER'],
    [[role, bits('0781')], 'the key usage of a cell is not a BIT STRING in DER'],
    [[role, bits('0080')], slot],
    [[role, bits('0680')], slot],
    [[role, bits('0388')], slot],
    [[role, bits('0106')], slot],
    [[role, bits('0780'), integerOf('01')], slot],
    [[role, bits('00')], slot],
    [[role, agreement, agreement], 'the cell usage is missing or not of its type'],
    [[role, agreement, integerOf('81')], 'the cell usage is negative, or not an INTEGER in DER'],
    [[role, agreement, integerOf('00')], 'the cell usage is out of range'],
    [[role, agreement, integerOf('0100')], 'the cell usage is out of range'],
    [[role, signing, role, role], 'a cell has more than a role, a key usage and a cell usage'],
    [[role, agreement, role, role], 'a cell has more than a role, a key usage and a cell usage'],
  ] as const) {
    malformed(t, () => ({ replacements: [der.sequence(der.sequence(), der.sequence(...parts))] }), detail);
    malformed(t, () => controlOf(der.explicit(2, ...parts), counterField), detail);
  }
});

t.test('the path', async (t) => {
  for (const length of [0, 1, 3, 8]) {
    const path = Array.from({ length }, () => pki.issuingCa.base64);
    t.strictSame(read(gbcsCommand({ path })).certificationPathCertificates, path);
  }
  const nine = Array.from({ length: 9 }, () => der.sequence());
  malformed(t, () => ({ path: nine }), 'it has more path certificates than any path');
  malformed(t, () => ({ path: [der.set()] }), 'a path certificate is missing or not of its type');
});

t.test('the execution time', async (t) => {
  const at = (text: string): (() => Partial<GbcsFields>) => {
    const node = der.generalizedTime(new Date(0));
    node.value = text;
    return () => ({ executionTime: [node] });
  };
  for (const [text, time] of [
    ['00010101000000Z', '0001-01-01T00:00:00Z'],
    ['20240229235959Z', '2024-02-29T23:59:59Z'],
    ['20491231235959Z', '2049-12-31T23:59:59Z'],
    ['99991231235959Z', '9999-12-31T23:59:59Z'],
  ] as const) {
    t.equal(read(gbcsCommand({ alter: at(text) })).executionDateTime, time);
  }
  for (const text of [
    '',
    '260615120000Z',
    '202606151200Z',
    '20260615120000',
    '20260615120000z',
    '20260615120000.0Z',
    '20260615120000+0000',
    ' 20260615120000Z',
    '20260615120000Z\n',
    '2026-6-15120000Z',
  ]) {
    malformed(t, at(text), 'the execution time is not a GeneralizedTime in DER, to the second');
  }
  for (const text of [
    '00000101000000Z',
    '20260001000000Z',
    '20261301000000Z',
    '20260229000000Z',
    '20260431000000Z',
    '20260600000000Z',
    '20260615240000Z',
    '20260615006000Z',
    '20260615000060Z',
  ]) {
    malformed(t, at(text), 'the execution time is not a time of the calendar');
  }
  malformed(
    t,
    () => ({ executionTime: [der.time(new Date(0))] }),
    'the execution time is missing or not of its type',
  );
});

t.test('what contradicts itself', async (t) => {
  const contradicts = (change: Partial<GbcsCommandSpec>, detail: string): void => {
    rejects(t, gbcsCommand(change), 'gbcs-payload-contradicts-itself', detail);
  };
  contradicts(
    { counter: 2n, alter: () => controlOf(counterField) },
    'the originator counter inside is not that of the frame',
  );
  // The counter of the frame, as it would be if it were signed.
  contradicts(
    { counter: 2n ** 64n - 1n, alter: () => controlOf(der.implicit(3, bytes('7fffffffffffffff'))) },
    'the originator counter inside is not that of the frame',
  );
  for (const code of ['0102', '0104', '0003', '0203', '0130']) {
    contradicts(
      { alter: () => ({ messageCode: bytes(`02${code}`) }) },
      'the message code is not that of the replacement mode',
    );
  }
  const cell = 'two replacements are for one cell';
  contradicts({ replacements: [digitalSigning, digitalSigning] }, cell);
  contradicts(
    {
      replacements: [
        { role: '03', keyUsage: 'digitalSignature', certificate },
        { role: '03', keyUsage: 'keyAgreement', certificate },
        { role: '03', keyUsage: 'digitalSignature', certificate: forKeyAgreement },
      ],
    },
    cell,
  );
  const topUp = { role: '02', keyUsage: 'keyAgreement', certificate } as const;
  contradicts(
    {
      replacements: [
        { ...topUp, cellUsage: 1 },
        { ...topUp, cellUsage: 2 },
      ],
    },
    cell,
  );
  // One slot of two roles is two cells.
  t.ok(
    readUpdateSecurityCredentials(
      gbcsCommand({ mode: 8, replacements: [digitalSigning, { ...digitalSigning, role: '02' }] }),
    ).ok,
  );
});

t.test('every accepted byte is accounted for', async (t) => {
  const bases = [
    gbcsCommand(),
    gbcsCommand({ signature: 'empty', replacements: [digitalSigning], path: [] }),
    gbcsCommand({ signature: privateKey, executionDateTime: new Date('2026-07-01T00:00:00Z') }),
    gbcsCommand({
      mode: 2,
      counter: 2n ** 63n + 1n,
      replacements: [
        { role: '02', keyUsage: 'digitalSignature', certificate },
        { role: '02', keyUsage: 'keyAgreement', cellUsage: 1, certificate: forKeyAgreement },
      ],
      floorSeqNumber: 128n,
      prepaymentTopUpFloorSeqNumber: 5n,
      appliesTimeBasedCpvChecks: true,
      key: Buffer.alloc(16, 7),
      authorisingCell: { role: '02', keyUsage: 'keyAgreement', cellUsage: 1 },
      executionDateTime: new Date('2026-07-01T00:00:00Z'),
      signature: privateKey,
      mac: Buffer.alloc(12, 0xac),
      alter: ({ control }) => ({ control: [...control, der.explicit(6, der.sequence())] }),
    }),
    gbcsCommand({
      mode: 2,
      replacements: [{ role: '02', keyUsage: 'digitalSignature', certificate }],
      path: [],
      alter: () => ({
        control: [
          integerOf('02'),
          der.explicit(0, der.sequence(der.bitString(Buffer.alloc(9, 4)))),
          counterField,
          der.explicit(5, der.sequence(integerOf('01'), integerOf('05')), der.sequence(integerOf('02'))),
        ],
      }),
    }),
    withSeventhZero(gbcsCommand({ replacements: [digitalSigning], mac: Buffer.alloc(12, 0xac) })),
  ].map((base64) => Buffer.from(base64, 'base64'));
  let accepted = 0;
  const holds = (octets: Buffer): boolean => {
    const result = readUpdateSecurityCredentials(octets.toString('base64'));
    if (!result.ok) return result.rejection.kind.startsWith('gbcs-payload-');
    accepted += 1;
    return encodeAgain(result.value, octets).equals(octets);
  };
  t.ok(bases.every(holds));
  const base = fc.constantFrom(...bases);
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(base, fc.nat(), fc.integer({ min: 1, max: 255 }), (octets, at, flip) => {
        const changed = Buffer.from(octets);
        const offset = at % octets.length;
        changed[offset] = changed[offset]! ^ flip;
        return holds(changed);
      }),
      { numRuns: 1500 },
    );
  }, 'of any octet changed');
  t.ok(accepted > bases.length, 'some changes are of values');
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(base, fc.nat(), fc.uint8Array({ maxLength: 3 }), (octets, at, more) =>
        holds(Buffer.concat([octets.subarray(0, at % (octets.length + 1)), more])),
      ),
      { numRuns: 300 },
    );
  }, 'of any end');
  t.doesNotThrow(() => {
    fc.assert(
      fc.property(
        base,
        fc.array(fc.tuple(fc.nat(), mutation), { minLength: 1, maxLength: 2 }),
        (octets, changes) => holds(mutate(octets, changes)),
      ),
      { numRuns: 2000 },
    );
  }, 'of any element changed, with the lengths around it');
});

/** What is known of published messages leaves open how many zeros stand in front of the length. */
const withSeventhZero = (base64: string): string =>
  Buffer.concat([bytes('dd00'), Buffer.from(base64, 'base64').subarray(1)]).toString('base64');

/**
 * Writes a message again from its value. What the reader says it does not look into comes from the original: the key,
 * the authorising cell, other sequence numbers, which number the cell usage has, whether a zero is written, what a list
 * of top-up floors has beside the first number, the seventh zero, the signature and the MAC.
 */
function encodeAgain(command: UpdateSecurityCredentialsCommand, original: Buffer): Buffer {
  const { message, executionDateTime, floorSeqNumber, prepaymentTopUpFloorSeqNumber: topUp } = command;
  const [control, replacements] = der.raw(message.payload).value as [der.Node, der.Node];
  const tagged = (tags: readonly number[]): der.Node[] =>
    (control.value as der.Node[]).filter(({ tagClass, type }) => tagClass === 0x80 && tags.includes(type));
  const lists = tagged([5]).flatMap(({ value }) => (typeof value === 'string' ? [] : [value]));
  const topUps = lists.map(([first, ...others]) => {
    const [usage] = first!.value as [der.Node];
    return der.explicit(5, der.sequence(usage, integerOf(hexOf(topUp!))), ...others);
  });
  const aside = [...tagged([0, 2, 6]), ...topUps];
  const saysChecks = tagged([1]).length > 0;
  const cellUsageOf = (place: number): number => {
    const [, cell] = (replacements.value as der.Node[])[place]!.value as [der.Node, der.Node];
    const usage = Buffer.from((cell.value as der.Node[])[2]!.value as string, 'latin1');
    return usage.readUIntBE(0, usage.length);
  };
  const frame = buildGbcsCommand({
    originator: message.originator,
    target: message.target,
    counter: message.counter,
    mode: command.replacementMode,
    replacements: command.replacements.map(({ role, certificateType, base64 }, place) => ({
      role: role.code,
      keyUsage: certificateType === 'DigitalSigning' ? 'digitalSignature' : 'keyAgreement',
      ...(certificateType === 'KeyAgreementTopUp' && { cellUsage: cellUsageOf(place) }),
      certificate: base64,
    })),
    path: command.certificationPathCertificates,
    ...(executionDateTime !== undefined && { executionDateTime: new Date(executionDateTime) }),
    ...(floorSeqNumber !== undefined && { floorSeqNumber }),
    ...(topUp !== undefined && lists.length === 0 && { prepaymentTopUpFloorSeqNumber: topUp }),
    ...((saysChecks || !command.appliesTimeBasedCpvChecks) && {
      appliesTimeBasedCpvChecks: command.appliesTimeBasedCpvChecks,
    }),
    alter: ({ control: [mode, ...fields] }) => ({
      control: [mode!, ...[...fields, ...aside].sort((a, b) => a.type - b.type)],
    }),
  });
  if (message.protection !== 'mac') {
    const ending = original.subarray(frame.length);
    const expected = message.protection === 'signed' ? /^40.{128}$/ : /^(?:00)?$/;
    return expected.test(ending.toString('hex')) ? Buffer.concat([frame, ending]) : Buffer.alloc(0);
  }
  const ending = original.subarray(original.indexOf(frame) + frame.length, -12);
  if (!/^(?:00|40.{128})?$/.test(ending.toString('hex'))) return Buffer.alloc(0);
  const service = Buffer.concat([bytes('1100000000'), frame, ending, original.subarray(-12)]);
  const zeros = original[7] === 0 ? '00' : '';
  return Buffer.concat([bytes(`dd000000000000${zeros}`), lengthOf(service.length), service]);
}

/** The contents of an INTEGER. */
function hexOf(value: bigint): string {
  const digits = value.toString(16);
  const even = digits.padStart(digits.length + (digits.length % 2), '0');
  return /^[89a-f]/.test(even) ? `00${even}` : even;
}

const lengthOf = (length: number): Buffer =>
  length < 0x80
    ? Buffer.from([length])
    : length < 0x100
      ? Buffer.from([0x81, length])
      : Buffer.concat([bytes('82'), uint16(length)]);

/** An element of DER that can be written in ways that are not. */
interface Element {
  tag: number;
  content: Element[] | Buffer;
  length: 'minimal' | 'padded' | 'indefinite';
}

function elementsOf(octets: Buffer): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at < octets.length;) {
    const [tag, first] = [octets[at]!, octets[at + 1]!];
    const count = first < 0x80 ? 0 : first - 0x80;
    const length = count === 0 ? first : octets.readUIntBE(at + 2, count);
    const start = at + 2 + count;
    const content = octets.subarray(start, start + length);
    elements.push({ tag, content: (tag & 0x20) === 0 ? content : elementsOf(content), length: 'minimal' });
    at = start + length;
  }
  return elements;
}

function write({ tag, content, length }: Element): Buffer {
  const inner = Buffer.isBuffer(content) ? content : Buffer.concat(content.map(write));
  const head = Buffer.from([tag]);
  if (length === 'indefinite') return Buffer.concat([head, bytes('80'), inner, bytes('0000')]);
  if (length === 'padded')
    return Buffer.concat([head, bytes('83'), bytes('00'), uint16(inner.length), inner]);
  return Buffer.concat([head, lengthOf(inner.length), inner]);
}

type Mutation = (siblings: Element[], place: number) => void;

const onContent =
  (change: (content: Buffer) => Buffer): Mutation =>
  (siblings, place) => {
    const element = siblings[place]!;
    if (Buffer.isBuffer(element.content)) element.content = change(element.content);
  };

const mutation = fc.oneof(
  fc.constantFrom<Mutation>(
    (siblings, place) => siblings.splice(place, 1),
    (siblings, place) => siblings.splice(place, 0, siblings[place]!),
    (siblings, place) => siblings.push(...siblings.splice(place, 1)),
    (siblings, place) => siblings.unshift(...siblings.splice(place, 1)),
    (siblings, place) => (siblings[place]!.length = 'padded'),
    (siblings, place) => (siblings[place]!.length = 'indefinite'),
    (siblings, place) => (siblings[place]!.tag ^= 0x20),
    onContent(() => Buffer.alloc(0)),
    onContent((content) => Buffer.concat([bytes('00'), content])),
    onContent((content) => Buffer.concat([bytes('ff'), content])),
    onContent((content) => Buffer.concat([content, bytes('00')])),
  ),
  fc.nat({ max: 255 }).map(
    (tag): Mutation =>
      (siblings, place) =>
        (siblings[place]!.tag = tag),
  ),
  fc.uint8Array({ maxLength: 10 }).map((content) => onContent(() => Buffer.from(content))),
);

/** Changes elements of the command, and writes the lengths around them anew. */
function mutate(message: Buffer, changes: readonly (readonly [number, Mutation])[]): Buffer {
  const { payload } = read(message.toString('base64')).message;
  const root = elementsOf(payload);
  for (const [at, change] of changes) {
    // Most elements are inside the certificates, deeper than five; every other turn leaves those out.
    const places = placesIn(root, at % 2 === 0 ? 5 : 16);
    const [siblings, place] = places[Math.floor(at / 2) % places.length]!;
    change(siblings, place);
    if (root.length === 0) break;
  }
  const changed = Buffer.concat(root.map(write));
  const wrapped = message[0] === 0xdd;
  const frameAt = wrapped ? message.indexOf(bytes('df0901')) : 0;
  const payloadAt = message.indexOf(payload);
  const frame = Buffer.concat([
    message.subarray(frameAt, frameAt + 33),
    lengthOf(changed.length),
    changed,
    message.subarray(payloadAt + payload.length),
  ]);
  if (!wrapped) return frame;
  const service = Buffer.concat([bytes('1100000000'), frame]);
  return Buffer.concat([bytes('dd000000000000'), lengthOf(service.length), service]);
}

/** Where elements stand, down to a depth. */
function placesIn(siblings: Element[], depth: number): [Element[], number][] {
  return siblings.flatMap((element, place): [Element[], number][] => [
    [siblings, place],
    ...(depth === 1 || Buffer.isBuffer(element.content) ? [] : placesIn(element.content, depth - 1)),
  ]);
}
