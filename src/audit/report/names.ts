import type { AuditSummary } from '../summary.js';

export type Group = AuditSummary['suppliers'][number];

/** How the groups of one kind are called. */
export interface Kind {
  readonly one: string;
  readonly many: string;
  /** What stands for the empty key. */
  readonly none: string;
  /** Whether the key says something beside the name. */
  readonly showsKey: boolean;
}

export const nameOf = ({ key, name }: Group, { none, showsKey }: Kind): string => {
  if (key === '') return none;
  if (name === null) return key;
  return showsKey ? `${key} ${name}` : name;
};

/** By organisationId. */
export function organisationNames({
  organisations,
}: AuditSummary): (organisationId: string, none: string) => string {
  const names = new Map(organisations.map(({ organisationId, name }) => [organisationId, name]));
  return (organisationId, none) =>
    organisationId === '' ? none : (names.get(organisationId) ?? organisationId);
}

/** The same everywhere, whatever the locale of the machine. */
export const byName = new Intl.Collator('en-GB', { numeric: true }).compare;
