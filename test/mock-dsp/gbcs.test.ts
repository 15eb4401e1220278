import { verify } from 'node:crypto';
import t from 'tap';
import { gbcsCommand, issue } from '../fixtures.js';

t.test('a signed command is the pre-command, and its signature', async (t) => {
  const { privateKey, publicKey } = issue().keys;
  const preCommand = Buffer.from(gbcsCommand(), 'base64');
  const signed = Buffer.from(gbcsCommand({ signature: privateKey }), 'base64');
  t.strictSame(signed.subarray(0, preCommand.length), preCommand);
  t.equal(signed[preCommand.length], 64);
  const signature = signed.subarray(preCommand.length + 1);
  t.ok(verify('sha256', preCommand, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature));
});

t.test('the octets of a small command, as GBCS writes them', async (t) => {
  // 3000 stands for a certificate.
  const empty = Buffer.from('3000', 'hex').toString('base64');
  const command = gbcsCommand({
    originator: '02-00-00-00-00-01-00-10',
    target: '02-00-00-00-0E-00-00-01',
    counter: 2n ** 63n + 5n,
    mode: 7,
    replacements: [
      { role: '87', keyUsage: 'digitalSignature', certificate: empty },
      { role: '02', keyUsage: 'keyAgreement', cellUsage: 1, certificate: empty },
    ],
    path: [empty],
    executionDateTime: new Date('2026-07-01T00:00:00Z'),
    floorSeqNumber: 128n,
    appliesTimeBasedCpvChecks: false,
    authorisingCell: { role: '05', keyUsage: 'digitalSignature' },
    signature: 'empty',
  });
  t.equal(
    Buffer.from(command, 'base64').toString('hex'),
    [
      'df 0901 8000000000000005 08 0200000000010010 08 020000000e000001 00 02 0107 57',
      '3055 301e 020107 810101 a207 020105 03020780 8309 008000000000000005 8402 0080',
      '301e 300c 3000 3008 02020087 03020780 300e 3000 300a 020102 03020308 020101',
      '3002 3000 180f 32303236303730313030303030305a',
      '00',
    ]
      .join('')
      .replaceAll(' ', ''),
  );
});
