import { count } from '../../audit/report/format.js';
import type { Dashboard } from '../shape.js';
import { byId, h } from './dom.js';
import { clockTime, moment } from './words.js';

type Refusal = Dashboard['refusals'][number];

// Of each kind, as many as the service keeps: what it has dropped, the page drops.
const kept = 60;

let shown: { readonly refusal: Refusal; readonly item: HTMLElement }[] = [];
let filter = 'all';

// So many fit a screen; the others are asked for.
const shownAtFirst = 12;
let isAllShown = false;

/** Puts those that are new on top. What somebody has opened stays open. */
export function showRefusals({ refusals }: Dashboard, isFirst: boolean): void {
  if (isFirst) shown = [];
  const added = refusals.map((refusal) => ({ refusal, item: itemOf(refusal, !isFirst) }));
  const all = [...added, ...shown];
  const places = { mismatched: 0, refused: 0 };
  shown = all.filter(({ refusal: { kind } }) => (places[kind] += 1) <= kept);
  const list = byId('refusals-list');
  if (isFirst) list.replaceChildren();
  list.prepend(...added.map(({ item }) => item));
  for (const { item } of all) if (!shown.some((each) => each.item === item)) item.remove();
  applyFilter();
}

/** Shows those of one kind, or all. */
export function filterRefusals(kind: string): void {
  filter = kind;
  applyFilter();
}

/** Has a button show all of them, and not the first few alone. */
export function showAllRefusals(button: HTMLElement): void {
  button.addEventListener('click', () => {
    isAllShown = true;
    applyFilter();
    // It is gone, and so would be the place that the keyboard was at.
    const visible = shown.filter(({ item }) => !item.hidden);
    visible[shownAtFirst]?.item.querySelector('summary')?.focus();
  });
}

function applyFilter(): void {
  const chosen = shown.filter(({ refusal: { kind } }) => filter === 'all' || kind === filter);
  const visible = new Set(chosen.slice(0, isAllShown ? chosen.length : shownAtFirst));
  for (const each of shown) each.item.hidden = !visible.has(each);
  byId('refusals-empty').hidden = chosen.length > 0;
  const more = byId('more');
  more.hidden = chosen.length === visible.size;
  more.textContent = `Show all ${count(chosen.length)}`;
}

function itemOf(refusal: Refusal, isNew: boolean): HTMLElement {
  const { at, code, kind, originator, originatorName, findings, description } = refusal;
  const deciding = findings.find(({ effect }) => effect === 'refuse') ?? findings[0];
  const details = h(
    'details',
    {},
    h(
      'summary',
      {},
      h('time', { datetime: at, title: moment(at) }, clockTime(at)),
      h('span', { class: `code ${kind}` }, code),
      h('span', { class: 'from' }, originatorName ?? originator),
      h('span', { class: 'why' }, deciding?.got ?? description),
    ),
  );
  // Most are never opened.
  details.addEventListener(
    'toggle',
    () => {
      details.append(record(refusal));
    },
    { once: true },
  );
  return h('li', { class: isNew ? `${kind} new` : kind }, details);
}

function record({ id, requestId, serviceReferenceVariant, description, findings }: Refusal): HTMLElement {
  return h(
    'div',
    { class: 'record' },
    h('p', {}, description),
    ...findings.map(({ rule, effect, requirement, got, wanted }) =>
      h(
        'div',
        { class: 'finding' },
        h('h3', {}, rule, h('span', { class: 'effect' }, effect === 'refuse' ? ' · refuses' : ' · advises')),
        h('p', {}, requirement),
        h(
          'dl',
          { class: 'facts' },
          h('dt', {}, 'Found'),
          h('dd', {}, got),
          h('dt', {}, 'Wanted'),
          h('dd', {}, wanted),
        ),
      ),
    ),
    h(
      'dl',
      { class: 'facts' },
      h('dt', {}, 'Service'),
      h('dd', {}, serviceReferenceVariant),
      h('dt', {}, 'RequestID'),
      h('dd', {}, h('code', {}, requestId)),
      h('dt', {}, 'X-Request-Id'),
      h('dd', {}, h('code', {}, id)),
    ),
  );
}
