import { createHmac, hkdfSync } from 'node:crypto';
import t from 'tap';
import { digestWith, keysOf, maskMpxn, passingKeys } from '../../src/decision-log/keys.js';
import { type Mpxn, parseMpxn } from '../../src/metering-point/mpxn.js';
import { keys, keysFor, secret } from './logs.js';

const mpxn = (text: string): Mpxn => {
  const read = parseMpxn(text);
  if (read === undefined) throw new Error(text);
  return read;
};

t.test('a key is at least 32 bytes, without the white space behind it', async (t) => {
  t.equal(keysOf(Buffer.alloc(31, 'k')), undefined);
  t.equal(keysOf(Buffer.from(`${'k'.repeat(31)} \t\r\n\n`)), undefined);
  t.ok(keysOf(Buffer.alloc(32, 'k')));
  t.equal(keysFor(`${secret}\n`).chain.id, keys.chain.id);
  t.not(keysFor(`${secret}!`).chain.id, keys.chain.id);
  t.equal(keysOf(Buffer.from('\n\n')), undefined);
});

t.test('keys for two purposes are two, each by HKDF', async (t) => {
  const derived = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, '', `certificate-party-check decision log ${purpose}`, 32));
  t.equal(digestWith(keys.chain)('abc'), createHmac('sha256', derived('chain')).update('abc').digest('hex'));
  t.equal(
    maskMpxn(mpxn('1200023305967'), keys.masking),
    createHmac('sha256', derived('masking')).update('mpan:1200023305967').digest('hex'),
  );
  t.equal(keys.chain.id, derived('key id').toString('hex').slice(0, 16));
});

t.test('one metering point has one mask', async (t) => {
  const mask = (text: string, masking = keys.masking): string => maskMpxn(mpxn(text), masking);
  t.equal(mask('12 000 233 05967'), mask('1200023305967'));
  t.equal(mask('0000012345'), mask('12345'), 'zeros in front of an MPRN say nothing');
  t.not(mask('1200023305967'), mask('1470116845051'));
  t.not(mask('12345', passingKeys().masking), mask('12345', passingKeys().masking));
});

t.test('without a key a chain is SHA-256', async (t) => {
  t.equal(passingKeys().chain, undefined);
  t.equal(
    digestWith(undefined)('abc'),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    'FIPS 180-2, appendix B.1',
  );
});
