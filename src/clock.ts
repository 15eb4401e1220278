/** The time, injected: nothing but main.ts reads the real one. */
export type Clock = () => Date;

const ukDay = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London', dateStyle: 'short' });

// Formatting takes longer than most rules, and asks the same for days.
let last = { hour: Number.NaN, day: '' };
const hourMs = 3_600_000;

/** The day in UK local time, YYYY-MM-DD: the industry's lists take effect at its midnight, summer time or not. */
export function ukDayOf(time: Date): string {
  // Since the 1970s local time has been a whole number of hours from UTC: no hour of it has two days.
  const hour = Math.floor(time.getTime() / hourMs);
  if (hour !== last.hour) last = { hour, day: ukDay.format(time) };
  return last.day;
}
