import { count, percent } from '../../audit/report/format.js';
import type { AnswerKind } from '../answer-kind.js';
import type { Dashboard } from '../shape.js';
import { byId, columnHead, filler, h, number } from './dom.js';
import { dayAndTime, kinds, kindWords } from './words.js';

const fillTiles = filler('tiles');
const fillComposition = filler('composition');
const fillCodes = filler('codes-body');

/** What the answers of a period come to, by kind and by code. */
export function showAnswers({ counts: { answers, since } }: Dashboard): void {
  const ofKind = (kind: AnswerKind): number =>
    answers.reduce((sum, each) => sum + (each.kind === kind ? each.count : 0), 0);
  const total = kinds.reduce((sum, kind) => sum + ofKind(kind), 0);
  fillTiles([answers, since], () => [
    tile('', 'All answers', count(total), `since ${dayAndTime(since)}`),
    ...kinds.map((kind) =>
      tile(
        kind,
        kindWords[kind],
        count(ofKind(kind)),
        total === 0 ? 'none yet' : `${percent(ofKind(kind) / total)} of all`,
      ),
    ),
  ]);
  byId('composition').classList.toggle('none', total === 0);
  fillComposition(answers, () =>
    kinds
      .filter((kind) => ofKind(kind) > 0)
      .map((kind) => {
        const part = h('span', { class: kind });
        part.style.setProperty('--part', String(ofKind(kind)));
        return part;
      }),
  );
  fillCodes(answers, () => [
    total === 0 ? h('p', { class: 'empty' }, 'No answers yet.') : codesTable(answers),
  ]);
}

const tile = (kind: string, name: string, figure: string, note: string): HTMLElement =>
  h('div', { class: kind }, h('dt', {}, name), h('dd', {}, figure), h('dd', { class: 'note' }, note));

function codesTable(answers: Dashboard['counts']['answers']): HTMLElement {
  const sorted = [...answers].sort(
    (one, other) => kinds.indexOf(one.kind) - kinds.indexOf(other.kind) || other.count - one.count,
  );
  return h(
    'table',
    {},
    h('caption', { class: 'hidden' }, 'Answers by response code'),
    h('thead', {}, h('tr', {}, columnHead('Code and meaning'), columnHead('Answers', true))),
    h(
      'tbody',
      {},
      ...sorted.map(({ kind, code, description, count: answered }) =>
        h(
          'tr',
          {},
          h(
            'th',
            { scope: 'row' },
            h('span', { class: `code ${kind}` }, code),
            h('span', { class: 'meaning' }, description),
          ),
          number(count(answered)),
        ),
      ),
    ),
  );
}
