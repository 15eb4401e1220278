import type { FastifyInstance } from 'fastify';

const always = {
  // An answer is data. A page says by itself what it may load.
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

const underTls = { ...always, 'strict-transport-security': 'max-age=31536000' } as const;

/** What every answer has for whoever should show it in a browser. HSTS means nothing without TLS (RFC 6797 section 7.2). */
export const answerHeaders = (isTls: boolean): typeof always | typeof underTls => (isTls ? underTls : always);

/** Gives every answer these headers; a route may set one of them anew. */
export function securityHeaders(app: FastifyInstance, isTls: boolean): void {
  const headers = answerHeaders(isTls);
  app.addHook('onRequest', (_, reply, done) => {
    reply.headers(headers);
    done();
  });
}
