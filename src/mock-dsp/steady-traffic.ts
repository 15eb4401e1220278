import {
  type Case,
  placing,
  refused,
  type Scenario,
  scenarios,
  type Sent,
  success,
  toRequest,
} from './scenarios.js';
import { type Operator, PipelineError, type World } from './world.js';

// Distributor IDs up to here are those of the fourteen regions, whose networks have nearly all of the meters.
const lastRegion = '23';

/** How many of a hundred requests are neither right nor wrong by the check, but any other case of the mix. */
const othersPercent = 7;

const regionsPercent = 88;

/**
 * Requests as they come in day after day, for as long as they are taken: most of them right, a share of them with another
 * operator's certificates, and a few of everything else that the pipeline sends. Large networks have more meters than small
 * ones, and some Suppliers are more careless than others.
 */
export function* steadyTraffic(world: World, wrongShare: () => number): Generator<Sent, never> {
  const place = placer(world);
  const others = scenarios.filter(
    ({ name, isPossible }) => !/^(?:right|wrong) operator/.test(name) && isPossible?.(world) !== false,
  );
  const wheel = others.flatMap((scenario) => Array<Scenario>(scenario.perMille).fill(scenario));
  const right = { name: 'right operator', perMille: 0, build: () => place(false) };
  const wrong = { name: 'wrong operator', perMille: 0, build: () => place(true) };
  for (;;) {
    const isOther = world.draw.below(100) < othersPercent;
    const isWrong = world.draw.below(10_000) < wrongShare() * 10_000;
    const scenario = isOther ? world.draw.oneOf(wheel, 'scenario') : isWrong ? wrong : right;
    yield toRequest(world, scenario, scenario.build(world), world.draw.below(4) > 0);
  }
}

/** Makes a case of a Supplier, a network and its operator's certificates, or another's. */
function placer(world: World): (isWrong: boolean) => Case {
  const { draw } = world;
  const holdings = world.networkOperators.flatMap((operator) =>
    operator.operates.map(({ distributorId }) => ({ operator, distributorId })),
  );
  const regions = holdings.filter(({ distributorId }) => distributorId <= lastRegion);
  const small = holdings.filter(({ distributorId }) => distributorId > lastRegion);
  const holdingIn = (percent: number): (typeof holdings)[number] =>
    draw.oneOf(draw.below(100) < percent || small.length === 0 ? regions : small, 'distributor ID');
  const suppliers = world.lists.users
    .filter(({ userRoles, test }) => test !== true && userRoles.includes('IS'))
    .map(({ entityIdentifier }) => entityIdentifier);
  const otherThan = (operator: Operator): Operator => {
    for (let tries = 0; tries < 1_000; tries += 1) {
      const found = holdingIn(regionsPercent).operator;
      if (found !== operator) return found;
    }
    throw new PipelineError('the lists have no second operator');
  };
  return (isWrong) => {
    // A small network is where the certificates of the region around it are put on by mistake.
    const { operator, distributorId } = holdingIn(isWrong ? 70 : regionsPercent);
    // The square makes some come more often than others, and the wrong ones from the other end.
    const at = Math.floor((draw.below(1_000) / 1_000) ** 2 * suppliers.length);
    const originator = suppliers.at(isWrong ? -1 - at : at) ?? world.senderOf('IS');
    const certificates = world.networkOperatorCertificates(isWrong ? otherThan(operator) : operator);
    return {
      message: placing(world, certificates, { originator }),
      device: { deviceType: 'ESME', importMpxn: world.mpanOf(distributorId) },
      expected: isWrong
        ? refused(world.codeOf('6.15.1', 'certificate-party-mpan-mismatch'), 'mismatched')
        : success('matched'),
    };
  };
}
