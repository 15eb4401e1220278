import type { CertificateFacts } from '../rules/facts.js';
import type { Decision } from '../validate.js';
import { type AnswerKind, isJudged } from './answer-kind.js';
import { increment } from './counts.js';

/** Whose certificates a request places; its name is as it was when it was first counted. */
export interface Claim {
  readonly kind: 'listed' | 'unlisted' | 'several' | 'others';
  readonly organisationId: string | null;
  readonly name: string | null;
}

/** How many requests there were of a claim and a distributor ID. */
export interface Cell {
  readonly distributorId: string;
  readonly matched: number;
  readonly mismatched: number;
}

const unlisted: Claim = { kind: 'unlisted', organisationId: null, name: null };
const several: Claim = { kind: 'several', organisationId: null, name: null };
const others: Claim = { kind: 'others', organisationId: null, name: null };

// Two digits.
const distributorIds = 100;

/**
 * Whose certificates, by whose network: counts of judged requests by the organisation of their certificates and the
 * distributor ID of the MPAN. As many organisations as are listed, one row for those in nobody's range, one for certificates
 * of several, and one for all organisations over the limit, which takes as many published lists to reach.
 */
export class Claims {
  readonly #rows = new Map<string, { readonly claim: Claim; readonly counts: Uint32Array }>();

  constructor(readonly maxOrganisations: number) {}

  add(kind: AnswerKind, decision: Decision): void {
    const { mpxn } = decision.device;
    // An MPRN has no network in its digits.
    if (mpxn?.kind !== 'mpan' || !isJudged(kind, decision)) return;
    const { counts } = this.#rowOf(claimOf(decision.certificates));
    increment(counts, 2 * Number(mpxn.distributorId) + Number(kind === 'mismatched'));
  }

  rows(): { readonly claim: Claim; readonly cells: readonly Cell[] }[] {
    return [...this.#rows.values()].map(({ claim, counts }) => ({ claim, cells: cellsOf(counts) }));
  }

  #rowOf(claim: Claim): { readonly counts: Uint32Array } {
    const known = this.#rows.get(keyOf(claim));
    if (known !== undefined) return known;
    if (claim.kind === 'listed' && this.#rows.size >= this.maxOrganisations) return this.#rowOf(others);
    const row = { claim, counts: new Uint32Array(2 * distributorIds) };
    this.#rows.set(keyOf(claim), row);
    return row;
  }
}

// No organisationId begins with an asterisk.
const keyOf = ({ kind, organisationId }: Claim): string => organisationId ?? `*${kind}`;

function claimOf(certificates: readonly Pick<CertificateFacts, 'organisation'>[]): Claim {
  const first = certificates[0]?.organisation;
  if (certificates.some(({ organisation }) => organisation?.organisationId !== first?.organisationId)) {
    return several;
  }
  return first === undefined
    ? unlisted
    : { kind: 'listed', organisationId: first.organisationId, name: first.name };
}

function cellsOf(counts: Uint32Array): Cell[] {
  const cells: Cell[] = [];
  for (let index = 0; index < distributorIds; index += 1) {
    const [matched = 0, mismatched = 0] = counts.subarray(2 * index);
    if (matched + mismatched > 0) {
      cells.push({ distributorId: String(index).padStart(2, '0'), matched, mismatched });
    }
  }
  return cells;
}
