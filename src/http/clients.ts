import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Client } from '../callers/client.js';
import type { LiveTls } from '../callers/live-tls.js';
import type { Clock } from '../clock.js';
import { sendProblem } from './problem.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who has called. */
    readonly client: Client;
  }
}

export interface ClientDeps {
  readonly tls: LiveTls | undefined;
  readonly clock: Clock;
}

/**
 * Has each request say whose it is. Over mutual TLS, whoever has no name that is let in is refused, and whoever was verified by
 * what no longer counts is answered once more and then has to connect anew.
 */
export function identifyClients(app: FastifyInstance, { tls, clock }: ClientDeps): void {
  app.decorateRequest('client', {
    getter(this: FastifyRequest): Client {
      return tls?.connected(this.socket)?.client ?? { kind: 'address', address: this.ip };
    },
  });
  if (tls?.isMutual !== true) return;
  app.addHook('onRequest', (request, reply, done) => {
    const connected = tls.connected(request.socket);
    if (connected?.isOutdated(clock()) === true) reply.header('connection', 'close');
    if (connected?.client !== undefined) {
      done();
      return;
    }
    const detail = 'The client certificate has none of the names that are let in.';
    void sendProblem(request, reply, { kind: 'client-not-allowed', detail });
  });
}
