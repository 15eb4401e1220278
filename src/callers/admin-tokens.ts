import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** What a token may be good for. */
export const scopes = ['metrics', 'dashboard', 'duties'] as const;

export type Scope = (typeof scopes)[number];

/** 256 bits in base64url; a guess that is better than one at a time has to read them. */
const tokenBytes = 32;

const adminToken = z.strictObject({
  name: z.string().regex(/^[0-9A-Za-z._-]{1,64}$/, 'must be up to 64 letters, digits, ".", "_" and "-"'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits in lower case'),
  scopes: z.array(z.enum(scopes)).min(1),
  expiresAt: z.iso.datetime().optional().describe('From then on it is good for nothing'),
});

export type AdminToken = Readonly<z.output<typeof adminToken>>;

const tokensFile = z
  .array(adminToken, 'it has to be a list of entries: [ENTRY, …]')
  .superRefine((tokens, context) => {
    for (const field of ['name', 'sha256'] as const) {
      tokens.forEach((token, place) => {
        if (tokens.findIndex((each) => each[field] === token[field]) < place)
          context.addIssue({ code: 'custom', path: [place, field], message: 'is that of another token' });
      });
    }
  });

/** Those who may see and do what Users may not. */
export interface AdminTokens {
  /** Whose token this is; undefined where it is nobody's, or has expired. */
  readonly holderOf: (token: string, at: Date) => AdminToken | undefined;
}

/** The file is not one of tokens. Its message has no hash in it. */
export class AdminTokensError extends Error {}

/** Reads the file of tokens. Throws an AdminTokensError. */
export function readAdminTokens(bytes: Buffer): AdminTokens {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    throw new AdminTokensError('it is not JSON');
  }
  const read = tokensFile.safeParse(value);
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => [...path, message].join(' '));
    throw new AdminTokensError(faults.join('; '));
  }
  const tokens = read.data.map((token) => ({ token, hash: Buffer.from(token.sha256, 'hex') }));
  return {
    holderOf: (presented, at) => {
      const hash = hashOf(presented);
      let found: AdminToken | undefined;
      // All of them: how long it takes tells nothing of which is close.
      for (const { token, hash: known } of tokens) if (timingSafeEqual(hash, known)) found = token;
      const hasExpired = found?.expiresAt !== undefined && new Date(found.expiresAt) <= at;
      return hasExpired ? undefined : found;
    },
  };
}

// A random token needs no salt and no slow hash: there is no list of likely ones.
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

/** A new token, which nothing keeps, and its entry for the file; undefined where the entry cannot be one. */
export function createAdminToken(
  entry: Omit<AdminToken, 'sha256'>,
): { readonly token: string; readonly entry: AdminToken } | undefined {
  const token = randomBytes(tokenBytes).toString('base64url');
  const made = adminToken.safeParse({ ...entry, sha256: hashOf(token).toString('hex') });
  return made.success ? { token, entry: made.data } : undefined;
}
