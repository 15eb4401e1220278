import { count, counted, percent } from '../../audit/report/format.js';
import type { Dashboard } from '../shape.js';
import { columnHead, filler, h, number } from './dom.js';

type Counts = Dashboard['counts']['originators']['unlisted'];

const fill = filler('originators-body');

/** Listed Users with the most mismatches first, then all others, so that the columns add up. */
export function showOriginators({ counts: { originators } }: Dashboard): void {
  fill(originators, () => {
    const { top, others, unlisted } = originators;
    const all = [...top, others, unlisted];
    if (all.every(({ decisions }) => decisions === 0))
      return [h('p', { class: 'empty' }, 'No decisions yet.')];
    const most = Math.max(...all.map(({ mismatched }) => mismatched));
    const row = (head: HTMLElement, counts: Counts, isRest = false): HTMLElement =>
      h(
        'tr',
        isRest ? { class: 'rest' } : {},
        head,
        h('td', { class: 'bar-cell' }, bar(counts.mismatched, most)),
        number(counts.judged === 0 ? '–' : percent(counts.mismatched / counts.judged)),
        number(count(counts.judged)),
        number(count(counts.refused)),
        number(count(counts.decisions)),
      );
    return [
      h(
        'table',
        {},
        h('caption', { class: 'hidden' }, 'Users by mismatches'),
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            columnHead('Business Originator'),
            columnHead('Mismatched'),
            columnHead('Share', true),
            columnHead('Judged', true),
            columnHead('Refused otherwise', true),
            columnHead('Decisions', true),
          ),
        ),
        h(
          'tbody',
          {},
          ...top.map((each) =>
            row(
              h(
                'th',
                { scope: 'row', class: 'who' },
                each.name ?? 'No longer listed',
                h('code', {}, each.entityIdentifier),
              ),
              each,
            ),
          ),
          ...(others.decisions === 0
            ? []
            : [row(h('th', { scope: 'row' }, counted(others.originators, 'other User')), others, true)]),
          ...(unlisted.decisions === 0
            ? []
            : [row(h('th', { scope: 'row' }, 'Whoever is in no list of Users'), unlisted, true)]),
        ),
      ),
    ];
  });
}

function bar(mismatched: number, most: number): HTMLElement {
  const drawn = h('span', { 'aria-hidden': 'true' });
  drawn.style.setProperty('--of', String(most === 0 ? 0 : mismatched / most));
  return h('div', { class: mismatched === 0 ? 'bar-of none' : 'bar-of' }, drawn, count(mismatched));
}
