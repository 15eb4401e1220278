import type { CertificateFacts, DistributorFacts, RegistrationFacts } from './facts.js';
import { heldAgainst, isRight, judgedBy, mpanCheck } from './mpan-check.js';
import { list, notApplicable, type Rule } from './rule.js';

/**
 * Of an ESME in every service that has the rule, of a GSME or GPF where gas is judged (GAS_CHECK). Not checked: whether
 * the registration is right, or of this day; and an MPAN on a gas device, which no registration of gas is about.
 */
export const certificatePartyMpanMismatch: Rule = {
  name: 'certificate-party-mpan-mismatch',
  requirement:
    "Every Network Operator Certificate belongs to the Network Operator that is registered for the device's MPAN or MPRN; where no registration of an MPAN is known, to an organisation that operates its distributor ID on the day. On gas, the access control broker's certificates are right too.",
  citation:
    'SECMP0058/SECMP0063 working group paper, Certificate Party / MPAN mismatch (response code not published); the later proposal to judge by registration data, and gas at hand-over; MP128A',
  evaluate: (facts) => {
    const check = mpanCheck(facts);
    if (check === 'not-applicable') return notApplicable;
    const { certificates } = facts;
    const isGas = judgedBy(facts) === 'mprn';
    const wanted = wantedOf(heldAgainst(facts), isGas);
    if (check === 'matched') return { verdict: 'pass', got: list(certificates.map(describe)), wanted };
    if (check === 'mismatched') {
      const wrong = certificates.filter((party) => !isRight(party, facts));
      return { verdict: 'fail', got: list(wrong.map(describe)), wanted };
    }
    return { verdict: 'undetermined', got: unknowns[check], wanted };
  },
};

const unknowns = {
  'mpan-unknown': 'the MPAN of the device is not known',
  'distributor-unknown': 'the distributor ID has no listed operator on the day',
  'registration-unknown': 'who is registered for the MPRN of the device is not known',
  'operator-unknown': 'who is registered has no listed operator on the day',
} as const;

/** Registered operator or distributor ID: whoever reads a finding is to see which of them decided. */
function wantedOf(holder: RegistrationFacts | DistributorFacts | undefined, isGas: boolean): string {
  const broker = isGas ? ', or of the access control broker' : '';
  if (holder === undefined) {
    return `certificates of the ${isGas ? 'Gas Transporter' : 'Network Operator'} of the device${broker}`;
  }
  const name = holder.name ?? 'not listed on the day';
  const who =
    'distributorId' in holder
      ? `an operator of distributor ID ${holder.distributorId}`
      : `the registered ${isGas ? 'Gas Transporter' : 'operator'} ${holder.networkOperatorId}`;
  return `networkOperator certificates of ${who} (${name}): ${list(holder.operators.map((each) => each.name))}${broker}`;
}

const describe = ({ certificateType, certificate, organisation }: CertificateFacts): string =>
  `${certificateType} of ${certificate.entityIdentifier} (${certificate.role.name}, ${organisation?.name ?? 'no listed organisation'})`;
