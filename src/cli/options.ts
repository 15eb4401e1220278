import { InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';

export const instantOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((text: string): Date => {
    const at = new Date(text);
    // A day that does not exist would be another, some days later.
    if (!z.iso.datetime().safeParse(text).success) {
      throw new InvalidArgumentError('It must be an instant of UTC, such as 2027-01-01T00:00:00Z.');
    }
    return at;
  });

export const wholeNumber = (text: string): number => {
  if (!/^[1-9][0-9]{0,14}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
};

export const wholeNumberOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser(wholeNumber);

export const dayOption = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((text: string): string => {
    if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
    throw new InvalidArgumentError('It must be a day, such as 2027-01-01.');
  });
