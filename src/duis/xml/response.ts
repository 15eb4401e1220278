import type { CodedDecision } from '../../validate.js';
import { duisNamespace } from './content-model.js';

/**
 * Writes the sr:Response to a request: header with the code, then the service that it answers. Not written: a
 * ResponseID and a signature, which are the DSP's to give.
 */
export function writeXmlResponse(decision: CodedDecision): string {
  const { request, code, decidedAt } = decision;
  const { requestId, service, schemaVersion } = request;
  // Every value has passed a pattern without any character that XML would have escaped.
  return `<?xml version="1.0" encoding="UTF-8"?>
<sr:Response xmlns:sr="${duisNamespace}" schemaVersion="${schemaVersion}">
  <sr:Header>
    <sr:RequestID>${requestId.text}</sr:RequestID>
    <sr:ResponseCode>${code}</sr:ResponseCode>
    <sr:ResponseDateTime>${decidedAt.toISOString()}</sr:ResponseDateTime>
  </sr:Header>
  <sr:Body>
    <sr:ResponseMessage>
      <sr:ServiceReference>${service.serviceReference}</sr:ServiceReference>
      <sr:ServiceReferenceVariant>${service.serviceReferenceVariant}</sr:ServiceReferenceVariant>
    </sr:ResponseMessage>
  </sr:Body>
</sr:Response>
`;
}
