import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import {
  authorityKeyIdentifierExtension,
  type Certificate,
  extension,
  keyPairFrom,
} from '../../src/mock-dsp/certificate-builder.js';
import * as der from '../../src/mock-dsp/der.js';
import {
  buildRevocationList,
  type RevocationListFields,
} from '../../src/mock-dsp/revocation-list-builder.js';
import { buildReferenceData, loadReferenceData } from '../../src/reference-data/load.js';
import { ReferenceDataError } from '../../src/reference-data/fault.js';
import type { ReferenceData } from '../../src/reference-data/snapshot.js';
import { issue, now, pki } from '../fixtures.js';
import { adding, authority, readAuthority, replacing } from '../smki/authorities.js';
import { revocationList } from '../trust-data.js';
import { listFiles, pem } from './lists.js';

type Files = Readonly<Record<string, Buffer | Error>>;

/** The lists, without any anchor but those given. */
function filesWith(files: Files): Map<string, Buffer | Error> {
  const all = new Map<string, Buffer | Error>(listFiles());
  all.delete('trust/issuing-ca.pem');
  for (const [file, bytes] of Object.entries(files)) all.set(file, bytes);
  return all;
}

const build = (files: Files): ReferenceData => buildReferenceData(filesWith(files));

function faults(t: Test, files: Files, ...expected: string[]): void {
  try {
    build(files);
    t.strictSame([], expected);
  } catch (error) {
    if (!(error instanceof ReferenceDataError)) throw error;
    t.strictSame(
      error.faults.map(({ file, entry, message }) => [file, entry, message].filter(Boolean).join(' | ')),
      expected,
    );
  }
}

const anchor = ({ der: bytes }: Certificate): Buffer => pem('CERTIFICATE', bytes);
const issuingCa = anchor(pki.issuingCa);
const root = anchor(pki.root);

const text = Buffer.from('Issued by the trust service provider.\nserial number: 1\n\n');

t.test('anchors, and lists of them', async (t) => {
  faults(t, {});
  t.strictSame(build({}).trust.anchors, []);
  const { trust } = build({
    'trust/a.pem': Buffer.concat([text, issuingCa, text]),
    'trust/b': root,
    'revocation-lists/a.crl': revocationList(),
    'revocation-lists/b.pem': Buffer.concat([
      text,
      pem('X509 CRL', revocationList([], { issuer: pki.root, scope: 'authorities' })),
    ]),
    'other/c.pem': Buffer.from('x'),
  });
  t.strictSame(
    trust.anchors.map(({ subject }) => subject),
    ['CN=Z1,OU=07', 'CN=ZA,OU=00'],
  );
  t.strictSame(trust.revocationLists.map(({ issuer }) => issuer).sort(), ['CN=Z1,OU=07', 'CN=ZA,OU=00']);
});

t.test('a file that is no anchor', async (t) => {
  const notOne = 'trust/a.pem | cannot be used: it is not one PEM block, CERTIFICATE';
  for (const bytes of [
    Buffer.alloc(0),
    text,
    pki.issuingCa.der,
    Buffer.from(pki.issuingCa.base64),
    Buffer.concat([issuingCa, root]),
    Buffer.concat([issuingCa, issuingCa]),
    pem('X509 CRL', revocationList()),
    pem('TRUSTED CERTIFICATE', pki.issuingCa.der),
  ]) {
    faults(t, { 'trust/a.pem': bytes }, notOne);
  }
  faults(
    t,
    { 'trust/a.pem': pem('CERTIFICATE', pki.issuingCa.der.subarray(0, -1)) },
    'trust/a.pem | cannot be used: it is not complete, definite-length ASN.1 with nothing after it',
  );
  faults(t, { 'trust/a.pem': new Error('EACCES') }, 'trust/a.pem | cannot be used: EACCES');
});

t.test('a certificate that is not that of an authority', async (t) => {
  const cases: (readonly [Certificate, string])[] = [
    [issue(), 'it has no cA flag'],
    [authority('Z8', { alter: replacing('2.5.29.19') }), 'it has no cA flag'],
    [authority('Z8', { keyUsage: 'digitalSignature' }), 'its key is not for keyCertSign'],
    [
      authority('Z8', { alter: adding(extension('1.2.3', true, der.sequence())) }),
      'the critical extension 1.2.3',
    ],
  ];
  for (const [certificate, message] of cases) {
    faults(t, { 'trust/a.pem': anchor(certificate) }, `trust/a.pem | cannot be used: ${message}`);
  }
});

t.test('the same anchor twice, and the same list', async (t) => {
  const again = 'cannot be used: another file has the same';
  faults(
    t,
    { 'trust/a.pem': issuingCa, 'trust/b.pem': Buffer.concat([text, issuingCa]) },
    `trust/b.pem | ${again}`,
  );
  const list = revocationList();
  faults(
    t,
    {
      'trust/a.pem': issuingCa,
      'revocation-lists/a.crl': list,
      'revocation-lists/b.pem': pem('X509 CRL', list),
    },
    `revocation-lists/b.pem | ${again}`,
  );
  // Two of one issuer are not the same.
  const later = { thisUpdate: now };
  faults(t, {
    'trust/a.pem': issuingCa,
    'revocation-lists/a.crl': list,
    'revocation-lists/b.crl': revocationList([], later),
  });
});

t.test('two anchors of one name: a list is genuine by either key', async (t) => {
  const other = authority('Z1', { subject: pki.issuingCa.subject });
  const files = { 'trust/a.pem': anchor(other), 'trust/b.pem': issuingCa };
  faults(t, { ...files, 'revocation-lists/a.crl': revocationList() });
  faults(t, { ...files, 'revocation-lists/a.crl': revocationList([], { issuer: other }) });
});

t.test(
  'a list is about what the key has signed that has signed it, whatever else has that name',
  async (t) => {
    const other = authority('Z1', { subject: pki.issuingCa.subject });
    const files = filesWith({
      'trust/a.pem': anchor(other),
      'trust/b.pem': issuingCa,
      'revocation-lists/a.crl': revocationList([], {
        alter: ({ extensions }) => ({ extensions: extensions.slice(1) }),
      }),
    });
    const [list] = buildReferenceData(files).trust.revocationLists;
    t.equal(list?.authorityKeyIdentifier, readAuthority(pki.issuingCa).subjectKeyIdentifier);

    const alter = ({ extensions }: RevocationListFields): Partial<RevocationListFields> => ({
      extensions: [authorityKeyIdentifierExtension(other.keys), ...extensions.slice(1)],
    });
    faults(
      t,
      {
        'trust/a.pem': anchor(other),
        'trust/b.pem': issuingCa,
        'revocation-lists/a.crl': revocationList([], { alter }),
      },
      'revocation-lists/a.crl | cannot be used: its authorityKeyIdentifier is not that of the key that has signed it',
    );
  },
);

t.test('a list that is not one, or not genuine', async (t) => {
  const listFault = (list: Buffer | Error, message: string, ca: Buffer = issuingCa): void => {
    faults(
      t,
      { 'trust/a.pem': ca, 'revocation-lists/a.crl': list },
      `revocation-lists/a.crl | cannot be used: ${message}`,
    );
  };
  const notOne = 'it is not one PEM block, X509 CRL';
  listFault(Buffer.alloc(0), notOne);
  listFault(issuingCa, notOne);
  const inPem = pem('X509 CRL', revocationList());
  listFault(Buffer.concat([inPem, pem('X509 CRL', revocationList())]), notOne);
  listFault(
    revocationList().subarray(0, -1),
    'it is not complete, definite-length ASN.1 with nothing after it',
  );
  listFault(new Error('EIO'), 'EIO');

  const notSigned = 'it is not signed by CN=Z1,OU=07, or not by one that may sign lists';
  const forger = { subject: pki.issuingCa.subject, keys: keyPairFrom('forger') };
  listFault(revocationList([], { issuer: forger }), notSigned);
  const noLists = authority('Z1', {
    subject: pki.issuingCa.subject,
    keys: pki.issuingCa.keys,
    alter: replacing('2.5.29.15', extension('2.5.29.15', true, der.bitString(Buffer.from([0x04]), 2))),
  });
  listFault(revocationList(), notSigned, anchor(noLists));
  const sha384 = (): object => ({ signatureAlgorithm: der.sequence(der.oid('1.2.840.10045.4.3.3')) });
  listFault(revocationList([], { alter: sha384 }), 'it is not signed with ecdsa-with-SHA256');
  const reversed = { thisUpdate: now, nextUpdate: new Date(now.getTime() - 1000) };
  listFault(revocationList([], reversed), 'its nextUpdate is before its thisUpdate');
  listFault(
    buildRevocationList({ issuer: pki.root, thisUpdate: now, nextUpdate: now }),
    'there is no trust anchor CN=ZA,OU=00, its issuer',
  );
  const changed = revocationList([issue()]);
  const place = changed.indexOf('2606151200', 0, 'latin1');
  changed[place] = changed[place]! ^ 1;
  listFault(changed, notSigned);
});

t.test('every fault of every file, beside those of the lists', async (t) => {
  const files = filesWith({
    'trust/a.pem': text,
    'trust/b.pem': anchor(issue()),
    'revocation-lists/a.crl': text,
    'users.json': Buffer.from('{'),
  });
  const error: unknown = (() => {
    try {
      return buildReferenceData(files);
    } catch (thrown) {
      return thrown;
    }
  })();
  t.equal(
    (error as Error).message,
    [
      'The reference data has faults:',
      '  users.json: is not well-formed JSON at position 1',
      '  trust/a.pem: cannot be used: it is not one PEM block, CERTIFICATE',
      '  trust/b.pem: cannot be used: it has no cA flag',
      '  revocation-lists/a.crl: cannot be used: it is not one PEM block, X509 CRL',
    ].join('\n'),
  );
});

t.test('anchors and lists are a part of the data set', async (t) => {
  const files = { 'trust/a.pem': issuingCa, 'revocation-lists/a.crl': revocationList() };
  const hashes = [
    build(files),
    build({ 'trust/a.pem': issuingCa }),
    build({ ...files, 'trust/b.pem': root }),
    build({ ...files, 'revocation-lists/b.crl': revocationList([issue()]) }),
    build({ ...files, 'revocation-lists/a.crl': revocationList([issue()]) }),
    build({}),
  ].map(({ dataSet }) => dataSet.sha256);
  t.equal(new Set(hashes).size, 6);
  t.equal(build(files).dataSet.sha256, hashes[0]);
});

t.test('anchors of test environments are named', async (t) => {
  t.strictSame(build({ 'trust/a.pem': issuingCa, 'trust/b-test-.pem': root }).testTrustAnchors, []);
  t.strictSame(build({ 'trust/test-b.pem': root, 'trust/test-a.pem': issuingCa }).testTrustAnchors, [
    'trust/test-b.pem',
    'trust/test-a.pem',
  ]);
});

async function directoryWith(t: Test, files: Readonly<Record<string, Buffer>>): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'trust-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const all = filesWith(files) as Map<string, Buffer>;
  for (const [file, bytes] of all) {
    await mkdir(path.dirname(path.join(directory, file)), { recursive: true });
    await writeFile(path.join(directory, file), bytes);
  }
  return directory;
}

const faultsIn = async (directory: string): Promise<unknown> =>
  loadReferenceData(directory).then(
    () => [],
    (error: unknown) => (error as ReferenceDataError).faults,
  );

t.test('directories that are missing hold nothing', async (t) => {
  const directory = await directoryWith(t, {});
  const { trust } = await loadReferenceData(directory);
  t.strictSame([trust.anchors, trust.revocationLists], [[], []]);
});

t.test('hidden files are passed over, and the rest is read in its order', async (t) => {
  const directory = await directoryWith(t, {
    'trust/.gitkeep': Buffer.alloc(0),
    'trust/.test-x.pem.swp': text,
    'trust/test-b.pem': issuingCa,
    'trust/test-a.pem': root,
    'revocation-lists/.DS_Store': text,
    'revocation-lists/a.crl': revocationList(),
  });
  const data = await loadReferenceData(directory);
  t.strictSame(data.testTrustAnchors, ['trust/test-a.pem', 'trust/test-b.pem']);
  t.equal(data.trust.anchors.length, 2);
  t.equal(data.trust.revocationLists.length, 1);
});

t.test('what is in the place of a file, or of a directory', async (t) => {
  const inFile = await directoryWith(t, { 'trust/sub/a.pem': issuingCa });
  t.match(await faultsIn(inFile), [
    { file: 'trust/sub', entry: undefined, message: /^cannot be used: EISDIR/ },
  ]);
  const inDirectory = await directoryWith(t, { 'revocation-lists': text });
  t.match(await faultsIn(inDirectory), [
    { file: 'revocation-lists/', entry: undefined, message: /^cannot be read: ENOTDIR/ },
  ]);
});
