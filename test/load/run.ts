import path from 'node:path';
import { packageRoot } from '../../src/package-root.js';
import { measure, type Measured } from './measure.js';
import { buildPool } from './pool.js';
import { noOp, type ObservedServer, service } from './server.js';

const poolSize = 3500;

/** Starts the built service and a no-op server, and measures the one beside the other. */
export async function runLoad(tell: (text: string) => void): Promise<Measured> {
  const started: ObservedServer[] = [];
  const keep = async (starting: Promise<ObservedServer>): Promise<ObservedServer> => {
    const server = await starting;
    started.push(server);
    return server;
  };
  try {
    tell('Making requests, and starting the service ...');
    const pool = buildPool(poolSize, path.join(packageRoot, 'reference-data'));
    return await measure(await keep(service()), await keep(noOp()), pool, tell);
  } finally {
    await Promise.all(started.map(({ stop }) => stop()));
  }
}
