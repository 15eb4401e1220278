import { fastify } from 'fastify';

/** The least that a service can do with a request: its body is read, and it is answered. */
const app = fastify();
app.removeAllContentTypeParsers();
app.addContentTypeParser('*', { parseAs: 'buffer' }, (_, body, done) => {
  done(null, body);
});
app.get('/health/ready', () => ({ status: 'ready' }));
app.post('/v1/service-requests', () => ({ status: 'read' }));
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
