import type { AnswerKind } from '../answer-kind.js';

/** How the page calls the kinds of answers, in the order in which it shows them. */
export const kindWords: Readonly<Record<AnswerKind, string>> = {
  accepted: 'Accepted',
  mismatched: 'Mismatched',
  refused: 'Refused otherwise',
  problem: 'Not judged',
};

export const kinds = Object.keys(kindWords) as AnswerKind[];

const clockTimes = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZone: 'Europe/London',
});
const stepTimes = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'Europe/London',
});
const stepDays = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  timeZone: 'Europe/London',
});
const moments = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'Europe/London',
  timeZoneName: 'short',
});

/** "14:03:21", in UK local time, as every time on the page. */
export const clockTime = (iso: string): string => clockTimes.format(new Date(iso));

/** "14:03". */
export const stepTime = (seconds: number): string => stepTimes.format(new Date(seconds * 1000));

/** "21 Nov". */
export const stepDay = (seconds: number): string => stepDays.format(new Date(seconds * 1000));

/** "21 Nov, 14:03". */
export const dayAndTime = (iso: string): string => {
  const seconds = Date.parse(iso) / 1000;
  return `${stepDay(seconds)}, ${stepTime(seconds)}`;
};

/** "21 November 2026 at 14:03 GMT". */
export const moment = (iso: string): string => moments.format(new Date(iso));

/** "12 s", "4 min", "3 h", "5 days". */
export function duration(seconds: number): string {
  if (seconds < 120) return `${String(Math.max(0, Math.round(seconds)))} s`;
  if (seconds < 7_200) return `${String(Math.round(seconds / 60))} min`;
  return seconds < 172_800
    ? `${String(Math.round(seconds / 3_600))} h`
    : `${String(Math.round(seconds / 86_400))} days`;
}

/** What went wrong with a poll. */
export type Failure =
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'answered'; readonly status: number; readonly detail: string | undefined };

/** What the page says of a failure, and what whoever reads it can do. */
export function failureText(failure: Failure): string {
  if (failure.kind === 'unreachable') {
    return 'The service cannot be reached. The figures are those of the last answer; the page asks again by itself.';
  }
  const { status, detail } = failure;
  const said = detail === undefined ? '' : ` It says: ${detail}`;
  switch (status) {
    case 401:
      return `The service does not know the token.${said}`;
    case 403:
      return 'The token is good, but not for the dashboard: it needs the scope “dashboard”.';
    case 404:
      return 'The dashboard of this service is switched off (DASHBOARD=off).';
    case 429:
      return 'The service is asked more often than it lets anybody ask. The page asks again by itself, later.';
    case 503:
      return `The service cannot answer now.${said} The figures are those of the last answer; the page asks again by itself.`;
    default:
      return `The service answered with HTTP ${String(status)}.${said} The page asks again by itself.`;
  }
}
