import type { CertificateFacts, DistributorFacts } from './facts.js';
import { belongsToOperator, mpanCheck } from './mpan-check.js';
import { list, notApplicable, type Rule } from './rule.js';

/** Not checked: gas, whose MPRN carries no network, and whose registered Gas Transporter is not known here. */
export const certificatePartyMpanMismatch: Rule = {
  name: 'certificate-party-mpan-mismatch',
  requirement:
    "Every Network Operator Certificate for an ESME belongs to an organisation that operates the distributor ID of the device's MPAN on the day.",
  citation:
    'SECMP0058/SECMP0063 working group paper, Certificate Party / MPAN mismatch (response code not published)',
  evaluate: (facts) => {
    const check = mpanCheck(facts);
    if (check === 'not-applicable') return notApplicable;
    const { distributor, certificates } = facts;
    if (distributor === undefined) {
      return {
        verdict: 'undetermined',
        got: 'the MPAN of the device is not known',
        wanted: 'an MPAN to hold the certificates against',
      };
    }
    const { operators } = distributor;
    const wanted = `networkOperator certificates of an operator of ${nameOf(distributor)}: ${list(operators.map(({ name }) => name))}`;
    if (check === 'distributor-unknown') {
      return {
        verdict: 'undetermined',
        got: `${nameOf(distributor)} has no listed operator on the day`,
        wanted,
      };
    }
    const matched = check === 'matched';
    const shown = matched
      ? certificates
      : certificates.filter((party) => !belongsToOperator(party, distributor));
    return { verdict: matched ? 'pass' : 'fail', got: list(shown.map(describe)), wanted };
  },
};

const nameOf = ({ distributorId, name }: DistributorFacts): string =>
  `distributor ${distributorId} (${name ?? 'not listed on the day'})`;

const describe = ({ certificateType, certificate, organisation }: CertificateFacts): string =>
  `${certificateType} of ${certificate.entityIdentifier} (${certificate.role.name}, ${organisation?.name ?? 'no listed organisation'})`;
