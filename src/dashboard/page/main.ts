import type { Dashboard } from '../shape.js';
import { showAnswers } from './answers.js';
import { showClaims } from './claims.js';
import { fetchDashboard, type Fetched, token } from './client.js';
import { byId, onChoice, say } from './dom.js';
import { showHeadline } from './headline.js';
import { showOriginators } from './originators.js';
import { overTime } from './over-time.js';
import { showReferenceData } from './reference-data.js';
import { filterRefusals, showAllRefusals, showRefusals } from './refusals.js';
import { chooseTheme } from './theme.js';
import { clockTime, failureText, moment } from './words.js';

const pollMs = 3_000;
const pollAfterFailureMs = 10_000;

const charts = overTime();
const dialog = byId('ask') as HTMLDialogElement;
const field = byId('token') as HTMLInputElement;
const message = byId('message');

let question = { period: 'today', range: '3h' };
let last: Dashboard | undefined;
let isAsking = false;
let isAskedAnew = false;
let next: number | undefined;

/** Asks at once, or after the answer that is under way. Asks nothing while nobody looks, and without a token. */
async function poll(): Promise<void> {
  window.clearTimeout(next);
  const bearer = token.get();
  if (bearer === null || document.hidden) return;
  isAskedAnew = isAsking;
  if (isAsking) return;
  isAsking = true;
  const asked = question;
  const fetched = await fetchDashboard({ ...asked, after: last?.cursor ?? '' }, bearer);
  isAsking = false;
  // Somebody may have forgotten the token in the meantime, or chosen another.
  if (token.get() !== bearer) return;
  if (fetched.ok) show(fetched.dashboard);
  else fail(fetched);
  const wait = fetched.ok ? pollMs : Math.max(pollAfterFailureMs, (fetched.retryAfter ?? 0) * 1000);
  if (isAskedAnew || asked !== question) void poll();
  else next = window.setTimeout(() => void poll(), wait);
}

function show(dashboard: Dashboard): void {
  const isOther = last !== undefined && last.replica !== dashboard.replica;
  const isFirst = last === undefined || isOther;
  last = dashboard;
  showMessage(
    isOther
      ? 'The figures were those of another replica, or of this one before it started again. Where the address leads to several replicas, open one by its own.'
      : undefined,
    isOther,
  );
  connection('live', 'Live');
  say('updated', `at ${clockTime(dashboard.now)}`);
  say('replica', `Dashboard of replica ${dashboard.replica}, since ${moment(dashboard.startedAt)}`);
  say(
    'about-replica',
    `This replica, since it started at ${clockTime(dashboard.startedAt)} (${moment(dashboard.startedAt)}). Another replica has counts of its own, and a start begins them anew.`,
  );
  showHeadline(dashboard);
  charts.show(dashboard);
  showAnswers(dashboard);
  showOriginators(dashboard);
  showReferenceData(dashboard);
  showClaims(dashboard);
  showRefusals(dashboard, isFirst);
  byId('main').setAttribute('aria-busy', 'false');
  byId('forget').hidden = false;
}

function fail({ failure }: Extract<Fetched, { readonly ok: false }>): void {
  const text = failureText(failure);
  const isOfToken = failure.kind === 'answered' && (failure.status === 401 || failure.status === 403);
  connection('lost', failure.kind === 'unreachable' ? 'Connection lost' : 'Not answered');
  showMessage(text);
  if (!isOfToken) return;
  token.forget();
  ask(text);
}

// What tells of another replica stays until something else is to be told: the next answer would take it away unread.
let isNotice = false;

function showMessage(text: string | undefined, notice = false): void {
  if (text === undefined && isNotice) return;
  isNotice = notice;
  message.hidden = text === undefined;
  if (text !== undefined && message.textContent !== text) message.textContent = text;
}

function connection(kind: 'live' | 'lost' | 'paused', text: string): void {
  byId('connection').className = kind;
  say('connection', text);
}

function ask(reason?: string): void {
  window.clearTimeout(next);
  if (reason !== undefined) say('ask-reason', reason);
  if (!dialog.open) dialog.showModal();
  field.focus();
}

byId('ask-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const value = field.value.trim();
  if (value === '') return;
  token.set(value);
  field.value = '';
  dialog.close();
  message.hidden = true;
  void poll();
});
byId('forget').addEventListener('click', () => {
  token.forget();
  // Nothing of it stays in the page either.
  location.reload();
});
// Whoever closes it without a token still finds the way back.
dialog.addEventListener('close', () => {
  if (token.get() !== null) return;
  const again = byId('forget');
  again.hidden = false;
  again.textContent = 'Enter token';
  connection('paused', 'Waiting for a token');
});
document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    window.clearTimeout(next);
    if (last !== undefined) connection('paused', 'Paused');
  } else void poll();
});
window.addEventListener('online', () => void poll());
onChoice('period', (period) => {
  question = { ...question, period };
  void poll();
});
onChoice('range', (range) => {
  question = { ...question, range };
  void poll();
});
onChoice('refusal-kind', filterRefusals);
showAllRefusals(byId('more'));
chooseTheme(byId('theme'), charts.redraw);

if (token.get() === null) ask();
else void poll();
