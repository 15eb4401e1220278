import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request, type RequestOptions } from 'node:https';
import { connect as connectPlain, type AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { liveTls } from '../../src/callers/live-tls.js';
import { type Config, readConfig } from '../../src/config.js';
import { toXml } from '../../src/mock-dsp/message.js';
import { testApp } from '../app.js';
import {
  certificatePem,
  crlPem,
  filesOf,
  inHours,
  keyPem,
  tlsAuthority,
  tlsCertificate,
} from '../callers/tls-files.js';
import { message } from '../fixtures.js';
import { until } from '../until.js';

const authority = tlsAuthority('clients');
const otherAuthority = tlsAuthority('others');
const service = tlsCertificate(authority, 'server', { dns: ['service.example'] });
const renewed = tlsCertificate(authority, 'server', { dns: ['service.example', 'renewed.example'] });
const dsp = tlsCertificate(authority, 'client', { dns: ['dsp-1.example'] });
const stranger = tlsCertificate(authority, 'client', { dns: ['stranger.example'] });
const stolen = tlsCertificate(authority, 'client', { commonNames: ['stolen'], dns: ['dsp-1.example'] });
const withoutRevoked = crlPem(authority, []);
const withStolen = crlPem(authority, [stolen]);

type End = ReturnType<typeof tlsCertificate>;

const shownBy = (end: End): ConnectionOptions => ({ cert: certificatePem(end), key: keyPem(end) });

type Settings = Partial<Pick<Config, 'TLS_CLIENT_NAMES' | 'TLS_MIN_VERSION'>>;

/** A service over mutual TLS, and what is done to it. */
async function startTls(t: Test, { isMutual = true, ...settings }: Settings & { isMutual?: boolean } = {}) {
  const files = await filesOf(t, {
    cert: certificatePem(service),
    key: keyPem(service),
    ca: certificatePem(authority),
    crl: withoutRevoked,
  });
  const logTo = new PassThrough();
  const log: { msg: string; message?: string; level: number }[] = [];
  logTo.on('data', (lines: Buffer) => {
    for (const line of lines.toString().trim().split('\n')) log.push(JSON.parse(line) as never);
  });
  const logger = pino({}, logTo);
  const tls = await liveTls(
    {
      ...readConfig({}),
      TLS_CERT_FILE: files.paths.cert,
      TLS_KEY_FILE: files.paths.key,
      ...(isMutual && { TLS_CLIENT_CA_FILE: files.paths.ca, TLS_CLIENT_CRL_FILE: files.paths.crl }),
      ...settings,
    },
    logger,
  );
  const clients: string[] = [];
  let at = new Date();
  const { app } = await testApp({
    logger,
    tls,
    clock: () => at,
    witnesses: [({ client }) => void clients.push(client)],
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  t.teardown(async () => {
    await app.close();
    tls?.close();
  });
  const { port } = app.server.address() as AddressInfo;
  const base = { host: '127.0.0.1', port, ca: certificatePem(authority), servername: 'service.example' };
  return {
    files,
    log,
    clients,
    port,
    setTime: (time: Date) => {
      at = time;
    },
    /** Asks for the health over a connection of its own, if no agent is given. Rejects where there is no answer. */
    get: async (options: RequestOptions = {}) => {
      const asked = request({ ...base, path: '/health/live', agent: false, ...options }).end();
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      return { status: response.statusCode, headers: response.headers, body: await text(response) };
    },
    post: async (options: RequestOptions) => {
      const asked = request({
        ...base,
        agent: false,
        method: 'POST',
        path: '/v1/service-requests',
        headers: { 'content-type': 'application/xml' },
        ...options,
      }).end(toXml(message()));
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      await text(response);
      return response.statusCode;
    },
    /** A connection whose handshake is done on the side of the client, and its session for the next. */
    open: async (options: ConnectionOptions): Promise<TLSSocket> => {
      const socket = connect({ ...base, ...options });
      t.teardown(() => socket.destroy());
      await once(socket, 'secureConnect');
      return socket;
    },
  };
}

t.test('nobody connects without a certificate that is genuine, in time and not revoked', async (t) => {
  const { files, get, port, log } = await startTls(t);
  const expired = tlsCertificate(
    authority,
    'client',
    { dns: ['dsp-1.example'] },
    { notAfter: inHours(-0.5) },
  );
  const early = tlsCertificate(authority, 'client', { dns: ['dsp-1.example'] }, { notBefore: inHours(0.5) });
  const others: Readonly<Record<string, ConnectionOptions>> = {
    'no certificate': {},
    'of another authority': shownBy(tlsCertificate(otherAuthority, 'client', { dns: ['dsp-1.example'] })),
    'signed by itself': shownBy({ ...otherAuthority, serialNumber: Buffer.from([1]) }),
    expired: shownBy(expired),
    'not valid yet': shownBy(early),
    'a server’s': shownBy(service),
  };
  for (const [name, options] of Object.entries(others)) {
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const)
      await t.rejects(
        get({ ...options, maxVersion }),
        { code: /^(ECONNRESET|EPROTO|ERR_SSL_)/ },
        `${name}, ${maxVersion}`,
      );
  }
  t.equal((await get(shownBy(dsp))).status, 200);
  t.equal((await get(shownBy(stolen))).status, 200);
  await files.write('crl', withStolen);
  await until('the list counts', () =>
    get(shownBy(stolen)).then(
      () => false,
      () => true,
    ),
  );
  t.equal((await get(shownBy(dsp))).status, 200);
  await files.write('crl', crlPem(authority, [], -0.5));
  await until('a list that is out of date lets nobody in', () =>
    get(shownBy(dsp)).then(
      () => false,
      () => true,
    ),
  );

  const plain = connectPlain(port, '127.0.0.1', () =>
    plain.write('GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n'),
  );
  t.equal(await text(plain).catch(() => ''), '', 'plain HTTP has no answer');
  t.ok(log.some(({ msg }) => msg === 'TLS handshakes begin to fail'));
});

t.test('of those whom an authority vouches for, only names that are listed are let in', async (t) => {
  const { get, post, clients } = await startTls(t, { TLS_CLIENT_NAMES: ['dsp-2.example', 'dsp-1.example'] });
  t.equal(await post(shownBy(dsp)), 200);
  t.equal(await post(shownBy(stranger)), 403);
  const refused = await get(shownBy(stranger));
  t.equal(refused.status, 403);
  t.match(JSON.parse(refused.body), { type: '/problems/client-not-allowed', status: 403 });
  t.strictSame(clients, ['tls:dsp-1.example']);
});

t.test('without authorities of clients, nobody is asked for a certificate', async (t) => {
  const { get, post, clients } = await startTls(t, { isMutual: false });
  const { status, headers } = await get();
  t.equal(status, 200);
  t.equal(headers['strict-transport-security'], 'max-age=31536000');
  t.equal(await post(shownBy(dsp)), 200);
  t.strictSame(clients, ['address:127.0.0.1']);
});

t.test('old versions of TLS are not spoken', async (t) => {
  const { get } = await startTls(t);
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
  await t.rejects(get({ ...shownBy(dsp), ...old }));
  t.equal((await get({ ...shownBy(dsp), maxVersion: 'TLSv1.2' })).status, 200);
  const strict = await startTls(t, { TLS_MIN_VERSION: 'TLSv1.3' });
  await t.rejects(strict.get({ ...shownBy(dsp), maxVersion: 'TLSv1.2' }));
  t.equal((await strict.get(shownBy(dsp))).status, 200);
});

t.test('no session is taken up again, so that whoever comes back shows its certificate', async (t) => {
  const { open } = await startTls(t);
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const options = { ...shownBy(dsp), maxVersion };
    const first = await open(options);
    let session = first.getSession();
    first.on('session', (ticket: Buffer<ArrayBuffer>) => (session = ticket));
    first.write('GET /health/live HTTP/1.1\r\nHost: service.example\r\n\r\n');
    await once(first, 'data');
    const second = await open({ ...options, session });
    t.equal(second.isSessionReused(), false, maxVersion);
  }
});

t.test('another certificate of the service is taken while connections stay open', async (t) => {
  const { files, get, open, log } = await startTls(t);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(() => {
    agent.destroy();
  });
  const held = { ...shownBy(dsp), agent };
  t.equal((await get(held)).status, 200);
  const [socket] = Object.values(agent.freeSockets).flat();

  await files.write('cert', certificatePem(renewed));
  await until('a key of another certificate is told of', () => log.some(({ level }) => level === 50));
  const before = await open(shownBy(dsp));
  t.equal(before.getPeerX509Certificate()?.subjectAltName, 'DNS:service.example', 'the old pair is kept');
  await files.write('key', keyPem(renewed));
  await until('the new pair counts', async () => {
    const after = await open(shownBy(dsp));
    return after.getPeerX509Certificate()?.subjectAltName?.includes('renewed.example');
  });
  const { status, headers } = await get(held);
  t.equal(status, 200);
  t.not(headers.connection, 'close');
  t.equal(Object.values(agent.freeSockets).flat()[0], socket, 'over the connection that was open');
  t.match(
    log.filter(({ msg }) => msg.includes('TLS certificates')),
    [{ level: 50, message: /mismatch/ }, { level: 30 }],
  );

  for (const faulty of ['', 'nothing', certificatePem(dsp).slice(0, 100), keyPem(dsp)]) {
    const faults = log.filter(({ level }) => level === 50).length;
    await files.write('ca', faulty);
    await until('it is told of', () => log.filter(({ level }) => level === 50).length > faults);
    t.equal((await get(shownBy(dsp))).status, 200);
  }
});

t.test('who was let in by what no longer counts is answered once more, and connects anew', async (t) => {
  const { files, get, log, setTime } = await startTls(t);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(() => {
    agent.destroy();
  });
  const held = { ...shownBy(stolen), agent };
  t.not((await get(held)).headers.connection, 'close');
  await files.write('crl', withStolen);
  await until('the list counts', () => log.some(({ msg }) => msg === 'has new TLS certificates'));
  const last = await get(held);
  t.equal(last.status, 200);
  t.equal(last.headers.connection, 'close');
  await t.rejects(get(held));

  const other = { ...shownBy(dsp), agent: new Agent({ keepAlive: true }) };
  t.teardown(() => {
    other.agent.destroy();
  });
  t.not((await get(other)).headers.connection, 'close');
  setTime(inHours(2));
  t.equal((await get(other)).headers.connection, 'close', 'so is one whose certificate has expired');
});

t.test('files that cannot be used are faults of the configuration', async (t) => {
  const logger = pino({ level: 'silent' });
  const good = {
    cert: certificatePem(service),
    key: keyPem(service),
    ca: certificatePem(authority),
    crl: withStolen,
  };
  const faulty: Readonly<Record<string, Partial<typeof good>>> = {
    'the key of another': { key: keyPem(dsp) },
    'no certificate': { cert: '' },
    'no authority': { ca: '' },
    'a certificate for a list': { crl: certificatePem(dsp) },
    'a list that is none': { crl: '-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n' },
    'an authority that is none': { ca: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' },
  };
  for (const [name, change] of Object.entries(faulty)) {
    const { paths } = await filesOf(t, { ...good, ...change });
    const settings = {
      ...readConfig({}),
      TLS_CERT_FILE: paths.cert,
      TLS_KEY_FILE: paths.key,
      TLS_CLIENT_CA_FILE: paths.ca,
      TLS_CLIENT_CRL_FILE: paths.crl,
    };
    await t.rejects(liveTls(settings, logger), { name: 'ConfigError' }, name);
  }
  t.equal(await liveTls(readConfig({}), logger), undefined);
});
