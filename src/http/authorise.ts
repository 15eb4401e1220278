import type { FastifyInstance } from 'fastify';
import type { AdminToken, AdminTokens, Scope } from '../callers/admin-tokens.js';
import type { Clock } from '../clock.js';
import type { Rejection } from '../rejection.js';
import { sendProblem } from './problem.js';
import type { Limit } from './rate-limit.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Only a caller whose token has this scope is let in. A route without one is open to whoever can connect. */
    scope?: Scope;
  }
  interface FastifyRequest {
    /** The name of the token that let the caller in; undefined on a route without a scope. */
    administrator: string | undefined;
  }
}

export interface AuthoriseDeps {
  /** Undefined: there are none, and what needs a scope is closed. */
  readonly adminTokens: AdminTokens | undefined;
  readonly clock: Clock;
}

const bearer = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

const realm = 'Bearer realm="certificate-party-check"';

/**
 * Lets nobody in to a route with a scope but who has a token of that scope (RFC 6750). It goes by the route that was found, and
 * by no path, so that no other way to write a path goes around it; and before anything is looked up or read.
 *
 * Who fails more often than `failures` lets it is told so, and is let in all the same with a token that is right: others may have the
 * same address, and no number of guesses finds 256 bits.
 */
export function authorise(
  app: FastifyInstance,
  { adminTokens, clock }: AuthoriseDeps,
  failures: Limit | undefined,
): void {
  app.decorateRequest('administrator');
  app.addHook('onRequest', (request, reply, done) => {
    const { scope } = request.routeOptions.config;
    if (scope === undefined) {
      done();
      return;
    }
    const decision = decide(adminTokens, request.headers.authorization, scope, clock());
    if ('name' in decision) {
      request.administrator = decision.name;
      done();
      return;
    }
    const { challenge, ...rejection } = decision;
    const refuse = (): void => {
      void sendProblem(request, reply.header('www-authenticate', `${realm}${challenge}`), rejection);
    };
    if (rejection.kind !== 'unauthenticated' || failures === undefined) {
      refuse();
      return;
    }
    failures(request, reply).then((isOver) => {
      if (!isOver) refuse();
    }, done);
  });
}

type Refused = Rejection & { readonly challenge: string };

function decide(
  adminTokens: AdminTokens | undefined,
  authorization: string | undefined,
  scope: Scope,
  at: Date,
): AdminToken | Refused {
  const unauthenticated = (challenge: string, detail: string): Refused => ({
    kind: 'unauthenticated',
    challenge,
    detail,
  });
  if (adminTokens === undefined)
    return unauthenticated('', 'Nobody is let in: the service has no tokens (ADMIN_TOKENS_FILE).');
  const token = bearer.exec(authorization ?? '')?.[1];
  if (token === undefined) return unauthenticated(`, scope="${scope}"`, 'There is no bearer token.');
  const holder = adminTokens.holderOf(token, at);
  if (holder === undefined)
    return unauthenticated(', error="invalid_token"', 'The token is not known, or has expired.');
  if (holder.scopes.includes(scope)) return holder;
  const challenge = `, error="insufficient_scope", scope="${scope}"`;
  return { kind: 'forbidden', challenge, detail: `The token does not have the scope ${scope}.` };
}
