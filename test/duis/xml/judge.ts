import { readRequest, type ServiceRequest } from '../../../src/duis/request.js';
import { readSignedXmlRequest, readXmlRequest, type SignedRequest } from '../../../src/duis/xml/request.js';
import { buildPki, testSmki } from '../../../src/mock-dsp/pki.js';
import { type XmlSigner, xmlSignerOf } from '../../../src/mock-dsp/xml-signature.js';
import { accept, type Result } from '../../../src/rejection.js';
import { isRefusal } from '../../../src/rules/evaluate.js';
import { type Decision, validate, type ValidationDeps } from '../../../src/validate.js';
import { depsWith } from '../../decisions.js';
import { euis, now } from '../../fixtures.js';

export type SignatureMode = 'require' | 'verify-if-present' | 'off';

/** Of the list that is shipped, whose keys are those of the test SMKI. */
export const listedSigner = (entityIdentifier: string): XmlSigner =>
  xmlSignerOf(buildPki(testSmki, now).issue({ role: '87', entityIdentifier }, 'digitalSignature'));

export const signer = listedSigner(euis.supplier);

/** Each document is judged as if it were the first. */
const requestHistory: ValidationDeps['requestHistory'] = {
  find: () => Promise.resolve(undefined),
  remember: (_, request) => Promise.resolve(request),
};
const depsOf = (mode: SignatureMode): ValidationDeps => ({
  ...depsWith({ XML_SIGNATURE: mode }),
  requestHistory,
});
const deps = {
  require: depsOf('require'),
  'verify-if-present': depsOf('verify-if-present'),
  off: depsOf('off'),
};

const esmeOf12 = { deviceType: 'ESME', importMpxn: '1200023305967' };

/** What the service says of a document. */
export async function judge(
  xml: string | Buffer,
  mode: SignatureMode = 'verify-if-present',
): Promise<Result<Decision>> {
  const read = mode === 'off' ? readUnlooked(Buffer.from(xml)) : readSignedXmlRequest(Buffer.from(xml));
  if (!read.ok) return read;
  const request = readRequest(read.value.document);
  if (!request.ok) return request;
  const { signature } = read.value;
  return validate(deps[mode], request.value, { device: esmeOf12, signature });
}

function readUnlooked(xml: Buffer): Result<SignedRequest> {
  const document = readXmlRequest(xml);
  return document.ok ? accept({ document: document.value, signature: undefined }) : document;
}

/** In a word: accepted, the kind of a rejection, or the findings that refuse. */
export const wordOf = (judged: Result<Decision>): string =>
  !judged.ok
    ? judged.rejection.kind
    : judged.value.outcome === 'accepted'
      ? 'accepted'
      : judged.value.findings
          .filter(isRefusal)
          .map(({ rule }) => rule)
          .join(', ');

/** The request of a document, where it is signed and everything about its signature is right. */
export async function acceptedRequest(xml: string | Buffer): Promise<ServiceRequest | undefined> {
  const judged = await judge(xml, 'require');
  return judged.ok && judged.value.outcome === 'accepted' ? judged.value.request : undefined;
}
