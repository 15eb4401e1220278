import { list, type Rule } from './rule.js';

export const certificatesOfTwoOrganisations: Rule = {
  name: 'certificates-of-two-organisations',
  requirement: 'The replacement certificates of one request belong to one organisation.',
  citation: 'no clause: one Remote Party whose keys two organisations hold is possible, and seldom meant',
  evaluate: ({ certificates }) => {
    // An Entity Identifier in nobody's range stands for an organisation of its own.
    const holders = new Set(
      certificates.map(
        ({ organisation, certificate }) => organisation?.organisationId ?? certificate.entityIdentifier,
      ),
    );
    return {
      verdict: holders.size === 1 ? 'pass' : 'fail',
      got: `certificates of ${list(holders)}`,
      wanted: 'certificates of one organisation',
    };
  },
};
