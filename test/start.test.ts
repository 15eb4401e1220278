import { PassThrough } from 'node:stream';
import t from 'tap';
import { readConfig } from '../src/config.js';
import { toXml } from '../src/mock-dsp/message.js';
import { buildRevocationList } from '../src/mock-dsp/revocation-list-builder.js';
import { startService } from '../src/start.js';
import { testApp } from './app.js';
import { certificatePem, filesOf, keyPem, tlsAuthority, tlsCertificate } from './callers/tls-files.js';
import { directoryWith } from './directories.js';
import { message, now, pki } from './fixtures.js';
import { listFiles, pem } from './reference-data/lists.js';
import { authority, readAuthority } from './smki/authorities.js';
import { revocationList, trustFiles } from './trust-data.js';

const config = readConfig({ PORT: '0', LOG_LEVEL: 'silent' });

const post = async (url: string): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`${url}/v1/service-requests`, {
    method: 'POST',
    headers: {
      'content-type': 'application/xml',
      accept: 'application/json',
      'dcc-device-type': 'ESME',
      'dcc-import-mpxn': '1200023305960',
    },
    body: toXml(message()),
  });
  return { status: response.status, body: await response.json() };
};

t.test('a wrong check digit advises, or refuses where it is set to', async (t) => {
  const advising = await startService(config, () => now);
  t.teardown(advising.stop);
  t.match(await post(advising.url), {
    status: 200,
    body: { responseCode: 'I0', responseDateTime: now.toISOString() },
  });
  const refusing = await startService({ ...config, MPAN_CHECK_DIGIT: 'refuse' }, () => now);
  t.teardown(refusing.stop);
  t.match(await post(refusing.url), { status: 422, body: { type: '/problems/refused-without-code' } });
});

t.test('stops taking requests before it closes', async (t) => {
  const { app, stop } = await startService(config, () => now);
  const stopped = stop();
  t.equal((await app.inject('/health/ready')).statusCode, 503);
  await stopped;
});

/** Starts, stops, and tells what was warned of. */
async function allWarningsOn(
  directory: string,
  change: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>[]> {
  const log = new PassThrough();
  const set = readConfig({ PORT: '0', LOG_LEVEL: 'warn', REFERENCE_DATA_DIR: directory, ...change });
  const { stop } = await startService(set, () => now, log);
  await stop();
  const lines = (log.read() as Buffer | null)?.toString().trim().split('\n') ?? [];
  return lines.map((line) => {
    const entry = Object.entries(JSON.parse(line) as Record<string, unknown>);
    return Object.fromEntries(entry.filter(([name]) => !['level', 'time', 'pid', 'hostname'].includes(name)));
  });
}

/** Those of the lists. At this level there are no records on standard output, which is another warning. */
const warningsOn = async (...given: Parameters<typeof allWarningsOn>): ReturnType<typeof allWarningsOn> =>
  (await allWarningsOn(...given)).filter(({ msg }) => msg !== 'there is no decision log');

t.test('warns where decisions leave no record, also by the level of the log', async (t) => {
  const noLog = async (change: Readonly<Record<string, string>>): Promise<unknown> =>
    (await allWarningsOn(config.REFERENCE_DATA_DIR, change)).at(-1);
  const msg = 'there is no decision log';
  t.strictSame(await noLog({}), { DECISION_LOG: 'stdout', LOG_LEVEL: 'warn', msg });
  t.strictSame(await noLog({ DECISION_LOG: 'off' }), { DECISION_LOG: 'off', LOG_LEVEL: 'warn', msg });
});

const noCode = { msg: 'certificate-party-mpan-mismatch has no response code in 6.21, and advises only' };

t.test('warns of what reference data may say, and an operator should know', async (t) => {
  t.strictSame(await warningsOn(config.REFERENCE_DATA_DIR), [
    {
      organisations: ['DCC Boxed test Network Operator'],
      msg: 'test organisations count as operators',
    },
    {
      files: ['trust/test-issuing-ca.pem', 'trust/test-root.pem'],
      msg: 'test trust anchors are trusted',
    },
  ]);
  t.strictSame(await warningsOn(await directoryWith(t, trustFiles())), [noCode]);
  t.strictSame(await warningsOn(await directoryWith(t, listFiles())), [
    {
      anchors: ['CN=Z1,OU=07 (67107FD1F68C77CDB0BB3EE9275325E4)'],
      msg: 'trust anchors without a revocation list',
    },
    noCode,
  ]);
  const withRoot = trustFiles().set('trust/test-root.pem', pem('CERTIFICATE', pki.root.der));
  t.strictSame(await warningsOn(await directoryWith(t, withRoot)), [
    { files: ['trust/test-root.pem'], msg: 'test trust anchors are trusted' },
    {
      anchors: ['CN=ZA,OU=00 (546299B8F1D96DA0C6204F967339CAD0)'],
      msg: 'trust anchors without a revocation list',
    },
    noCode,
  ]);
});

t.test('does not start where it would trust nobody, unless paths do not refuse', async (t) => {
  const files = listFiles();
  files.delete('trust/issuing-ca.pem');
  const directory = await directoryWith(t, files);
  await t.rejects(warningsOn(directory), {
    name: 'ReferenceDataError',
    message:
      'The reference data has faults:\n  trust/: there is no trust anchor, and CERTIFICATE_PATH is enforce',
  });
  await t.rejects(warningsOn(directory, { CERTIFICATE_REVOCATION: 'off' }), { name: 'ReferenceDataError' });
  for (const mode of ['report', 'off']) {
    t.strictSame(await warningsOn(directory, { CERTIFICATE_PATH: mode }), [
      noCode,
      { CERTIFICATE_PATH: mode, msg: 'checks that do not refuse' },
    ]);
  }
});

t.test('does not start on a revocation list that is not genuine', async (t) => {
  const forged = { issuer: { subject: pki.issuingCa.subject, keys: pki.root.keys } };
  const directory = await directoryWith(t, trustFiles({}, revocationList([], forged)));
  await t.rejects(warningsOn(directory, { CERTIFICATE_REVOCATION: 'off' }), {
    message:
      'The reference data has faults:\n  revocation-lists/issuing-ca.crl: cannot be used: it is not signed by CN=Z1,OU=07',
  });
});

t.test('warns of what does not refuse, and of what is out of date', async (t) => {
  const directory = await directoryWith(t, trustFiles());
  const relaxed = {
    CERTIFICATE_PROFILE: 'report',
    CERTIFICATE_PATH: 'report',
    CERTIFICATE_REVOCATION: 'off',
    XML_SIGNATURE: 'off',
    GAS_CHECK: 'off',
    DEVICE_REGISTRY_UNAVAILABLE: 'accept',
  };
  t.strictSame(await warningsOn(directory, relaxed), [
    noCode,
    { ...relaxed, msg: 'checks that do not refuse' },
  ]);

  const day = 86_400_000;
  const at = (days: number): Date => new Date(now.getTime() + days * day);
  const files = trustFiles();
  for (const file of [...files.keys()].filter((each) => each.startsWith('revocation-lists/')))
    files.delete(file);
  const { subject, keys } = pki.issuingCa;
  const expired = authority('Z1', { subject, keys, notBefore: at(-2), notAfter: at(-1) });
  for (const file of [...files.keys()].filter((each) => each.startsWith('trust/'))) files.delete(file);
  files.set('trust/expired.pem', pem('CERTIFICATE', expired.der));
  const list = { issuer: expired, thisUpdate: at(-2), nextUpdate: at(-1) };
  files.set('revocation-lists/stale.crl', buildRevocationList(list));
  const { serialNumber } = readAuthority(expired);
  t.strictSame(await warningsOn(await directoryWith(t, files)), [
    { anchors: [`CN=Z1,OU=07 (${serialNumber})`], msg: 'trust anchors that are not valid now' },
    { issuers: ['CN=Z1,OU=07'], msg: 'revocation lists that are not current' },
    noCode,
  ]);
});

t.test(
  'a record that cannot be written keeps nothing from being decided, and nobody from stopping',
  async (t) => {
    for (const file of ['/dev/full', '/dev/null/record']) {
      const log = new PassThrough();
      const set = readConfig({ PORT: '0', LOG_LEVEL: 'error', RECORD_DECISIONS_FILE: file });
      const { url, stop } = await startService(set, () => now, log);
      for (let time = 0; time < 3; time += 1) t.match(await post(url), { status: 200 }, file);
      await stop();
      const told = (log.read() as Buffer).toString();
      t.match(told, /decisions cannot be recorded/);
      t.match(told, /the record is not whole/);
    }
  },
);

t.test('answers health without TLS at a port of its own, and nothing else there', async (t) => {
  const { healthUrl, url, stop } = await startService(
    readConfig({ PORT: '0', LOG_LEVEL: 'silent', HEALTH_PORT: '0', DOCS: 'off' }),
    () => now,
  );
  t.teardown(stop);
  const statusAt = async (base: string | undefined, path: string): Promise<number> =>
    (await fetch(`${String(base)}${path}`, { redirect: 'manual' })).status;
  t.equal(await statusAt(healthUrl, '/health/live'), 200);
  t.equal(await statusAt(healthUrl, '/health/ready'), 200);
  for (const path of ['/', '/docs', '/v1/service-requests', '/problems/not-found'])
    t.equal(await statusAt(healthUrl, path), 404, path);
  for (const path of ['/', '/docs', '/docs/', '/docs/json', '/docs/static/index.html'])
    t.equal(await statusAt(url, path), 404, `${path} is switched off`);
  t.equal(await statusAt(url, '/problems/not-found'), 200);
});

t.test('speaks TLS where it has a certificate, and warns where it listens far without', async (t) => {
  const end = tlsCertificate(tlsAuthority('service'), 'server', { dns: ['service.example'] });
  const { paths } = await filesOf(t, { cert: certificatePem(end), key: keyPem(end) });
  const tls = { TLS_CERT_FILE: paths.cert, TLS_KEY_FILE: paths.key };
  const { url, stop } = await startService({ ...config, ...tls }, () => now);
  t.match(url, /^https:/);
  await stop();
  const directory = await directoryWith(t, trustFiles());
  const warning = { HOST: '0.0.0.0', msg: /^listens beyond this machine without TLS/ };
  t.match(await warningsOn(directory, { HOST: '0.0.0.0' }), [noCode, warning]);
  t.strictSame(await warningsOn(directory, { HOST: '0.0.0.0', ...tls }), [noCode]);
  t.strictSame(await warningsOn(directory, { HOST: 'localhost' }), [noCode]);
});

t.test('X-Forwarded-For counts where it comes from a proxy that is trusted', async (t) => {
  const recordedFrom = async (proxies: readonly string[]): Promise<readonly string[]> => {
    const clients: string[] = [];
    const { app } = await testApp({
      trustProxy: proxies,
      witnesses: [({ client }) => void clients.push(client)],
    });
    const url = '/v1/service-requests';
    const headers = { 'content-type': 'application/xml', 'x-forwarded-for': '192.0.2.1, 198.51.100.7' };
    await app.inject({ method: 'POST', url, headers, payload: toXml(message()) });
    return clients;
  };
  t.strictSame(await recordedFrom([]), ['address:127.0.0.1']);
  t.strictSame(await recordedFrom(['10.0.0.0/8']), ['address:127.0.0.1']);
  t.strictSame(await recordedFrom(['127.0.0.1']), ['address:198.51.100.7']);
  t.strictSame(await recordedFrom(['127.0.0.0/8', '198.51.100.7']), ['address:192.0.2.1']);
});
