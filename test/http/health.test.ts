import t from 'tap';
import { testApp } from '../app.js';
import { shipped } from '../decisions.js';

t.test('live, and ready until it begins to stop', async (t) => {
  let ready = true;
  const { app } = await testApp({ isReady: () => ready });
  t.strictSame((await app.inject('/health/live')).json(), { status: 'live' });
  const answer = await app.inject('/health/ready');
  t.equal(answer.statusCode, 200);
  t.strictSame(answer.json(), { status: 'ready', referenceData: { version: shipped.version } });
  ready = false;
  const stopping = await app.inject('/health/ready');
  t.equal(stopping.statusCode, 503);
  t.match(stopping.json(), { status: 'stopping' });
  t.equal((await app.inject('/health/live')).statusCode, 200);
});
