import { accept, reject, type Result } from '../../rejection.js';
import type { RequestDocument } from '../request.js';

/** A request in JSON also says what is known of the target device, which DUIS has no place for. */
export interface JsonRequest {
  readonly document: RequestDocument;
  readonly device: unknown;
}

/** Reads the JSON form of a request. RFC 8259 leaves repeated names open; here they are refused, at any depth. */
export function readJsonRequest(body: Buffer): Result<JsonRequest> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return reject('malformed-body', 'The body is not UTF-8.');
  }
  let value: unknown;
  let members = 0;
  try {
    value = JSON.parse(text, (_, inner: unknown) => {
      if (isObject(inner)) members += Object.keys(inner).length;
      return inner;
    });
  } catch {
    return reject('malformed-body', 'The body is not well-formed JSON.');
  }
  if (members !== countNames(text))
    return reject('malformed-body', 'The body has a member name twice in one object.');
  if (!isObject(value)) return reject('not-schema-valid', 'The body is not a JSON object.');
  const { device, ...document } = value;
  if (!isObject(document.body)) return reject('not-schema-valid', 'body: must be an object.');
  return accept({ document: document as unknown as RequestDocument, device });
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** In well-formed JSON, a string before a colon is a member name. Those that parsing kept fewer of came twice. */
function countNames(text: string): number {
  let names = 0;
  for (const [, colon] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"\s*(:)?/g))
    if (colon !== undefined) names += 1;
  return names;
}
