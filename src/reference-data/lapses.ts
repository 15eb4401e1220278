import { nameOf } from '../smki/certificate.js';
import type { DataSetHead } from './data-set.js';
import type { ReferenceData } from './snapshot.js';

/** Something that the reference data relies on, and the instant from which it no longer can. */
export interface Lapse {
  readonly what: string;
  readonly at: Date;
}

/** What will lapse, or has, the earliest first: trust anchors, revocation lists, and the data set itself. */
export function lapsesOf({ trust }: ReferenceData, { expiresAt }: DataSetHead): Lapse[] {
  return [
    ...trust.anchors.map((anchor) => ({ what: `trust anchor ${nameOf(anchor)}`, at: anchor.notAfter })),
    ...trust.revocationLists.map(({ issuer, nextUpdate }) => ({
      what: `revocation list of ${issuer}`,
      at: nextUpdate,
    })),
    ...(expiresAt === undefined ? [] : [{ what: 'data set', at: new Date(expiresAt) }]),
  ].sort((one, other) => one.at.getTime() - other.at.getTime());
}
