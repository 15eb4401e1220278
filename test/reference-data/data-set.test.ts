import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import t from 'tap';
import {
  dataSetBytesLimit,
  dataSetHead,
  isOpened,
  openDataSet,
  readPublisherKeys,
  sealDataSet,
} from '../../src/reference-data/data-set.js';
import { pki } from '../fixtures.js';
import { dataSet, listValues, publisher, sealed } from './data-sets.js';
import { pem } from './lists.js';

/** The one fault of what cannot be opened; undefined where it can. */
function faultOf(
  bytes: Buffer | string,
  signature?: Buffer,
  publishers: Parameters<typeof openDataSet>[1] = [],
): string | undefined {
  const opened = openDataSet({ bytes: Buffer.from(bytes), signature }, publishers);
  if (isOpened(opened)) return undefined;
  const messages = opened.map(({ file, entry, message }) => {
    if (file !== 'data set' || entry !== undefined) throw new Error(`${file} ${String(entry)}`);
    return message;
  });
  return messages.join(' | ');
}

/** Whatever the content, in canonical form and with its hash. */
const withHash = (content: object): string => {
  const sha256 = createHash('sha256')
    .update(canonicalize(content) ?? '')
    .digest('hex');
  return canonicalize({ ...content, sha256 }) ?? '';
};

const notCanonical = 'is not JSON in canonical form (RFC 8785)';

t.test('what is sealed opens as it was', async (t) => {
  const instants = fc
    .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((at) => at.toISOString());
  // Without what no canonical form has.
  const lists = fc
    .dictionary(
      fc.string({ unit: 'grapheme' }),
      fc.jsonValue({ stringUnit: 'grapheme', noUnicodeString: false }),
      {
        noNullPrototype: true,
      },
    )
    .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>)
    .filter((value) => !Object.hasOwn(value, '__proto__'));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      instants,
      instants,
      fc.boolean(),
      lists,
      (version, one, other, expires, values) => {
        const [effectiveFrom = '', expiresAt = ''] = [one, other].sort();
        const head = {
          version,
          issuedAt: other,
          effectiveFrom,
          ...(expires && effectiveFrom !== expiresAt && { expiresAt }),
        };
        const { bytes, ...id } = sealDataSet({ ...head, lists: values });
        t.strictSame(openDataSet({ bytes, signature: undefined }, []), { head, id, lists: values });
      },
    ),
    { numRuns: 200 },
  );
});

t.test('a hash is that of the canonical bytes of everything else', async (t) => {
  const { bytes, sha256, version } = sealed();
  const { sha256: said, ...content } = JSON.parse(bytes.toString()) as { sha256: string };
  t.equal(said, sha256);
  t.equal(version, 1);
  t.equal(bytes.toString(), withHash(content));
  const inAnotherOrder = Object.fromEntries(Object.entries(listValues()).reverse());
  t.strictSame(sealed({ lists: inAnotherOrder }).bytes, bytes);
  t.not(sealed({ version: 2 }).sha256, sha256);
  t.not(sealed({ issuedAt: '2026-06-01T00:00:01Z' }).sha256, sha256);
  t.not(sealed({ expiresAt: '2027-06-01T00:00:00Z' }).sha256, sha256);
});

t.test('bytes that could be written in another way are none', async (t) => {
  const text = sealed().bytes.toString();
  t.equal(faultOf(text), undefined);
  for (const [what, other] of Object.entries({
    'white space': `${text} `,
    'a line feed at the end': `${text}\n`,
    'a name twice': text.replace('"version":1', '"version":1,"version":1'),
    'a name twice, deep inside': text.replace('"name":"London"', '"name":"London","name":"London"'),
    'another spelling of a number': text.replace('"version":1', '"version":1.0'),
    'an exponent': text.replace('"version":1', '"version":1e0'),
    'an escape that is not needed': text.replace('London', '\\u004condon'),
    'another order of members': text.replace(/^\{(.*),("version":1)\}$/, '{$2,$1}'),
    'a lone surrogate, escaped': text.replace('London', 'London\\ud800'),
    'a lone surrogate in a name': text.replace('"source"', '"\\udc00":1,"source"'),
    'a byte order mark': `\ufeff${text}`,
    'half of it': text.slice(0, text.length / 2),
    'two of it': text + text,
    nothing: '',
    'no JSON': 'version: 1',
  })) {
    t.not(other, text, what);
    t.equal(faultOf(other), notCanonical, what);
  }
  t.equal(faultOf(Buffer.from(text.replace('London', 'L\u00f6ndon'), 'latin1')), notCanonical, 'not UTF-8');
  const depth = 1_000_000;
  t.equal(faultOf(`${'['.repeat(depth)}${']'.repeat(depth)}`), notCanonical, 'very deep');
});

t.test('a number is in the form of RFC 8785', async (t) => {
  const content = { ...dataSet(), lists: { numbers: [1e21, 1e-7, 0.1, 123_456_789_012_345_680_000] } };
  const text = withHash(content);
  t.match(text, '"numbers":[1e+21,1e-7,0.1,123456789012345680000]');
  t.equal(faultOf(text), undefined);
  t.equal(faultOf(text.replace('1e+21', '1e21')), notCanonical);
  t.equal(faultOf(text.replace('1e+21', '-0')), notCanonical);
  t.equal(faultOf(text.replace('1e+21', '1e400')), notCanonical);
});

t.test('content that is not that of the hash', async (t) => {
  const text = sealed().bytes.toString();
  const wrong = 'has not the hash that it says';
  t.equal(faultOf(text.replace('London', 'Londoo')), wrong);
  t.equal(faultOf(text.replace('"version":1', '"version":2')), wrong);
  t.equal(faultOf(text.replace('T00:00:00Z', 'T00:00:01Z')), wrong);
  t.equal(faultOf(text.replace(/"sha256":"[0-9a-f]{64}"/, `"sha256":"${'0'.repeat(64)}"`)), wrong);
});

t.test('a member that is missing, unknown or wrong', async (t) => {
  const instant = 'must be an instant of UTC, as YYYY-MM-DDThh:mm:ssZ';
  const content: Record<string, unknown> = { ...dataSet() };
  const without = (member: string): object =>
    Object.fromEntries(Object.entries(content).filter(([name]) => name !== member));
  const faultOfContent = (change: object): string | undefined => faultOf(withHash({ ...content, ...change }));

  t.equal(faultOf(withHash(without('version'))), 'version: is missing');
  t.equal(faultOf(withHash(without('issuedAt'))), `issuedAt: ${instant}`);
  t.equal(faultOf(withHash(without('effectiveFrom'))), `effectiveFrom: ${instant}`);
  t.equal(faultOf(withHash(without('lists'))), 'lists: is missing');
  t.equal(faultOf(canonicalize(content) ?? ''), 'sha256: is missing');

  t.equal(faultOfContent({ note: 1 }), 'has a member that is not known, note');
  t.equal(
    faultOfContent(JSON.parse('{"__proto__":1}') as object),
    'has a member that is not known, whose name is not of letters alone',
  );
  for (const version of [0, -1, 1.5, 2 ** 53, '1', null]) {
    t.match(faultOfContent({ version }), /^version: /, String(version));
  }
  for (const at of [
    '2026-06-01',
    '2026-06-01T00:00:00',
    '2026-06-01T00:00:00+01:00',
    '2026-02-30T00:00:00Z',
    1,
  ]) {
    t.equal(faultOfContent({ issuedAt: at }), `issuedAt: ${instant}`, String(at));
    t.equal(faultOfContent({ effectiveFrom: at }), `effectiveFrom: ${instant}`, String(at));
    t.equal(faultOfContent({ expiresAt: at })?.split(' | ')[0], `expiresAt: ${instant}`, String(at));
  }
  for (const lists of [null, [], 'x']) t.match(faultOfContent({ lists }), /^lists: Invalid input/);
  const text = sealed().bytes.toString();
  for (const sha256 of ['', 'A'.repeat(64), '0'.repeat(63)]) {
    t.equal(
      faultOf(text.replace(/"sha256":"[^"]*"/, `"sha256":"${sha256}"`)),
      'sha256: must be 64 lower-case hexadecimal digits',
    );
  }
  t.equal(
    faultOf(withHash({ ...without('lists'), version: 0, note: 1 }))?.split(' | ').length,
    3,
    'all of them at once',
  );
  for (const value of ['1', 'null', '[]', '"x"']) t.match(faultOf(value), /^Invalid input: expected object/);
});

t.test('it ends after it has begun', async (t) => {
  const effectiveFrom = '2026-06-01T00:00:00Z';
  for (const [expiresAt, fault] of [
    ['2026-06-01T00:00:00.001Z', undefined],
    ['2026-06-01T00:00:00Z', 'expiresAt: is not after effectiveFrom'],
    ['2026-05-31T23:59:59Z', 'expiresAt: is not after effectiveFrom'],
  ] as const) {
    t.equal(faultOf(sealed({ effectiveFrom, expiresAt }).bytes), fault);
    const head = dataSetHead.safeParse({ version: 1, issuedAt: effectiveFrom, effectiveFrom, expiresAt });
    t.equal(head.success, fault === undefined);
  }
});

t.test('no more bytes than anybody needs', async (t) => {
  t.equal(faultOf(Buffer.alloc(dataSetBytesLimit, ' ')), notCanonical);
  t.equal(faultOf(Buffer.alloc(dataSetBytesLimit + 1, ' ')), 'has more than 67108864 bytes');
});

t.test('where there are publishers, one of them has signed it', async (t) => {
  const [one, other, stranger] = [publisher(), publisher(), publisher()];
  const { bytes } = sealed();
  const fault = (signature: Buffer | undefined, text: Buffer | string = bytes): string | undefined =>
    faultOf(text, signature, [one.publicKey, other.publicKey]);
  const notTheirs = 'is not signed by any of the publishers that the service has keys of';

  t.equal(fault(one.sign(bytes)), undefined);
  t.equal(fault(other.sign(bytes)), undefined);
  t.equal(fault(stranger.sign(bytes)), notTheirs);
  t.equal(fault(undefined), 'is not signed, and the service has keys of publishers');
  t.equal(fault(one.sign(sealed({ version: 2 }).bytes)), notTheirs);
  const changed = Buffer.from(bytes);
  changed[changed.length - 2]! ^= 1;
  t.equal(fault(one.sign(bytes), changed), notTheirs, 'which is found before anything is read');
  t.equal(fault(one.sign(changed), changed), 'version: Too small: expected number to be >=1');
  for (const garbage of [
    '',
    '00',
    '30',
    '3006020100020100',
    '3006020101020101',
    'ff'.repeat(72),
    '00'.repeat(64),
  ]) {
    t.equal(fault(Buffer.from(garbage, 'hex')), notTheirs, garbage);
  }
  const right = one.sign(bytes);
  t.equal(fault(right.subarray(0, -1)), notTheirs);
  t.equal(fault(Buffer.concat([right, Buffer.from([0])])), notTheirs);
  for (let index = 0; index < right.length; index += 1) {
    const wrong = Buffer.from(right);
    wrong[index]! ^= 1;
    t.equal(fault(wrong), notTheirs, `byte ${String(index)}`);
  }
  t.equal(faultOf(bytes, stranger.sign(bytes)), undefined, 'without publishers nobody asks');
});

t.test('the keys of publishers are on P-256', async (t) => {
  const [one, other] = [publisher(), publisher()];
  const keys = (text: string): unknown[] | undefined =>
    readPublisherKeys(text)?.map((key) => key.export({ type: 'spki', format: 'pem' }));
  t.strictSame(keys(one.pem), [one.pem]);
  t.strictSame(keys(`The first:\n${one.pem}\nand the second:\r\n${other.pem}`), [one.pem, other.pem]);
  const pemOf = (key: KeyObject): string => key.export({ type: 'spki', format: 'pem' }).toString();
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  for (const [what, text] of Object.entries({
    'P-384': publisher('P-384').pem,
    secp256k1: publisher('secp256k1').pem,
    RSA: pemOf(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey),
    Ed25519: pemOf(generateKeyPairSync('ed25519').publicKey),
    'a private key': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    'a certificate': pem('CERTIFICATE', pki.issuingCa.der).toString(),
    'no key in the block': '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n',
    'a block that does not end': one.pem.replace(/-----END.*/, ''),
  })) {
    t.equal(readPublisherKeys(text), undefined, what);
    t.equal(readPublisherKeys(text + one.pem), undefined, `${what}, and one that is right`);
    t.equal(readPublisherKeys(one.pem + text), undefined, `one that is right, and ${what}`);
  }
  for (const text of ['', 'a key']) t.equal(readPublisherKeys(text), undefined);
});
