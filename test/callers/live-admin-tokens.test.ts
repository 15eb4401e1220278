import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import t from 'tap';
import { createAdminToken } from '../../src/callers/admin-tokens.js';
import { liveAdminTokens } from '../../src/callers/live-admin-tokens.js';
import { temporaryDirectory } from '../directories.js';
import { now } from '../fixtures.js';
import { until } from '../until.js';

const logTo = new PassThrough();
const log: unknown[] = [];
logTo.on('data', (line: Buffer) => log.push(JSON.parse(line.toString())));
const logger = pino({}, logTo);

const one = createAdminToken({ name: 'one', scopes: ['metrics'] })!;
const other = createAdminToken({ name: 'other', scopes: ['duties'] })!;

t.test('follows the file, and keeps what it has where that has a fault', async (t) => {
  const file = path.join(await temporaryDirectory(t), 'tokens.json');
  await writeFile(file, JSON.stringify([one.entry]));
  const { adminTokens, close } = await liveAdminTokens(file, logger);
  t.teardown(close);
  const holder = (token: string): string | undefined => adminTokens?.holderOf(token, now)?.name;
  t.equal(holder(one.token), 'one');
  await writeFile(file, '[');
  await until('the fault is told', () =>
    log.some((line) => (line as { msg: string }).msg === 'keeps the administrative tokens that it has'),
  );
  t.equal(holder(one.token), 'one');
  await writeFile(file, JSON.stringify([other.entry]));
  await until('the new file counts', () => holder(other.token) === 'other');
  t.equal(holder(one.token), undefined);
  t.match(log, [
    { level: 50, file, message: 'it is not JSON' },
    { level: 30, file, msg: 'has new administrative tokens' },
  ]);
});

t.test('a file that cannot be used is a fault of the configuration, and none is no tokens', async (t) => {
  const file = path.join(await temporaryDirectory(t), 'tokens.json');
  await t.rejects(liveAdminTokens(file, logger), {
    name: 'ConfigError',
    message: /ADMIN_TOKENS_FILE: ENOENT/,
  });
  await writeFile(file, '{}');
  await t.rejects(liveAdminTokens(file, logger), {
    name: 'ConfigError',
    message: /ADMIN_TOKENS_FILE: it has to be a list of entries/,
  });
  const { adminTokens, close } = await liveAdminTokens(undefined, logger);
  t.equal(adminTokens, undefined);
  close();
});
