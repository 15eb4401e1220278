import type { z } from 'zod';

/** How the place of a value is written for a caller: by elements in XML, by members in JSON. */
export type PathNotation = (type: z.ZodType, path: readonly PropertyKey[]) => string;

export const memberPath: PathNotation = (_, path) => path.map(String).join('.');

// A hostile request may have thousands of members that are not known.
const maxDetailLength = 300;

/** One sentence on the first thing that a schema finds wrong: where it is, and what is wrong there. */
export function describeFault(error: z.ZodError, type: z.ZodType, pathTo: PathNotation): string {
  const [first = ''] = error.issues.map((issue) => {
    const place = pathTo(type, issue.path);
    return `${place === '' ? 'The request' : `${place}:`} ${faultIn(issue)}`;
  });
  return `${first.slice(0, maxDetailLength)}.`;
}

/** What is wrong, in words that a reader of the message knows. */
export function faultIn(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return `has a member that is not known, ${issue.keys.map(nameToShow).join(', ')}`;
  }
  return issue.message.endsWith('received undefined') ? 'is missing' : issue.message;
}

/** A name that the caller chose: shown where it could be one of DUIS, since any other could hold an MPAN. */
export const nameToShow = (name: string): string =>
  /^[A-Za-z]{1,64}$/.test(name) ? name : 'whose name is not of letters alone';
