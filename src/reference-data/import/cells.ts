import type { z } from 'zod';
import { faultIn } from '../../duis/value-fault.js';
import type { Result } from '../../rejection.js';

/** A cell that was read, or what is wrong with it: the rest of a sentence, which does not quote the cell. */
export type Cell<T> = Result<T, string>;

const wrong = (rejection: string): Cell<never> => ({ ok: false, rejection });

/** Reads a cell by the schema that the list has for it, and says what a spreadsheet did to it, if that is what is wrong. */
export function readCell<T>(text: string, schema: z.ZodType<T>): Cell<T> {
  if (text === '') return wrong('is empty');
  const { data, error } = schema.safeParse(text);
  const issue = error?.issues[0];
  if (issue === undefined) return { ok: true, value: data as T };
  return wrong(spreadsheetDamage(text) ?? faultIn(issue));
}

/** What a spreadsheet does to the cells that it opens and saves. */
export function spreadsheetDamage(text: string): string | undefined {
  if (/^['\u2019]/.test(text)) {
    return 'begins with an apostrophe, which a spreadsheet puts in front of a number that is text: take it out';
  }
  if (/^[0-9]+(?:[.,][0-9]+)?E\+?[0-9]+$/i.test(text)) {
    return 'is in scientific notation, as a spreadsheet writes a long number: its last digits are lost. Take the file from its publisher again, and let no spreadsheet save it';
  }
  if (text.startsWith('#')) return 'is what a spreadsheet shows in place of a value';
  return undefined;
}

/** Reads a day, as dd/mm/yyyy (the industry's files) or as YYYY-MM-DD (ours), into YYYY-MM-DD. */
export function readDay(text: string): Cell<string> {
  const [, day, month, year] = /^([0-9]{2})\/([0-9]{2})\/([0-9]{4})$/.exec(text) ?? [];
  const iso = year === undefined ? text : [year, month, day].join('-');
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(iso)) {
    return wrong(
      /^[0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{2}$/.test(text)
        ? 'has a year of two digits: a day is dd/mm/yyyy'
        : (spreadsheetDamage(text) ?? 'must be a day, as dd/mm/yyyy'),
    );
  }
  const time = new Date(`${iso}T00:00:00Z`);
  const exists = !Number.isNaN(time.getTime()) && time.toISOString().startsWith(iso);
  return exists ? { ok: true, value: iso } : wrong('is a day that does not exist');
}

/** Reads a day that may be left out. */
export const readOptionalDay = (text: string): Cell<string | undefined> =>
  text === '' ? { ok: true, value: undefined } : readDay(text);
