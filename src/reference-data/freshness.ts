/** How far a data set can be relied on at an instant. */
export type Freshness = 'current' | 'stale' | 'too-old';

export const freshnesses = ['current', 'stale', 'too-old'] as const satisfies readonly Freshness[];

export interface FreshnessLimits {
  /** Not confirmed by its source for so long, a data set is stale: this is warned of. */
  readonly warnAfterSeconds: number;
  /** For so long, it is too old. */
  readonly tooOldAfterSeconds: number;
}

/**
 * Age is counted from when the source last said that this is the data set to decide by, and not from when it was issued:
 * lists that nobody needs to change do not go bad. One that says when it expires is too old from then on.
 */
export function freshnessOf(
  { confirmedAt, expiresAt }: { readonly confirmedAt: Date; readonly expiresAt: Date | undefined },
  limits: FreshnessLimits,
  at: Date,
): Freshness {
  const ageSeconds = (at.getTime() - confirmedAt.getTime()) / 1000;
  if ((expiresAt !== undefined && expiresAt <= at) || ageSeconds >= limits.tooOldAfterSeconds)
    return 'too-old';
  return ageSeconds >= limits.warnAfterSeconds ? 'stale' : 'current';
}
