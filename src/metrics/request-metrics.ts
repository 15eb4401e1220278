import { Counter, Histogram, type Registry } from '@prometheus-io/client';
import { type ShedCause, shedCauses } from '../http/load-shedding.js';
import { type RejectionKind, rejectionKinds } from '../rejection.js';
import type { Stage } from '../stage-clock.js';
import { type StoreName, storeNames } from '../stores/observed.js';
import type { Decision } from '../validate.js';

// In seconds. A stage takes some microseconds, or as long as a store.
const stageBuckets = [
  0.000_01, 0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1,
  0.25, 1,
];
const requestBuckets = [
  0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
];
const storeBuckets = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** Where a request went, and how it ended. */
export interface Answered {
  /** As in the routes of the service, and never a path that somebody sent; undefined where there is no such route. */
  readonly route: string | undefined;
  readonly status: number;
}

/**
 * What is counted as requests come. Every label is of a set that the service, its reference data or its routes bound; none is
 * what a caller has sent.
 */
export class RequestMetrics {
  readonly #answers;
  readonly #problems;
  readonly #requests;
  readonly #duration;
  readonly #stages;
  readonly #shed;
  readonly #storeErrors;
  readonly #storeDuration;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#answers = new Counter({
      name: 'certificate_party_answers_total',
      help: 'Decisions that requests were answered with, those without a response code too (code "none"). The role is that which the originator holds as a User, "several" or "none".',
      labelNames: ['service_reference_variant', 'user_role', 'outcome', 'code', 'mpan_check'] as const,
      registers,
    });
    this.#problems = new Counter({
      name: 'certificate_party_problems_total',
      help: 'Problems that requests were answered with, by kind (docs/problems.md).',
      labelNames: ['kind'] as const,
      registers,
    });
    this.#requests = new Counter({
      name: 'certificate_party_http_requests_total',
      help: 'Requests that were answered, by route ("none" where there is nothing at the path) and HTTP status.',
      labelNames: ['route', 'status'] as const,
      registers,
    });
    this.#duration = new Histogram({
      name: 'certificate_party_request_duration_seconds',
      help: 'Service requests, from their headers to the end of their answer, problems too.',
      buckets: requestBuckets,
      registers,
    });
    this.#stages = new Histogram({
      name: 'certificate_party_stage_duration_seconds',
      help: 'The stages of service requests that came so far, each with what waits for it.',
      labelNames: ['stage'] as const,
      buckets: stageBuckets,
      registers,
    });
    this.#shed = new Counter({
      name: 'certificate_party_shed_requests_total',
      help: 'Requests that were turned away unread, because there was more to do than could be done in time, or too little memory.',
      labelNames: ['cause'] as const,
      registers,
    });
    this.#storeErrors = new Counter({
      name: 'certificate_party_store_errors_total',
      help: 'Questions that a store did not answer, or not in time.',
      labelNames: ['store'] as const,
      registers,
    });
    this.#storeDuration = new Histogram({
      name: 'certificate_party_store_duration_seconds',
      help: 'Questions to a store, answered or not; devices that are looked up together are one.',
      labelNames: ['store'] as const,
      buckets: storeBuckets,
      registers,
    });
    // What has not happened yet is 0, and not unknown: the first time is a rise.
    for (const kind of Object.keys(rejectionKinds)) this.#problems.inc({ kind }, 0);
    for (const cause of shedCauses) this.#shed.inc({ cause }, 0);
    for (const store of storeNames) this.#storeErrors.inc({ store }, 0);
  }

  decided({ request, userRoles = [], outcome, code, mpanCheck }: Decision): void {
    this.#answers.inc({
      service_reference_variant: request.service.serviceReferenceVariant,
      user_role: userRoles.length > 1 ? 'several' : (userRoles[0] ?? 'none'),
      outcome,
      code: code ?? 'none',
      mpan_check: mpanCheck,
    });
  }

  problem(kind: RejectionKind): void {
    this.#problems.inc({ kind });
  }

  answered({ route = 'none', status }: Answered): void {
    this.#requests.inc({ route, status });
  }

  took(seconds: number): void {
    this.#duration.observe(seconds);
  }

  stage(stage: Stage, seconds: number): void {
    this.#stages.observe({ stage }, seconds);
  }

  shed(cause: ShedCause): void {
    this.#shed.inc({ cause });
  }

  asked(store: StoreName, seconds: number, isAnswered: boolean): void {
    this.#storeDuration.observe({ store }, seconds);
    if (!isAnswered) this.#storeErrors.inc({ store });
  }
}
