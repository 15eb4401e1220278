import { readFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { amount, composeServices, imageDefaults } from '../../scripts/compose-file.js';
import { readConfig, settings } from '../../src/config.js';
import { packageRoot } from '../../src/package-root.js';

const read = (file: string): string => readFileSync(path.join(packageRoot, file), 'utf8');
const services = composeServices({ REDIS_PASSWORD: 'not-a-secret' });
const ours = [...services].filter(([, { image }]) => image.startsWith('certificate-party-check:'));
const replicas = ours.filter(([name]) => name.startsWith('replica-'));

t.test('what image and compose.yaml set are settings of the service, and it takes them', (t) => {
  const { environment } = imageDefaults();
  for (const [name, service] of ours) {
    const all = { ...environment, ...service.environment };
    t.strictSame(
      Object.keys(all).filter((each) => each !== 'NODE_ENV' && !(each in settings.shape)),
      [],
      name,
    );
    t.doesNotThrow(() => readConfig(all), name);
  }
  t.equal(readConfig(replicas[0]![1].environment).REDIS_URL?.password, 'not-a-secret');
  t.end();
});

t.test('replicas have longer to end than they take, and the balancer hears of it in time', (t) => {
  t.equal(replicas.length, 3);
  const checks = /inter (?<seconds>\d+)s fall (?<fall>\d+)/.exec(read('deploy/compose/haproxy.cfg'))?.groups;
  const noticedMs = Number(checks?.seconds) * Number(checks?.fall) * 1000;
  for (const [name, { environment, stop_grace_period: grace = '' }] of replicas) {
    const { STOP_DELAY_MS } = readConfig(environment);
    t.ok(STOP_DELAY_MS > noticedMs, `${name} answers until the balancer has noticed`);
    t.ok(amount(grace) > STOP_DELAY_MS + 10_000, `${name} has longer to end`);
  }
  t.end();
});

t.test('every container is confined', (t) => {
  const file = parse(read('compose.yaml'), { merge: true }) as { readonly services: Record<string, unknown> };
  for (const [name, service] of Object.entries(file.services)) {
    t.match(
      service,
      {
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        pids_limit: Number,
        deploy: { resources: { limits: { cpus: String, memory: String } } },
      },
      name,
    );
  }
  t.end();
});

t.test('nothing of it is reached from another machine', (t) => {
  for (const port of read('compose.yaml').matchAll(/ports: \[(.*)\]/g))
    t.match(port[1], /^'127\.0\.0\.1:\d+:8080'$/);
  t.end();
});
