import { count, counted, percent } from '../../audit/report/format.js';
import { shareOf } from '../../audit/report/share.js';
import type { Dashboard } from '../shape.js';
import { byId, say } from './dom.js';
import { tenth } from './series.js';

// The meter ends at twice the tenth.
const fullMeter = 2 * tenth;

export function showHeadline({ today }: Dashboard): void {
  const { value, low, high, judged, mismatched } = shareOf(today.mismatched, today.judged);
  const isNone = judged === 0;
  const side = value > tenth ? 'above' : 'below';
  const figure = byId('share');
  figure.className = `share ${isNone ? '' : side}`;
  figure.replaceChildren(isNone ? '–' : percent(value));
  say(
    'headline-text',
    isNone
      ? 'Nothing has been judged today'
      : `${count(mismatched)} of ${counted(judged, 'request')} judged today carried the wrong Network Operator’s certificate`,
  );
  say(
    'headline-note',
    isNone
      ? 'No decisions yet. The share of mismatches appears with the first request whose certificates can be held against an operator.'
      : `${comparison(low, high, side)} The 95% interval is ${percent(low)} to ${percent(high)}.`,
  );
  const fill = byId('meter-fill');
  fill.className = isNone ? '' : side;
  fill.style.setProperty('--at', `${String(isNone ? 0 : Math.min(1, value / fullMeter) * 100)}%`);
  const before = today.yesterday;
  say(
    'yesterday',
    before === null || before.judged === 0
      ? ''
      : `Yesterday ${percent(before.mismatched / before.judged)}, ${count(before.mismatched)} of ${count(before.judged)}.`,
  );
}

function comparison(low: number, high: number, side: string): string {
  if (high < tenth) return 'Below the tenth that are wrong without a check.';
  if (low > tenth) return 'Above the tenth that are wrong without a check.';
  return `${side === 'above' ? 'Above' : 'Below'} the tenth that are wrong without a check, by no more than chance.`;
}
