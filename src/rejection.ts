/**
 * Why something cannot be judged, and the one kind of answer to a refusal without a response code. A refusal that has
 * one is not one of these: it is a Decision. DUIS publishes no code for these, so that they become problem details
 * (RFC 9457), of which status and title are a part.
 */
export const rejectionKinds = {
  'malformed-request': {
    status: 400,
    title: 'Bad Request',
    meaning:
      'The request is not HTTP: its request line or a header cannot be read, or the body is not as long as they say.',
  },
  'malformed-body': {
    status: 400,
    title: 'The body is not well-formed',
    meaning:
      'The body is not UTF-8, not well-formed XML 1.0 with namespaces, or not well-formed JSON with unique member names.',
  },
  'forbidden-xml-construct': {
    status: 400,
    title: 'The XML uses a construct that is never accepted',
    meaning:
      'A document type declaration, a processing instruction, a comment inside a value, or more elements, attributes or nesting than any Service Request has.',
  },
  'not-schema-valid': {
    status: 400,
    title: 'The request is not valid against the DUIS schema',
    meaning:
      'An element or member is missing, unknown, repeated, in the wrong place, or has a value outside its type.',
  },
  'invalid-device-type': {
    status: 400,
    title: 'The Device Type is not one that DUIS knows',
    meaning: 'What the caller says of the target device names no Device Type.',
  },
  'invalid-device': {
    status: 400,
    title: 'The device is not named by an EUI-64',
    meaning: 'A device is named by eight octets in hexadecimal, in either case, with hyphens between them.',
  },
  'invalid-mpxn': {
    status: 400,
    title: 'The MPxN is neither an MPAN nor an MPRN',
    meaning:
      'An MPAN core has 13 digits (a full supply number ends with it), an MPRN has up to 10. Leave the MPxN out where it is not known.',
  },
  'invalid-user-system': {
    status: 400,
    title: 'The User System is not named as one',
    meaning:
      'The pipeline names the User System that a request came through with up to 64 letters, digits, dots, hyphens and underscores, or not at all.',
  },
  'device-stated-twice': {
    status: 400,
    title: 'The target device is described in two places',
    meaning:
      'A JSON request describes its target device in its device member, and names the User System in userSystem; the DCC-Device-Type, DCC-Import-MPxN and DCC-User-System headers go with XML.',
  },
  unauthenticated: {
    status: 401,
    title: 'It is not known who asks',
    meaning:
      'This path takes a bearer token (RFC 6750): Authorization: Bearer, and the token. There is none, it is not known, or it has expired; or the service has no tokens (ADMIN_TOKENS_FILE), and then nobody is let in.',
  },
  forbidden: {
    status: 403,
    title: 'Who asks may not',
    meaning:
      'The token is good, and not for this path. WWW-Authenticate names the scope that it would have to have.',
  },
  'client-not-allowed': {
    status: 403,
    title: 'The client is not one that is let in',
    meaning:
      'The certificate of the client is genuine, and none of its names is among those that the service lets in (TLS_CLIENT_NAMES).',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing at this path',
    meaning: 'openapi.yaml has the paths, and so has /docs, unless it is switched off (DOCS).',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This path does not take this method',
    meaning: 'The Allow header names the methods that it takes.',
  },
  'not-acceptable': {
    status: 406,
    title: 'The answer exists in no media type that the caller accepts',
    meaning: 'Answers exist as application/xml and application/json.',
  },
  'request-timeout': {
    status: 408,
    title: 'Request Timeout',
    meaning:
      'The headers did not come within HEADERS_TIMEOUT_MS, or not the whole request within REQUEST_TIMEOUT_MS. It was not judged, and may be sent again over another connection.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is over the size limit',
    meaning:
      'The limit is a setting of the service (BODY_LIMIT_BYTES); no DUIS request of these services comes near it.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is in a media type that the service does not read',
    meaning: 'Requests are application/xml or application/json, in UTF-8.',
  },
  'headers-too-large': {
    status: 431,
    title: 'Request Header Fields Too Large',
    meaning: 'Request line and headers are together longer than a setting of the service (MAX_HEADER_BYTES).',
  },
  'rate-limited': {
    status: 429,
    title: 'The client calls more often than it may',
    meaning:
      'In a minute the client has sent more requests than RATE_LIMIT_PER_MINUTE, or had more refused as unauthenticated than FAILED_AUTHENTICATIONS_PER_MINUTE; the detail says which. A client is known by its certificate, or else by its address. The request was not looked at, and may be sent again, as it is, after the seconds in Retry-After.',
  },
  'service-mismatch': {
    status: 422,
    title: 'Header and body name different services',
    meaning:
      'The Service Reference, the Service Reference Variant and the element in the body must all name one service.',
  },
  'unsupported-service-reference-variant': {
    status: 422,
    title: 'The Service Reference Variant is not one that this service checks',
    meaning: 'The service checks 6.15.1, 6.21 and 6.23.',
  },
  'unsupported-schema-version': {
    status: 422,
    title: 'The schemaVersion is not one that this service reads',
    meaning: 'The service reads DUIS V5.x.',
  },
  'unsupported-command-variant': {
    status: 422,
    title: 'The Command Variant does not go with the service',
    meaning: 'The schema lets any Command Variant from 1 to 9 through; each service has its own.',
  },
  'no-replacement-certificate': {
    status: 422,
    title: 'The request replaces no certificate',
    meaning:
      'The schema lets a 6.15.1 without replacement certificates through; there is nothing to judge in it.',
  },
  'mpxn-not-of-device-type': {
    status: 422,
    title: 'The MPxN cannot be that of the target device',
    meaning: 'The target device is an ESME, but its import MPxN is an MPRN, which only gas has.',
  },
  'certificate-not-base64': {
    status: 422,
    title: 'A certificate is not base64',
    meaning:
      'A certificate element is empty, holds characters outside the base64 alphabet, or is wrongly padded.',
  },
  'certificate-not-der': {
    status: 422,
    title: 'A certificate is not canonical DER',
    meaning:
      'The bytes are not ASN.1 in its distinguished encoding, have bytes after the end, or are far larger than any SMKI certificate.',
  },
  'certificate-not-x509': {
    status: 422,
    title: 'A certificate is not an X.509 certificate',
    meaning: 'The bytes are DER, but not the structure of an X.509 v3 certificate (RFC 5280 section 4.1).',
  },
  'certificate-not-smki': {
    status: 422,
    title: 'A certificate does not have the shape of its SMKI profile',
    meaning:
      'A replacement certificate must have what an SMKI Organisation Certificate is read by: a P-256 key, the role in OU, the Entity Identifier in 2.5.4.45, a key usage; a path certificate, a P-256 key and a role. The rest of the profile, and that it is genuine, is judged in findings.',
  },
  'gbcs-payload-malformed': {
    status: 422,
    title: 'The GBCS payload is not one that updates security credentials',
    meaning:
      'The payload is not base64 of a GBCS frame that holds a CS02b command in canonical DER, or is far larger than any. Its signature and its MAC are not checked.',
  },
  'gbcs-payload-contradicts-itself': {
    status: 422,
    title: 'The GBCS payload contradicts itself',
    meaning:
      'The originator counter inside is not that of the frame, the message code is not that of the replacement mode, or one cell gets two certificates.',
  },
  'gbcs-payload-not-of-request': {
    status: 422,
    title: 'The GBCS payload is that of another request',
    meaning:
      'Originator, target and counter inside the payload of a Signed Pre-Command repeat its RequestID, and must equal it.',
  },
  'gbcs-remote-party-unclear': {
    status: 422,
    title: 'The GBCS payload does not name one Remote Party',
    meaning:
      'The Trust Anchor Cells that it fills are of several Remote Parties, or of one that DUIS has no word for, such as the WAN provider.',
  },
  'request-id-conflict': {
    status: 409,
    title: 'The RequestID belongs to another request',
    meaning:
      'A request with this RequestID has been judged before, and said something else. The same request again is judged again. How long a RequestID is remembered is a setting (REQUEST_HISTORY_SECONDS).',
  },
  'pre-command-differs-from-request': {
    status: 409,
    title: 'The Signed Pre-Command carries other certificates than its Service Request',
    meaning:
      'A Signed Pre-Command has the RequestID of its Service Request, and puts its certificates into the same places.',
  },
  'refused-without-code': {
    status: 422,
    title: 'The request is refused, and DUIS publishes no code for the reason',
    meaning:
      'The certificates, the signature or the sender failed a check that is enforced, or a rule failed that is configured to refuse, and the response-code list has no code for it in this service. The detail names it; the findings, which the problem has in JSON, say why.',
  },
  'reference-data-unavailable': {
    status: 503,
    title: 'There is no reference data to judge by',
    meaning:
      'The service has started, and has not got a data set yet that it may decide by. GET /health/ready says what it waits for. Ask again.',
  },
  'reference-data-too-old': {
    status: 503,
    title: 'The reference data is too old to judge by',
    meaning:
      'The data set has expired, or its source has not confirmed it for longer than REFERENCE_DATA_TOO_OLD_SECONDS, and the service is configured to refuse then. Ask again.',
  },
  'store-unavailable': {
    status: 503,
    title: 'A store that the service needs cannot be asked',
    meaning:
      'The device registry or the history of requests did not answer, or not in time; the detail says which. The request was not judged, and may be sent again, as it is, after the seconds in Retry-After. A setting (DEVICE_REGISTRY_UNAVAILABLE=accept) has requests judged without the device registry.',
  },
  overloaded: {
    status: 503,
    title: 'The service has more to do than it can do in time',
    meaning:
      'The request was turned away before its body was looked at, because the service is late (MAX_EVENT_LOOP_DELAY_MS), short of memory (MAX_MEMORY_PERCENT), or judges as many requests as it may (MAX_REQUESTS_IN_FLIGHT). It was not judged, and may be sent again, as it is, after the seconds in Retry-After, which differ so that not all come back at once.',
  },
  'internal-error': {
    status: 500,
    title: 'The service failed',
    meaning: 'The failure is logged under the id in instance. The request was not judged.',
  },
} as const satisfies Record<string, { status: number; title: string; meaning: string }>;

export type RejectionKind = keyof typeof rejectionKinds;

/** What cannot be judged: a kind with a stable name, and one sentence on this case, free of personal data. */
export interface Rejection {
  readonly kind: RejectionKind;
  readonly detail: string;
}

export type Result<T, R = Rejection> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly rejection: R };

export const accept = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const reject = (
  kind: RejectionKind,
  detail: string,
): { readonly ok: false; readonly rejection: Rejection } => ({ ok: false, rejection: { kind, detail } });

/** Leaves a parser's callbacks or a deep walk at the first thing wrong. Whoever starts the walk catches it. */
export class Defect extends Error {
  constructor(
    readonly kind: RejectionKind,
    message: string,
  ) {
    super(message);
  }
}

/** Runs a walk that may end in a Defect, and makes a Rejection of it. Anything else that is thrown goes on. */
export function catchDefect<T>(walk: () => T): Result<T> {
  try {
    return accept(walk());
  } catch (error) {
    if (error instanceof Defect) return reject(error.kind, error.message);
    throw error;
  }
}
