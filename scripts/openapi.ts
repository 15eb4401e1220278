import { dashboard, dashboardQuery } from '../src/dashboard/shape.js';
import { readiness } from '../src/http/health.js';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { createDocument, type ZodOpenApiResponseObject } from 'zod-openapi';
import { readConfig } from '../src/config.js';
import { decidingBy, validationDeps } from '../src/dependencies.js';
import { readJsonRequest } from '../src/duis/json/request.js';
import { answer, toAnswer } from '../src/duis/json/response.js';
import { readRequest } from '../src/duis/request.js';
import { requestHeader } from '../src/duis/parts.js';
import { preCommandBodies } from '../src/duis/pre-command.js';
import { schemaVersion } from '../src/duis/simple-types.js';
import { services } from '../src/duis/services/index.js';
import { duisNamespace } from '../src/duis/xml/content-model.js';
import { writeXmlResponse } from '../src/duis/xml/response.js';
import { deviceTypes } from '../src/duis/vocabulary.js';
import { deviceDuties, dutiesFor } from '../src/http/duties.js';
import { problem } from '../src/http/problem.js';
import { deviceSchema, userSystemSchema } from '../src/http/receive.js';
import { packageRoot } from '../src/package-root.js';
import { entityIdentifier } from '../src/reference-data/list.js';
import { loadReferenceData } from '../src/reference-data/load.js';
import { rejectionKinds, type Result } from '../src/rejection.js';
import { entityIdentifierPattern } from '../src/smki/entity-identifier.js';
import type { CallerDevice } from '../src/target-device.js';
import { hasCode, validate } from '../src/validate.js';
import type { Example } from './examples.js';

const examplesDirectory = path.join(packageRoot, 'docs/examples');

export const examples = JSON.parse(
  readFileSync(path.join(packageRoot, 'docs/examples.json'), 'utf8'),
) as Example[];

export const exampleBody = ({ file }: Example): string =>
  readFileSync(path.join(examplesDirectory, file), 'utf8');

const version = (
  JSON.parse(readFileSync(path.join(packageRoot, 'package.json'), 'utf8')) as { version: string }
).version;

const [first, ...others] = [
  ...services.map(({ member, element, body }) =>
    z.strictObject({ [member]: body.meta({ id: element, xml: { name: element } }) }),
  ),
  ...Object.entries(preCommandBodies).map(([member, body]) => z.strictObject({ [member]: body })),
];
if (first === undefined) throw new Error('no service');

const serviceRequest = z
  .strictObject({
    schemaVersion: schemaVersion.describe('A version of DUIS V5'),
    header: requestHeader.meta({ id: 'Header' }),
    body: z.union([first, ...others]).describe('Exactly one request, or the payload of a Signed Pre-Command'),
    device: deviceSchema
      .meta({ id: 'Device' })
      .optional()
      .describe(
        'What is known of the target device. What is left out is looked up; what is not found is not known',
      ),
    userSystem: userSystemSchema
      .optional()
      .describe('The User System that the request came through, by its name in the list of these'),
  })
  .meta({ id: 'ServiceRequest' });

const promiseOf = ({ promise }: Example): string =>
  `Answered with ${String(promise.status)} ${promise.answer}${promise.mpanCheck === undefined ? '' : `, ${promise.mpanCheck}`}.`;

const examplesIn = (
  mediaType: Example['mediaType'],
): Record<string, { summary: string; description: string; value: unknown }> =>
  Object.fromEntries(
    examples
      .filter((example) => example.mediaType === mediaType)
      .map((example) => [
        example.name,
        {
          summary: `${example.name}: ${example.summary}`,
          description: promiseOf(example),
          value:
            mediaType === 'application/json'
              ? (JSON.parse(exampleBody(example)) as unknown)
              : exampleBody(example),
        },
      ]),
  );

const problemSchema = problem.meta({ id: 'Problem' });

const statuses = [...new Set(Object.values(rejectionKinds).map(({ status }) => status))].sort();

const withRetryAfter: readonly number[] = [429, 503];

function problemResponse(status: number): ZodOpenApiResponseObject {
  const kinds = Object.entries(rejectionKinds).filter(([, kind]) => kind.status === status);
  return {
    description: kinds.map(([kind, { title }]) => `${kind}: ${title}.`).join(' '),
    ...(withRetryAfter.includes(status) && {
      headers: {
        'Retry-After': {
          description: 'After how many seconds the same request may be sent again',
          schema: { type: 'integer' as const },
        },
      },
    }),
    content: {
      'application/problem+json': { schema: problemSchema },
      'application/problem+xml': { schema: { type: 'string' } },
    },
  };
}

const health = (status: string, isReadiness: boolean): ZodOpenApiResponseObject => ({
  description: status,
  content: {
    'application/json': {
      schema: isReadiness ? readiness : z.strictObject({ status: z.string() }),
    },
  },
});

const referenceData = await loadReferenceData(path.join(packageRoot, 'reference-data'));
const decidedAt = new Date('2026-01-01T00:00:00Z');

/** A device of the list, whose Supplier reaches the manufacturer by somebody who owes no notification. */
const exampleDevice = entityIdentifier.parse('02-00-00-00-02-00-00-01');

/** What the service answers to an example, at a time that does not change. */
async function answersTo(name: string): Promise<{ readonly json: unknown; readonly xml: string }> {
  const example = examples.find(
    (candidate) => candidate.name === name && candidate.mediaType === 'application/json',
  );
  if (example === undefined) throw new Error(`no example ${name}`);
  const received = unwrap(readJsonRequest(Buffer.from(exampleBody(example))));
  const decision = unwrap(
    await validate(
      validationDeps(readConfig({}), decidingBy(referenceData), () => decidedAt),
      unwrap(readRequest(received.document)),
      { device: received.device as CallerDevice },
    ),
  );
  if (!hasCode(decision)) throw new Error(`${name} has no code`);
  return { json: toAnswer(decision), xml: writeXmlResponse(decision) };
}

function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.rejection.detail);
  return result.value;
}

/** The text of openapi.yaml. */
export async function openApiYaml(): Promise<string> {
  const mismatched = await answersTo('mismatched');
  const document = createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Certificate-party check',
      version,
      description: [
        "Checks, before an Update Security Credentials request reaches a meter, that the Network Operator's certificate in it belongs to the operator that is registered for the meter, or where no registration is known, to one that operates the distributor ID of its MPAN.",
        'A refusal is HTTP 200 with its DUIS response code. What cannot be judged, and what is refused for a reason that DUIS has no code for, is problem details (RFC 9457); the latter with the findings.',
        'To try it: choose an example and execute. Each says which answer it gets.',
      ].join('\n\n'),
    },
    servers: [{ url: '/' }],
    tags: [
      { name: 'service requests', description: 'The check' },
      { name: 'security duties', description: 'Who has to act for a device (SEC Section G)' },
      { name: 'operation', description: 'Health, and what problems mean' },
    ],
    security: [],
    components: {
      securitySchemes: {
        adminToken: {
          type: 'http',
          scheme: 'bearer',
          description:
            'A token of ADMIN_TOKENS_FILE, with the scope that the path asks for: metrics, dashboard or duties',
        },
      },
    },
    paths: {
      '/v1/service-requests': {
        post: {
          operationId: 'validateServiceRequest',
          tags: ['service requests'],
          summary: 'Judge a Service Request',
          description:
            'Takes Service Reference Variants 6.15.1, 6.21 and 6.23 of DUIS V5, and their Signed Pre-Commands, in XML or in JSON of the same meaning. An XML signature is verified where there is one. The answer is in the media type of the request, unless Accept asks for the other.',
          requestParams: {
            header: z.object({
              'DCC-Device-Type': z
                .enum(deviceTypes)
                .optional()
                .describe('With XML only: the type of the target device. Left out, it is looked up'),
              'DCC-Import-MPxN': z
                .string()
                .optional()
                .describe(
                  'With XML only: the import MPAN or MPRN of the target device. Left out, it is looked up',
                ),
              'DCC-User-System': userSystemSchema
                .optional()
                .describe('With XML only: the User System that the request came through'),
            }),
          },
          requestBody: {
            required: true,
            content: {
              'application/json': { schema: serviceRequest, examples: examplesIn('application/json') },
              'application/xml': {
                // Of both types: without the object Swagger UI makes up an example of its own, without the string ours is wrong.
                schema: {
                  type: ['object', 'string'],
                  description: 'An sr:Request, as in schemas/service-user-gateway.xsd',
                  xml: { name: 'Request', prefix: 'sr', namespace: duisNamespace },
                },
                examples: examplesIn('application/xml'),
              },
            },
          },
          responses: {
            '200': {
              description: 'The request was judged. The response code says whether it is accepted (I0).',
              content: {
                'application/json': { schema: answer.meta({ id: 'Answer' }), example: mismatched.json },
                'application/xml': {
                  schema: {
                    type: ['object', 'string'],
                    description: 'An sr:Response, as in schemas/service-user-gateway.xsd',
                    xml: { name: 'Response', prefix: 'sr', namespace: duisNamespace },
                  },
                  example: mismatched.xml,
                },
              },
            },
            ...Object.fromEntries(
              statuses
                .filter((status) => ![401, 403, 404, 405].includes(status))
                .map((status) => [String(status), problemResponse(status)]),
            ),
          },
        },
      },
      '/v1/duties/{device}': {
        get: {
          operationId: 'dutiesForDevice',
          tags: ['security duties'],
          summary: 'Who has to act for a device',
          description:
            'Names whom SEC Section G (G3.17, G3.18 and G3.20) binds to notify the manufacturer of a device of security vulnerabilities, and to be notified by it, now; and how the manufacturer is reached. What is not known is said to be not known: a device that is not listed is no error. An answer to a Service Request has the same, in duties, where a finding is a matter of security.',
          security: [{ adminToken: ['duties'] }],
          requestParams: {
            path: z.object({
              device: z
                .string()
                .regex(entityIdentifierPattern)
                .meta({ example: exampleDevice, description: 'EUI-64 of the device, in either case' }),
            }),
          },
          responses: {
            '200': {
              description: 'What is known of it.',
              content: {
                'application/json': {
                  schema: deviceDuties.meta({ id: 'DeviceDuties' }),
                  example: dutiesFor(
                    exampleDevice,
                    referenceData.devices.find(({ entityIdentifier: each }) => each === exampleDevice),
                    { referenceData, freshness: 'current' },
                    decidedAt,
                  ),
                },
              },
            },
            ...Object.fromEntries(
              [400, 401, 403, 429, 503].map((status) => [String(status), problemResponse(status)]),
            ),
          },
        },
      },
      '/health/live': {
        get: {
          operationId: 'live',
          tags: ['operation'],
          summary: 'Whether the process answers',
          responses: { '200': health('It does.', false) },
        },
      },
      '/health/ready': {
        get: {
          operationId: 'ready',
          tags: ['operation'],
          summary: 'Whether the service takes requests, and the reference data that it holds',
          responses: { '200': health('It does.', true), '503': health('It does not, and says why.', true) },
        },
      },
      '/metrics': {
        get: {
          operationId: 'metrics',
          tags: ['operation'],
          summary: 'Metrics for Prometheus',
          description: 'In OpenMetrics where Accept prefers it. docs/metrics.md has every one of them.',
          security: [{ adminToken: [] }],
          responses: {
            '200': {
              description: 'The metrics.',
              content: {
                'text/plain': { schema: { type: 'string' } },
                'application/openmetrics-text': { schema: { type: 'string' } },
              },
            },
            '401': problemResponse(401),
            '403': problemResponse(403),
            '429': problemResponse(429),
          },
        },
      },
      '/dashboard': {
        get: {
          operationId: 'dashboardPage',
          tags: ['operation'],
          summary: 'The page that shows the dashboard',
          description: 'It holds no data, and asks for a token. Not there where DASHBOARD is off.',
          responses: {
            '200': { description: 'The page.', content: { 'text/html': { schema: { type: 'string' } } } },
          },
        },
      },
      '/v1/dashboard': {
        get: {
          operationId: 'dashboard',
          tags: ['operation'],
          summary: 'What this replica has counted since it started',
          description: 'Answers, mismatches, and refusals in words. No MPAN or MPRN is in it.',
          security: [{ adminToken: [] }],
          requestParams: { query: dashboardQuery },
          responses: {
            '200': {
              description: 'The figures.',
              content: { 'application/json': { schema: dashboard.meta({ id: 'Dashboard' }) } },
            },
            '400': problemResponse(400),
            '401': problemResponse(401),
            '403': problemResponse(403),
            '429': problemResponse(429),
          },
        },
      },
      '/problems/{kind}': {
        get: {
          operationId: 'explainProblem',
          tags: ['operation'],
          summary: 'What a type of problem means',
          requestParams: {
            path: z.object({ kind: z.enum(Object.keys(rejectionKinds) as [string, ...string[]]) }),
          },
          responses: {
            '200': {
              description: 'The explanation.',
              content: { 'text/plain': { schema: { type: 'string' } } },
            },
            '404': problemResponse(404),
          },
        },
      },
    },
  });
  return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });
}
