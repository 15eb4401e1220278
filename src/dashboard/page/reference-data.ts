import type { Dashboard } from '../shape.js';
import { filler, h } from './dom.js';
import { duration, moment } from './words.js';

const fill = filler('reference-data-body');

const sources = {
  lists: 'a directory of lists',
  directory: 'a directory that is published to',
  redis: 'Redis',
  persisted: 'what this replica kept on disk',
} as const;

const freshness = { current: 'current', stale: 'stale', 'too-old': 'too old' } as const;

export function showReferenceData({ referenceData }: Dashboard): void {
  fill(referenceData, () => {
    const { inForce, pending, freshness: fresh, confirmedAt, ageSeconds } = referenceData;
    const { refused, trouble, nextLapse } = referenceData;
    if (inForce === null) {
      return [
        h('p', { class: 'version' }, 'None', h('span', { class: 'tag none' }, 'nothing is judged')),
        h('p', {}, trouble ?? 'This replica has not got a data set yet that it may decide by.'),
      ];
    }
    const facts: [string, string, string?][] = [
      ['From', sources[inForce.source]],
      ['Confirmed', confirmedAt === null ? 'never' : `${duration(ageSeconds ?? 0)} ago`],
      ['Taken', moment(inForce.takenAt)],
      ['Issued', moment(inForce.issuedAt)],
      ...(inForce.expiresAt === undefined
        ? []
        : [['Expires', moment(inForce.expiresAt)] as [string, string]]),
      ...(pending === null
        ? []
        : [
            ['Next', `version ${String(pending.version)} from ${moment(pending.effectiveFrom)}`] as [
              string,
              string,
            ],
          ]),
      ...(nextLapse === null
        ? []
        : [['Lapses next', `${nextLapse.what}, ${moment(nextLapse.at)}`] as [string, string]]),
      ...(trouble === null ? [] : [['Trouble', trouble, 'warn'] as [string, string, string]]),
      ...(refused === null ? [] : [['Refused', refusedWords(refused), 'warn'] as [string, string, string]]),
    ];
    return [
      h(
        'p',
        { class: 'version' },
        `Version ${String(inForce.version)}`,
        fresh === null ? undefined : h('span', { class: `tag ${fresh}` }, freshness[fresh]),
      ),
      h(
        'dl',
        { class: 'facts' },
        ...facts.flatMap(([name, value, kind]) => [
          h('dt', {}, name),
          h('dd', kind === undefined ? {} : { class: kind }, value),
        ]),
        h('dt', {}, 'SHA-256'),
        h('dd', {}, h('code', {}, inForce.sha256)),
      ),
    ];
  });
}

function refusedWords({
  version,
  at,
  reasons,
  reasonCount,
}: NonNullable<Dashboard['referenceData']['refused']>): string {
  const which = version === null ? 'a data set' : `version ${String(version)}`;
  const more = reasonCount > 1 ? ` and ${String(reasonCount - 1)} more` : '';
  return `${which} at ${moment(at)}: ${reasons[0] ?? 'no reason told'}${more}`;
}
