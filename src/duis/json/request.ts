import { isJsonObject, parseJson } from '../../json.js';
import { accept, reject, type Result } from '../../rejection.js';
import type { RequestDocument } from '../service.js';
import { memberPath } from '../value-fault.js';

/** A request in JSON also says what the pipeline knows of it, which DUIS has no place for. */
export interface JsonRequest {
  readonly document: RequestDocument;
  readonly device: unknown;
  readonly userSystem: unknown;
}

/** Reads the JSON form of a request; its values are checked in readRequest. */
export function readJsonRequest(bytes: Buffer): Result<JsonRequest> {
  const parsed = parseJson(bytes);
  if (!parsed.ok) return reject(parsed.rejection.kind, `The body ${parsed.rejection.detail}.`);
  if (!isJsonObject(parsed.value)) return reject('not-schema-valid', 'The request is not a JSON object.');
  const { device, userSystem, ...content } = parsed.value;
  return accept({ document: { content, pathTo: memberPath }, device, userSystem });
}
