import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { readConfig } from '../src/config.js';
import { decidingBy, type JudgingDeps, validationDeps } from '../src/dependencies.js';
import { readRequest, type ServiceRequest } from '../src/duis/request.js';
import { readXmlRequest } from '../src/duis/xml/request.js';
import { type Message, toXml } from '../src/mock-dsp/message.js';
import { packageRoot } from '../src/package-root.js';
import { buildReferenceData, loadReferenceData } from '../src/reference-data/load.js';
import type { LiveStatus } from '../src/live-reference-data.js';
import type { ReferenceData } from '../src/reference-data/snapshot.js';
import type { CallerDevice } from '../src/target-device.js';
import { type CodedDecision, hasCode, validate } from '../src/validate.js';
import { now } from './fixtures.js';

const directory = path.join(packageRoot, 'reference-data');

export const shipped = await loadReferenceData(directory);

/** What is shipped, with other files in the place of some; undefined takes one away. */
export async function shippedWith(
  files: Readonly<Record<string, Buffer | undefined>>,
): Promise<ReferenceData> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const found = new Map<string, Buffer>();
  for (const entry of names.filter((each) => each.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    found.set(path.relative(directory, file), await readFile(file));
  }
  for (const [name, bytes] of Object.entries(files)) {
    if (bytes === undefined) found.delete(name);
    else found.set(name, bytes);
  }
  // In the order in which they are read.
  return buildReferenceData(new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1))));
}

/** What the service is made of by default, or with other settings, on the lists that are shipped and the day of the fixtures. */
export const depsWith = (settings: Readonly<Record<string, string>> = {}): JudgingDeps =>
  validationDeps(readConfig(settings), decidingBy(shipped), () => now);

/** What is told of a state that is in force, and current. */
export const statusOf = (referenceData: ReferenceData): LiveStatus => ({
  inForce: {
    referenceData,
    head: { version: 1, issuedAt: '2026-06-01T00:00:00Z', effectiveFrom: '2026-06-01T00:00:00Z' },
    source: 'lists',
    takenAt: now,
  },
  pending: undefined,
  freshness: 'current',
  confirmedAt: now,
  age: 0,
  refused: undefined,
  trouble: undefined,
  nextLapse: undefined,
  lapsed: 0,
  refusals: 0,
});

export const deps = depsWith();

/** A message as the service reads it. */
export function requestOf(message: Message): ServiceRequest {
  const document = readXmlRequest(Buffer.from(toXml(message)));
  const request = document.ok ? readRequest(document.value) : document;
  if (!request.ok) throw new Error(request.rejection.detail);
  return request.value;
}

/** The decision on a message that can be judged, and has a code. */
export async function decisionOn(message: Message, device: CallerDevice = {}): Promise<CodedDecision> {
  const decision = await validate(depsWith(), requestOf(message), { device });
  if (!decision.ok) throw new Error(decision.rejection.detail);
  if (!hasCode(decision.value)) throw new Error('it has no code');
  return decision.value;
}
