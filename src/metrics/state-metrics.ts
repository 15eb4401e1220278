import { Counter, Gauge, type Registry } from '@prometheus-io/client';
import type { CacheTally } from '../cache-tally.js';
import type { Counts } from '../decision-log/group-commit.js';
import type { LiveStatus } from '../live-reference-data.js';
import { freshnesses } from '../reference-data/freshness.js';
import type { StoreName } from '../stores/observed.js';

/** What is looked at when somebody asks for the metrics, and at no other time. */
export interface State {
  readonly referenceData: () => LiveStatus;
  readonly caches: Readonly<Record<string, CacheTally>>;
  readonly requestsInFlight: () => number;
  /** Whether the stores that requests are judged with can be asked; none that is in this process. */
  readonly storesUp: () => Readonly<Partial<Record<StoreName, boolean>>>;
  /** Undefined where no decision is recorded. */
  readonly decisionLog: (() => Counts) | undefined;
}

/** Has the state of the service told with its metrics. */
export function tellState(registry: Registry, state: State): void {
  tellReferenceData(registry, state.referenceData);
  tellCaches(registry, state.caches);
  if (state.decisionLog !== undefined) tellDecisionLog(registry, state.decisionLog);
  const registers = [registry];
  new Gauge({
    name: 'certificate_party_requests_in_flight',
    help: 'Requests that are being judged, or looked up for whom they oblige.',
    registers,
    collect() {
      this.set(state.requestsInFlight());
    },
  });
  new Gauge({
    name: 'certificate_party_store_up',
    help: 'Whether a store can be asked: that there is a connection, and of data sets, that they could be asked for last time.',
    labelNames: ['store'] as const,
    registers,
    collect() {
      const up = { ...state.storesUp(), 'data-sets': state.referenceData().trouble === undefined };
      for (const [store, isUp] of Object.entries(up)) this.set({ store }, isUp ? 1 : 0);
    },
  });
}

function tellDecisionLog(registry: Registry, counts: () => Counts): void {
  new Counter({
    name: 'certificate_party_decision_log_records_total',
    help: 'Records of decisions, by what became of them: written; dropped, and answered without; blocked, and the decision not answered.',
    labelNames: ['result'] as const,
    registers: [registry],
    collect() {
      this.reset();
      const { written, dropped, blocked } = counts();
      for (const [result, count] of Object.entries({ written, dropped, blocked }))
        this.inc({ result }, count);
    },
  });
  new Counter({
    name: 'certificate_party_decision_log_write_failures_total',
    help: 'Writes to the decision log that failed; they are tried again.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(counts().failed);
    },
  });
}

function tellCaches(registry: Registry, caches: State['caches']): void {
  const tell = (name: string, help: string, count: (tally: CacheTally) => number): void => {
    new Counter({
      name,
      help,
      labelNames: ['cache'] as const,
      registers: [registry],
      collect() {
        this.reset();
        for (const [cache, tally] of Object.entries(caches)) this.inc({ cache }, count(tally));
      },
    });
  };
  tell('certificate_party_cache_hits_total', 'Lookups in a cache that found something.', ({ hits }) => hits);
  tell(
    'certificate_party_cache_misses_total',
    'Lookups in a cache that found nothing.',
    ({ misses }) => misses,
  );
}

function tellReferenceData(registry: Registry, status: State['referenceData']): void {
  const registers = [registry];
  /** A value that there may be none of has no sample then: 0 would be one. */
  const tell = (name: string, help: string, valueOf: (live: LiveStatus) => number | undefined): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const value = valueOf(status());
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
  };
  tell(
    'certificate_party_data_set_version',
    'Version of the data set that is decided by; left out where there is none.',
    ({ inForce }) => inForce?.referenceData.dataSet.version,
  );
  tell(
    'certificate_party_data_set_pending_version',
    'Version of the data set that is taken, and waits for its time; left out where there is none.',
    ({ pending }) => pending?.referenceData.dataSet.version,
  );
  tell(
    'certificate_party_data_set_age_seconds',
    'How long ago the source confirmed that this is the data set to decide by; left out where it never has.',
    ({ age }) => age,
  );
  tell(
    'certificate_party_data_set_refused',
    'Whether the last data set that was offered is one that this replica would not take.',
    ({ refused }) => (refused === undefined ? 0 : 1),
  );
  tell(
    'certificate_party_next_lapse_timestamp_seconds',
    'When the next trust anchor, revocation list or data set lapses, in seconds since 1970; left out where none will.',
    ({ nextLapse }) => nextLapse && nextLapse.at.getTime() / 1000,
  );
  tell(
    'certificate_party_lapsed',
    'How many trust anchors, revocation lists and data sets in force have lapsed.',
    ({ lapsed }) => lapsed,
  );
  new Counter({
    name: 'certificate_party_data_set_refusals_total',
    help: 'Data sets that this replica would not take.',
    registers,
    collect() {
      this.reset();
      this.inc(status().refusals);
    },
  });
  new Gauge({
    name: 'certificate_party_data_set_freshness',
    help: '1 for what the data set in force is: current, stale or too-old; 0 for the others, and for all where there is none.',
    labelNames: ['freshness'] as const,
    registers,
    collect() {
      const { freshness } = status();
      for (const each of freshnesses) this.set({ freshness: each }, each === freshness ? 1 : 0);
    },
  });
  new Gauge({
    name: 'certificate_party_data_set_info',
    help: '1, for where the data set in force was last had from; persisted: this replica has only what it kept on disk.',
    labelNames: ['source'] as const,
    registers,
    collect() {
      this.reset();
      const { inForce } = status();
      if (inForce !== undefined) this.set({ source: inForce.source }, 1);
    },
  });
}
