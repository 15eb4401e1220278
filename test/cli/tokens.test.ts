import t from 'tap';
import { type AdminToken, readAdminTokens } from '../../src/callers/admin-tokens.js';
import { cli } from './cli.js';

t.test('makes a token, whose entry lets it in', async (t) => {
  const run = await cli([
    'tokens',
    'create',
    '--json',
    ...['--name', 'grafana', '--scope', 'metrics', 'duties', '--expires', '2027-01-01'],
  ]);
  t.equal(run.code, 0, run.errors);
  const { token, entry } = run.json() as { token: string; entry: AdminToken };
  const tokens = readAdminTokens(Buffer.from(JSON.stringify([entry])));
  t.match(tokens.holderOf(token, new Date('2026-12-31T23:59:59Z')), {
    name: 'grafana',
    scopes: ['metrics', 'duties'],
  });
  t.equal(tokens.holderOf(token, new Date('2027-01-01T00:00:00Z')), undefined);

  const inWords = await cli(['tokens', 'create', '--name', 'grafana', '--scope', 'metrics']);
  const [shown] = /^ {2}\S{43}$/m.exec(inWords.out) ?? [];
  const [line = ''] = /^ {2}\{.*\}$/m.exec(inWords.out) ?? [];
  t.ok(readAdminTokens(Buffer.from(`[${line}]`)).holderOf(shown?.trim() ?? '', new Date()));
});

t.test('makes none of a name, a scope or a day that is none', async (t) => {
  const create = ['tokens', 'create'];
  const wrong: (readonly [readonly string[], RegExp])[] = [
    [['--name', 'a b', '--scope', 'metrics'], /a name has up to 64 letters/],
    [['--name', 'a', '--scope', 'all'], /Allowed choices are metrics, dashboard, duties/],
    [['--name', 'a'], /required option '--scope/],
    [['--name', 'a', '--scope', 'metrics', '--expires', 'soon'], /It must be a day/],
  ];
  for (const [args, message] of wrong) {
    const { code, out, errors } = await cli([...create, ...args]);
    t.equal(code, 2);
    t.equal(out, '');
    t.match(errors, message);
  }
});
