/** The time, injected: nothing but main.ts reads the real one. */
export type Clock = () => Date;

const ukDay = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London', dateStyle: 'short' });

/** The day in UK local time, YYYY-MM-DD: the industry's lists take effect at its midnight, summer time or not. */
export const ukDayOf = (time: Date): string => ukDay.format(time);
