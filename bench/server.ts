import cluster from 'node:cluster';
import { createServer } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import { readConfig } from '../src/config.js';
import { startService } from '../src/start.js';

/** One thing to measure, in a process of its own, or in two. Says where it listens, and when asked, how busy it was. */
export type ServerKind = 'node-http' | 'fastify-empty' | 'service' | 'two-services';

export type ServerMessage = { readonly url: string } | { readonly utilization: number };

const answer = '{"responseCode":"I0"}';
const loopback = '127.0.0.1';

async function nodeHttp(): Promise<string> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      Buffer.concat(pieces);
      response.setHeader('content-type', 'application/json');
      response.end(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve));
  return `http://${loopback}:${String((server.address() as AddressInfo).port)}`;
}

/** What Fastify costs by itself: the body is read and not looked at. */
async function fastifyEmpty(): Promise<string> {
  const app = fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    ['application/json', 'application/xml'],
    { parseAs: 'buffer' },
    (_, body, done) => {
      done(null, body);
    },
  );
  app.post('/v1/service-requests', (_, reply) => reply.type('application/json').send(answer));
  return app.listen({ port: 0, host: loopback });
}

async function service(): Promise<string> {
  const config = readConfig(process.env);
  const { app, url } = await startService(config, () => new Date());
  while ((await app.inject('/health/ready')).statusCode !== 200) await setImmediate();
  return url;
}

async function twoServices(): Promise<string> {
  const workers = [cluster.fork(), cluster.fork()];
  const [url = ''] = await Promise.all(
    workers.map((worker) => new Promise<string>((resolve) => worker.once('message', resolve))),
  );
  return url;
}

const say = (message: ServerMessage): void => {
  process.send?.(message);
};

if (cluster.isWorker) {
  process.send?.(await service());
} else {
  const kinds: Record<ServerKind, () => Promise<string>> = {
    'node-http': nodeHttp,
    'fastify-empty': fastifyEmpty,
    service,
    'two-services': twoServices,
  };
  say({ url: await kinds[process.argv[2] as ServerKind]() });
  let before = performance.eventLoopUtilization();
  process.on('message', () => {
    const now = performance.eventLoopUtilization();
    say({ utilization: performance.eventLoopUtilization(now, before).utilization });
    before = now;
  });
}
// Whoever started it has ended.
process.once('disconnect', () => process.exit());
