import {
  context,
  createTraceState,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type RejectionKind, rejectionKinds } from '../rejection.js';
import {
  newSpanId,
  newTraceId,
  readTraceparent,
  readTracestate,
  traceresponse,
  type TraceSpan,
} from '../trace-context.js';
import type { Decision } from '../validate.js';
import { serviceRequestsPath } from './paths.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** As in a line of the log. Undefined where there is no request that could be read. */
    traceIds: Pick<TraceSpan, 'traceId' | 'spanId'> | undefined;
    /** Of OpenTelemetry; undefined where nobody records it. */
    span: Span | undefined;
  }
}

/**
 * Has each request go on with the trace that its caller names, or begin one, and tells it so. A service request is a span
 * of OpenTelemetry, where its SDK has been started in the process; the SDK then says which trace it is.
 */
export function traceRequests(app: FastifyInstance): void {
  const tracer = trace.getTracer('certificate-party-check');
  app.decorateRequest('traceIds');
  app.decorateRequest('span');
  app.addHook('onRequest', (request, reply, done) => {
    const { headers } = request;
    const caller = readTraceparent(headers.traceparent);
    let span: TraceSpan = {
      traceId: caller?.traceId ?? newTraceId(),
      spanId: newSpanId(),
      isSampled: caller?.isSampled ?? false,
    };
    if (request.routeOptions.url === serviceRequestsPath) {
      let parent = propagation.extract(ROOT_CONTEXT, headers);
      // An SDK may have come without a propagator.
      if (caller !== undefined && trace.getSpanContext(parent) === undefined) {
        const state = readTracestate(headers.tracestate);
        parent = trace.setSpanContext(parent, {
          traceId: caller.traceId,
          spanId: caller.parentId,
          traceFlags: caller.isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
          isRemote: true,
          ...(state !== undefined && { traceState: createTraceState(state) }),
        });
      }
      const parentId = trace.getSpanContext(parent)?.spanId;
      const started = tracer.startSpan(
        spanName,
        { kind: SpanKind.SERVER, attributes: spanAttributes },
        parent,
      );
      const { traceId, spanId, traceFlags } = started.spanContext();
      // Without an SDK it is nobody's, or the caller's.
      if (trace.isSpanContextValid(started.spanContext()) && spanId !== parentId) {
        span = { traceId, spanId, isSampled: (traceFlags & TraceFlags.SAMPLED) !== 0 };
      }
      if (started.isRecording()) request.span = started;
    }
    request.traceIds = { traceId: span.traceId, spanId: span.spanId };
    reply.header('traceresponse', traceresponse(span));
    done();
  });
  // What a store's client records belongs below it.
  app.addHook('preHandler', ({ span }, _, done) => {
    if (span === undefined) done();
    else context.with(trace.setSpan(ROOT_CONTEXT, span), done);
  });
  app.addHook('onResponse', ({ span }, { statusCode }, done) => {
    if (span !== undefined) {
      span.setAttribute('http.response.status_code', statusCode);
      if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    }
    done();
  });
}

// Semantic conventions of HTTP servers, without what is of one caller.
const spanName = `POST ${serviceRequestsPath}`;
const spanAttributes = {
  'http.request.method': 'POST',
  'http.route': serviceRequestsPath,
  'url.path': serviceRequestsPath,
  'url.scheme': 'http',
} as const;

/** Says on its span what a request came to. */
export function traceDecision(
  { span }: FastifyRequest,
  { request, outcome, code, mpanCheck }: Decision,
): void {
  span?.setAttributes({
    'certificate_party.service_reference_variant': request.service.serviceReferenceVariant,
    'certificate_party.outcome': outcome,
    'certificate_party.code': code ?? 'none',
    'certificate_party.mpan_check': mpanCheck,
  });
}

/** An `error.type` is for what failed here, and not for what is wrong with a request. */
export function traceProblem({ span }: FastifyRequest, kind: RejectionKind): void {
  span?.setAttribute('certificate_party.problem', kind);
  if (rejectionKinds[kind].status >= 500) span?.setAttribute('error.type', kind);
}
