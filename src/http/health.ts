import type { FastifyInstance } from 'fastify';
import type { ReferenceData } from '../reference-data/snapshot.js';

export interface HealthDeps {
  readonly referenceData: () => ReferenceData;
  /** False once the service has begun to stop, so that no new request is sent to it. */
  readonly isReady: () => boolean;
}

export function health(app: FastifyInstance, { referenceData, isReady }: HealthDeps): void {
  app.get('/health/live', () => ({ status: 'live' }));
  app.get('/health/ready', (_, reply) => {
    const ready = isReady();
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ready' : 'stopping', referenceData: { version: referenceData().version } });
  });
}
