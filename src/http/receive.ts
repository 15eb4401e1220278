import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { readJsonRequest } from '../duis/json/request.js';
import type { RequestDocument } from '../duis/service.js';
import { describeFault, memberPath } from '../duis/value-fault.js';
import { readSignedXmlRequest, readXmlRequest, type SignedRequest } from '../duis/xml/request.js';
import { userSystemPattern } from '../reference-data/lists/user-systems.js';
import { accept, reject, type Result } from '../rejection.js';
import type { Accompaniment } from '../validate.js';

/** What a JSON request says of its target device. Whether the values are such is judged with the device. */
export const deviceSchema = z.strictObject({
  deviceType: z.string().optional(),
  importMpxn: z.string().max(64).optional(),
});

const deviceOrNothing = deviceSchema.optional();

/** The User System that a request came through, as in the list of these. */
export const userSystemSchema = z
  .string()
  .regex(userSystemPattern, 'must be up to 64 letters, digits, ".", "_" and "-"');

/** A request as it came, in one of the two media types. */
export interface Arrival {
  readonly isXml: boolean;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Received extends Accompaniment {
  readonly document: RequestDocument;
}

/** Reads a request, and what comes with it. The values of the request are not checked yet. */
export const receive = (arrival: Arrival, looksIntoSignature: boolean): Result<Received> =>
  arrival.isXml ? receiveXml(arrival, looksIntoSignature) : receiveJson(arrival);

/** What the pipeline knows of a request in XML, which DUIS has no place for. */
export const pipelineHeaders = ['dcc-device-type', 'dcc-import-mpxn', 'dcc-user-system'] as const;

function receiveXml({ headers, body }: Arrival, looksIntoSignature: boolean): Result<Received> {
  const userSystem = readUserSystem(only(headers['dcc-user-system']));
  if (!userSystem.ok) return userSystem;
  const signed = looksIntoSignature ? readSignedXmlRequest(body) : withoutSignature(readXmlRequest(body));
  if (!signed.ok) return signed;
  const { document, signature } = signed.value;
  const device = {
    deviceType: only(headers['dcc-device-type']),
    importMpxn: only(headers['dcc-import-mpxn']),
  };
  return accept({ document, signature, device, userSystem: userSystem.value });
}

const withoutSignature = (document: Result<RequestDocument>): Result<SignedRequest> =>
  document.ok ? accept({ document: document.value, signature: undefined }) : document;

/** Node joins a header that comes twice with a comma, which then is no device type and no MPxN. */
const only = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(', ') : header;

/** JSON has no signature, so that XML_SIGNATURE=require refuses all of it. */
function receiveJson({ headers, body }: Arrival): Result<Received> {
  if (pipelineHeaders.some((name) => headers[name] !== undefined)) {
    return reject(
      'device-stated-twice',
      'The headers DCC-Device-Type, DCC-Import-MPxN and DCC-User-System go with XML alone.',
    );
  }
  const read = readJsonRequest(body);
  if (!read.ok) return read;
  const device = deviceOrNothing.safeParse(read.value.device);
  if (!device.success) {
    const detail = describeFault(device.error, deviceSchema, (type, path) =>
      memberPath(type, ['device', ...path]),
    );
    return reject('not-schema-valid', detail);
  }
  const userSystem = readUserSystem(read.value.userSystem);
  if (!userSystem.ok) return userSystem;
  return accept({
    document: read.value.document,
    device: device.data ?? {},
    userSystem: userSystem.value,
  });
}

function readUserSystem(said: unknown): Result<string | undefined> {
  if (said === undefined) return accept(undefined);
  const read = userSystemSchema.safeParse(said);
  return read.success
    ? accept(read.data)
    : reject(
        'invalid-user-system',
        'The User System is not up to 64 letters, digits, dots, hyphens and underscores.',
      );
}
