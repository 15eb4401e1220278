import fc from 'fast-check';
import t from 'tap';
import {
  certificateTypes,
  deviceTypes,
  remotePartyRoles,
  serviceReferenceVariants,
} from '../src/duis/vocabulary.js';
import { services } from '../src/duis/services/index.js';
import type { Circumstances } from '../src/gather-facts.js';
import { judgeWith } from '../src/judge.js';
import { parseMpxn } from '../src/metering-point/mpxn.js';
import type { TrustFlaw } from '../src/rules/trust.js';
import type { EntityIdentifier } from '../src/smki/entity-identifier.js';
import { certificateRoleNames } from '../src/smki/remote-party-role.js';
import { shipped, shippedWith } from './decisions.js';
import { euis } from './fixtures.js';

const serviceOf = (variant: string): (typeof services)[number] => {
  const service = services.find(({ serviceReferenceVariant }) => serviceReferenceVariant === variant);
  if (service === undefined) throw new Error(variant);
  return service;
};

const identifier = fc.constantFrom(...(Object.values(euis) as EntityIdentifier[]));
const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });

const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  serviceReferenceVariant: fc.constantFrom(...serviceReferenceVariants),
  remotePartyRole: fc.constantFrom(...remotePartyRoles),
  isFutureDated: fc.boolean(),
  hasPrepaymentTopUpFloor: fc.boolean(),
  originator: identifier,
  user: identifier,
  userSystem: optional(fc.constantFrom('one', 'two')),
  deviceType: optional(fc.constantFrom(...deviceTypes)),
  mpxn: optional(
    fc
      .constantFrom('1200023305967', '1200023305968', '1470116845051', '1234567890')
      .map((text) => parseMpxn(text)),
  ),
  networkOperatorId: optional(fc.constantFrom('EELC', 'LOND', 'NONE')),
  deviceRegistry: fc.constantFrom('answered', 'not-asked', 'unavailable'),
  gasIsJudged: fc.boolean(),
  certificates: fc.array(
    fc.record({
      certificateType: fc.constantFrom(...certificateTypes),
      certificate: fc.record({
        entityIdentifier: identifier,
        role: fc
          .constantFrom(...(Object.entries(certificateRoleNames) as [string, 'networkOperator'][]))
          .map(([code, name]) => ({ code, name })),
      }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  day: fc.constantFrom('2013-01-01', '2026-06-15'),
});

t.test('what is remembered is what would be judged', async (t) => {
  const remembering = judgeWith((_, hasCode) => hasCode);
  const property = fc.property(circumstances, (asked) => {
    const service = serviceOf(asked.serviceReferenceVariant);
    const judge = (by: typeof remembering): unknown => by(service, asked, [], shipped);
    const first = judge(remembering);
    t.strictSame(first, judge(judgeWith((_, hasCode) => hasCode)));
    return first === judge(remembering);
  });
  t.doesNotThrow(() => {
    fc.assert(property, { numRuns: 500 });
  });
});

t.test('what is wrong with one request is not said of another', async (t) => {
  const judge = judgeWith(() => true);
  const service = serviceOf('6.15.1');
  const [asked] = fc.sample(circumstances, { numRuns: 1, seed: 1 });
  if (asked === undefined) throw new Error('there is no sample');
  const flaws: TrustFlaw[] = [{ name: 'certificate-expired', got: 'it' }];
  const findingsOf = (wrong: TrustFlaw[]): readonly string[] =>
    judge(service, asked, wrong, shipped).findings.map(({ rule }) => rule);
  t.notOk(findingsOf([]).includes('certificate-expired'));
  t.ok(findingsOf(flaws).includes('certificate-expired'));
  t.notOk(findingsOf([]).includes('certificate-expired'));
});

t.test('by each state of the reference data', async (t) => {
  const judge = judgeWith(() => true);
  const [asked] = fc.sample(circumstances, { numRuns: 1, seed: 1 });
  if (asked === undefined) throw new Error('there is no sample');
  const service = serviceOf(asked.serviceReferenceVariant);
  const again = await shippedWith({});
  t.not(judge(service, asked, [], again), judge(service, asked, [], shipped));
  t.equal(judge(service, asked, [], again), judge(service, asked, [], again));
});
