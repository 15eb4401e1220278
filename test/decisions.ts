import path from 'node:path';
import { readRequest, type ServiceRequest } from '../src/duis/request.js';
import { readXmlRequest } from '../src/duis/xml/request.js';
import { type Message, toXml } from '../src/mock-dsp/message.js';
import { packageRoot } from '../src/package-root.js';
import { loadReferenceData } from '../src/reference-data/load.js';
import { certificateReader } from '../src/smki/request-certificates.js';
import { memoryDeviceStore } from '../src/stores/memory-device-store.js';
import type { CallerDevice } from '../src/target-device.js';
import { type CodedDecision, hasCode, validate, type ValidationDeps } from '../src/validate.js';
import { now } from './fixtures.js';

export const shipped = await loadReferenceData(path.join(packageRoot, 'reference-data'));

/** What the service is made of, on the lists that are shipped and the day of the fixtures. */
export const deps: ValidationDeps = {
  referenceData: () => shipped,
  deviceStore: memoryDeviceStore(shipped.devices),
  readCertificates: certificateReader(100),
  alwaysRefuses: () => false,
  clock: () => now,
};

/** A message as the service reads it. */
export function requestOf(message: Message): ServiceRequest {
  const document = readXmlRequest(Buffer.from(toXml(message)));
  const request = document.ok ? readRequest(document.value) : document;
  if (!request.ok) throw new Error(request.rejection.detail);
  return request.value;
}

/** The decision on a message that can be judged, and has a code. */
export async function decisionOn(message: Message, device: CallerDevice = {}): Promise<CodedDecision> {
  const decision = await validate(deps, requestOf(message), device);
  if (!decision.ok) throw new Error(decision.rejection.detail);
  if (!hasCode(decision.value)) throw new Error('it has no code');
  return decision.value;
}
