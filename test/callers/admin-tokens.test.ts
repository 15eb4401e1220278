import t from 'tap';
import { type AdminToken, createAdminToken, readAdminTokens } from '../../src/callers/admin-tokens.js';
import { now } from '../fixtures.js';

const read = (value: unknown): ReturnType<typeof readAdminTokens> =>
  readAdminTokens(Buffer.from(JSON.stringify(value)));

const made = (change: Partial<AdminToken> = {}): { token: string; entry: AdminToken } =>
  createAdminToken({ name: 'grafana', scopes: ['metrics'], ...change })!;

t.test('a token is 256 bits, and only its hash is in the file', async (t) => {
  const { token, entry } = made();
  t.equal(Buffer.from(token, 'base64url').length, 32);
  t.notOk(JSON.stringify(entry).includes(token));
  t.not(made().token, token);
  t.strictSame(read([made().entry, { ...entry, name: 'other' }]).holderOf(token, now), {
    name: 'other',
    scopes: ['metrics'],
    sha256: entry.sha256,
  });
});

t.test('one that is not listed is nobody’s', async (t) => {
  const { token, entry } = made();
  t.equal(read([]).holderOf(token, now), undefined);
  for (const other of ['', entry.sha256, made().token])
    t.equal(read([entry]).holderOf(other, now), undefined);
});

t.test('one is good until the instant at which it expires', async (t) => {
  const { token, entry } = made({ expiresAt: now.toISOString() });
  const { holderOf } = read([entry]);
  t.match(holderOf(token, new Date(now.getTime() - 1)), { name: 'grafana' });
  t.equal(holderOf(token, now), undefined);
});

t.test('a file with a fault is none, and no hash is in what is said of it', async (t) => {
  const { entry } = made();
  const other = made({ name: 'other' }).entry;
  t.throws(() => readAdminTokens(Buffer.from('[')), { message: 'it is not JSON' });
  const faults: (readonly [unknown, string])[] = [
    [{}, 'it has to be a list of entries: [ENTRY, …]'],
    [[{ ...entry, name: 'a b' }], '0 name must be up to 64 letters, digits, ".", "_" and "-"'],
    [[{ ...entry, sha256: entry.sha256.slice(1) }], '0 sha256 must be 64 hex digits in lower case'],
    [[{ ...entry, scopes: [] }], '0 scopes Too small: expected array to have >=1 items'],
    [
      [{ ...entry, scopes: ['all'] }],
      '0 scopes 0 Invalid option: expected one of "metrics"|"dashboard"|"duties"',
    ],
    [[{ ...entry, expiresAt: '2027-01-01' }], '0 expiresAt Invalid ISO datetime'],
    [[{ ...entry, token: 'x' }], '0 Unrecognized key: "token"'],
    [[entry, { ...other, name: 'grafana' }], '1 name is that of another token'],
    [[other, { ...other, name: 'third' }], '1 sha256 is that of another token'],
  ];
  for (const [value, message] of faults) t.throws(() => read(value), { message });
});

t.test('nothing is made for a name that cannot be one', async (t) => {
  t.equal(createAdminToken({ name: 'a b', scopes: ['metrics'] }), undefined);
});
