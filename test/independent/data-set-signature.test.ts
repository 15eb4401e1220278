import t from 'tap';
import { isOpened, openDataSet, readPublisherKeys } from '../../src/reference-data/data-set.js';
import { publisher, sealed } from '../reference-data/data-sets.js';
import { skip, workshop } from './openssl.js';

t.test('a publisher signs with openssl, and we open it', { skip }, async (t) => {
  const { write, run, make } = workshop(t);
  make('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'key.pem');
  const keys = readPublisherKeys(make('ec', '-in', 'key.pem', '-pubout').toString());
  const { bytes } = sealed();
  write('data-set.json', bytes);
  const signature = make('dgst', '-sha256', '-sign', 'key.pem', 'data-set.json');
  t.ok(isOpened(openDataSet({ bytes, signature }, keys ?? [publisher().publicKey])));
  t.notOk(isOpened(openDataSet({ bytes: sealed({ version: 2 }).bytes, signature }, keys ?? [])));
  const other = make('dgst', '-sha512', '-sign', 'key.pem', 'data-set.json');
  t.notOk(isOpened(openDataSet({ bytes, signature: other }, keys ?? [])), 'of another digest');

  const ours = publisher();
  write('ours.pem', ours.pem);
  write('ours.sig', ours.sign(bytes));
  const verified = run('dgst', '-sha256', '-verify', 'ours.pem', '-signature', 'ours.sig', 'data-set.json');
  t.strictSame(verified, { status: 0, said: 'Verified OK\n' }, 'and openssl verifies what we would sign');
});
