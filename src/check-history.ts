import { hash } from 'node:crypto';
import type { TrustAssessment } from './assess-trust.js';
import type { ServiceRequest } from './duis/request.js';
import type { RequestId } from './duis/simple-types.js';
import { accept, reject, type Result } from './rejection.js';
import type { RulePolicy } from './rules/evaluate.js';
import type { ReceivedCertificates } from './smki/request-certificates.js';
import type { RememberedRequest, RequestHistory } from './stores/request-history.js';

/** A request, and its certificates as they were read. */
export interface HistoricRequest {
  readonly request: ServiceRequest;
  readonly certificates: ReceivedCertificates;
}

/**
 * A RequestID names one request for good. The same content again is judged again; other content under the same
 * RequestID and kind is a conflict. A Signed Pre-Command has the RequestID of its Service Request, and must carry its
 * certificates. What is refused because it is not genuine is not remembered, and what nobody signed gives way to what
 * somebody did: either could keep the genuine request out.
 */
export async function checkHistory(
  history: RequestHistory,
  { request, certificates }: HistoricRequest,
  { flaws, signer }: Pick<TrustAssessment, 'flaws' | 'signer'>,
  refuses: RulePolicy['refuses'],
): Promise<Result<undefined>> {
  if (flaws.some(({ name }) => refuses(name, false))) return accept(undefined);

  const isPreCommand = request.gbcsCommand !== undefined;
  const summary = summaryOf(request, certificates, signer !== undefined);
  if (isPreCommand) {
    const earlier = await history.find(keyOf(request, 'request'));
    if (earlier !== undefined && earlier.certificates !== summary.certificates) {
      const detail = 'The Service Request with this RequestID carries other certificates.';
      return reject('pre-command-differs-from-request', detail);
    }
  }
  const first = await history.remember(keyOf(request, isPreCommand ? 'pre-command' : 'request'), summary);
  if (first.content === summary.content) return accept(undefined);
  return reject(
    'request-id-conflict',
    'A request with this RequestID has been here, and said something else.',
  );
}

/** By value, since a RequestID may be written in either case. */
const valueOf = ({ originator, target, counter }: RequestId): string =>
  `${originator} ${target} ${String(counter)}`;

/** Hashed, because a text that is a part of the body's would keep the whole body in memory. */
const keyOf = ({ requestId }: ServiceRequest, kind: string): string => digest([kind, valueOf(requestId)]);

function summaryOf(
  { schemaVersion, header, credentialsUpdate, gbcsCommand }: ServiceRequest,
  { replacements, path }: ReceivedCertificates,
  isSigned: boolean,
): RememberedRequest {
  const { remotePartyRole } = credentialsUpdate;
  const { precedingServiceRequestId: preceding } = header;
  // A fingerprint stands for a certificate, whose base64 is written in one way alone.
  const slots = replacements.map(
    ({ certificateType, certificate }) => `${certificateType} ${certificate.fingerprint}`,
  );
  const said =
    gbcsCommand === undefined
      ? [
          credentialsUpdate.executionDateTime,
          remotePartyRole,
          textOf(credentialsUpdate.floorSeqNumber),
          textOf(credentialsUpdate.prepaymentTopUpFloorSeqNumber),
          slots,
          path.map(({ fingerprint }) => fingerprint),
          credentialsUpdate.applyTimeBasedCpvChecks,
          credentialsUpdate.importMpxn,
        ]
      : [gbcsCommand.toString('base64')];
  return {
    // The RequestID is the key.
    content: digest([
      schemaVersion,
      header.firstInSequence,
      preceding && valueOf(preceding),
      header.commandVariant,
      header.serviceReference,
      header.serviceReferenceVariant,
      ...said,
    ]),
    certificates: digest([remotePartyRole, ...slots.toSorted()]),
    isSigned,
  };
}

const textOf = (value: bigint | undefined): string | undefined =>
  value === undefined ? undefined : String(value);

const digest = (values: readonly unknown[]): string => hash('sha256', JSON.stringify(values), 'base64');
