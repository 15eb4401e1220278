const counts = new Intl.NumberFormat('en-GB');
const shortCounts = new Intl.NumberFormat('en-GB', { notation: 'compact', maximumSignificantDigits: 2 });
const percents = new Intl.NumberFormat('en-GB', {
  style: 'percent',
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});
const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const months = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });
const times = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
  timeZone: 'Europe/London',
});
const ukDays = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'Europe/London' });

export const count = (value: number): string => counts.format(value);

/** "1.2m": for a place where the whole number would not fit. */
export const shortCount = (value: number): string => shortCounts.format(value).toLowerCase();

/** "1 meter", "2 meters". */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

/** A few of many are never told as none, nor nearly all as all. */
export function percent(share: number): string {
  if (Number.isNaN(share)) return '–';
  if (share > 0 && share < 0.0001) return '<0.01%';
  if (share < 1 && share > 0.9999) return '>99.99%';
  return percents.format(share);
}

export const day = (isoDate: string): string => days.format(new Date(isoDate));

export const month = (date: Date): string => months.format(date);

export const instant = (iso: string): string =>
  `${ukDays.format(new Date(iso))}, ${times.format(new Date(iso))}`;
