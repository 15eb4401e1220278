import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  type DataSet,
  type ListValues,
  type PublishedDataSet,
  sealDataSet,
  type SealedDataSet,
} from '../../src/reference-data/data-set.js';
import { contentOf } from '../../src/reference-data/lists-directory.js';
import { listFiles, type Lists } from './lists.js';

/** The lists in small, as a data set has them. */
export const listValues = (change: Partial<Lists> = {}): ListValues => contentOf(listFiles(change), []).lists;

/** A data set of the lists in small, effective since the first of June. */
export const dataSet = (change: Partial<DataSet> = {}): DataSet => ({
  version: 1,
  issuedAt: '2026-06-01T00:00:00Z',
  effectiveFrom: '2026-06-01T00:00:00Z',
  lists: listValues(),
  ...change,
});

export const sealed = (change: Partial<DataSet> = {}): SealedDataSet => sealDataSet(dataSet(change));

/** As it is published, without a signature. */
export const published = (change: Partial<DataSet> = {}): PublishedDataSet => ({
  bytes: sealed(change).bytes,
  signature: undefined,
});

/** Somebody who signs data sets. */
export interface Publisher {
  readonly publicKey: KeyObject;
  readonly pem: string;
  readonly sign: (bytes: Buffer) => Buffer;
}

export function publisher(namedCurve = 'P-256'): Publisher {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  return {
    publicKey,
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    sign: (bytes) => sign('sha256', bytes, privateKey),
  };
}
