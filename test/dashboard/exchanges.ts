import { parseMpxn } from '../../src/metering-point/mpxn.js';
import type { Finding } from '../../src/rules/evaluate.js';
import type { Organisation } from '../../src/rules/facts.js';
import type { Decision } from '../../src/validate.js';
import type { Exchange } from '../../src/witness.js';
import { euis, now } from '../fixtures.js';

export const organisation = (organisationId: string): Organisation => ({
  organisationId,
  name: `Operator ${organisationId}`,
  test: false,
});

export const finding = (
  rule: Finding['rule'],
  change: {
    readonly code?: string | null;
    readonly effect?: 'refuse' | 'advise';
    readonly got?: string;
  } = {},
): Finding => ({
  rule,
  code: 'E061510',
  effect: 'refuse',
  requirement: `the requirement of ${rule}`,
  citation: '',
  verdict: 'fail',
  got: 'what was found',
  wanted: 'what was wanted',
  ...change,
});

const mismatch = finding('certificate-party-mpan-mismatch');

/** What a decision may be, by default accepted and matched. */
export interface Made {
  readonly outcome?: 'accepted' | 'refused';
  readonly code?: string | null;
  readonly mpanCheck?: Decision['mpanCheck'];
  readonly findings?: readonly Finding[];
  readonly originator?: string;
  readonly at?: Date;
  readonly mpxn?: string | undefined;
  /** Whose certificates; undefined is in nobody's range. */
  readonly organisations?: readonly (string | undefined)[];
}

export const mismatched: Made = {
  outcome: 'refused',
  code: 'E061510',
  mpanCheck: 'mismatched',
  findings: [mismatch],
};

/** Refused in front of the rules, whatever the check says. */
export const notGenuine: Made = {
  outcome: 'refused',
  code: null,
  mpanCheck: 'mismatched',
  findings: [finding('certificate-expired', { code: null }), mismatch],
};

/** As a witness is told of it; of a decision, what the dashboard looks at. */
export function exchange(made: Made = {}): Exchange {
  const { outcome = 'accepted', code = 'I0', mpanCheck = 'matched', findings = [] } = made;
  const { originator = euis.supplier, at = now, organisations = ['invented-10-12-19'] } = made;
  const mpxn = 'mpxn' in made ? made.mpxn : '1200023305967';
  return {
    id: 'e1',
    client: '127.0.0.1',
    arrival: { isXml: true, headers: {}, body: Buffer.alloc(0) },
    durationMs: 1,
    decision: {
      outcome,
      code,
      mpanCheck,
      findings,
      decidedAt: at,
      description: code === null ? null : `what ${code} means`,
      request: {
        requestId: { text: `${originator}:${euis.device}:1`, originator },
        service: { serviceReferenceVariant: '6.15.1' },
      },
      device: { mpxn: mpxn === undefined ? undefined : parseMpxn(mpxn) },
      certificates: organisations.map((id) => ({
        organisation: id === undefined ? undefined : organisation(id),
      })),
    } as unknown as Decision,
  };
}
