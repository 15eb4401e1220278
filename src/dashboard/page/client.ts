import type { Dashboard } from '../shape.js';
import type { Failure } from './words.js';

const key = 'dashboard-token';

/** In this tab, until it is closed: no other tab has it, nothing keeps it, and no URL or cookie carries it. */
export const token = {
  get: (): string | null => sessionStorage.getItem(key),
  set: (value: string): void => {
    sessionStorage.setItem(key, value);
  },
  forget: (): void => {
    sessionStorage.removeItem(key);
  },
};

export type Fetched =
  | { readonly ok: true; readonly dashboard: Dashboard }
  | {
      readonly ok: false;
      readonly failure: Failure;
      /** After how many seconds the service wants to be asked again, where it says so. */
      readonly retryAfter: number | undefined;
    };

const timeoutMs = 10_000;

/** Asks the service once. Never throws. */
export async function fetchDashboard(
  question: Readonly<Record<'period' | 'range' | 'after', string>>,
  bearer: string,
): Promise<Fetched> {
  try {
    const response = await fetch(`/v1/dashboard?${new URLSearchParams(question).toString()}`, {
      headers: { authorization: `Bearer ${bearer}`, accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
      cache: 'no-store',
    });
    if (response.ok) return { ok: true, dashboard: (await response.json()) as Dashboard };
    const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
    return {
      ok: false,
      failure: { kind: 'answered', status: response.status, detail: await detailOf(response) },
      retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
    };
  } catch {
    return { ok: false, failure: { kind: 'unreachable' }, retryAfter: undefined };
  }
}

/** Of problem details; something between the page and the service may answer with anything else. */
async function detailOf(response: Response): Promise<string | undefined> {
  try {
    const { detail } = (await response.json()) as { readonly detail?: unknown };
    return typeof detail === 'string' ? detail : undefined;
  } catch {
    return undefined;
  }
}
