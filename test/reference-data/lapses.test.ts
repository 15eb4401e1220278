import t from 'tap';
import { lapsesOf } from '../../src/reference-data/lapses.js';
import { buildReferenceData } from '../../src/reference-data/load.js';
import { now, pki } from '../fixtures.js';
import { readAuthority } from '../smki/authorities.js';
import { revocationList, trustFiles } from '../trust-data.js';

const head = { version: 1, issuedAt: now.toISOString(), effectiveFrom: now.toISOString() };

t.test('what it relies on, the earliest first', async (t) => {
  const inDays = (days: number): Date => new Date(now.getTime() + days * 86_400_000);
  const files = trustFiles({}, revocationList([], { nextUpdate: inDays(20) }));
  const referenceData = buildReferenceData(files);
  const { serialNumber, notAfter } = readAuthority(pki.issuingCa);
  const anchor = { what: `trust anchor CN=Z1,OU=07 (${serialNumber})`, at: notAfter };
  const list = { what: 'revocation list of CN=Z1,OU=07', at: inDays(20) };
  t.strictSame(lapsesOf(referenceData, head), [list, anchor]);
  for (const [days, order] of [
    [10, (dataSet: object) => [dataSet, list, anchor]],
    [30, (dataSet: object) => [list, dataSet, anchor]],
    [100_000, (dataSet: object) => [list, anchor, dataSet]],
  ] as const) {
    const at = inDays(days);
    const dataSet = { what: 'data set', at };
    t.strictSame(lapsesOf(referenceData, { ...head, expiresAt: at.toISOString() }), order(dataSet));
  }
});
