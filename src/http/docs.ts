import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { packageRoot } from '../package-root.js';
import { type RejectionKind, rejectionKinds } from '../rejection.js';
import { themeCss, themeScript } from './docs-theme.js';
import { problemType } from './problem.js';

// The hash is of the one style that Swagger UI puts into the page itself.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The page at /docs, from openapi.yaml, which is generated. */
export async function docs(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    mode: 'static',
    specification: { path: `${packageRoot}openapi.yaml`, baseDir: packageRoot },
  });
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: contentSecurityPolicy,
    theme: {
      title: 'Certificate-party check',
      css: [{ filename: 'theme.css', content: themeCss }],
      js: [{ filename: 'theme.js', content: themeScript }],
    },
    uiConfig: {
      tryItOutEnabled: true,
      docExpansion: 'full',
      defaultModelsExpandDepth: 0,
      validatorUrl: null,
    },
  });
  app.get('/', (_, reply) => reply.redirect('/docs'));
}

/** At each problem type, what it means. */
export function problemTypes(app: FastifyInstance): void {
  app.get<{ Params: { kind: string } }>(problemType(':kind'), (request, reply) => {
    const { kind } = request.params;
    if (!isRejectionKind(kind)) {
      reply.callNotFound();
      return reply;
    }
    const { title, meaning, status } = rejectionKinds[kind];
    return reply.type('text/plain; charset=utf-8').send(`${title} (HTTP ${String(status)})\n\n${meaning}\n`);
  });
}

const isRejectionKind = (kind: string): kind is RejectionKind => Object.hasOwn(rejectionKinds, kind);
