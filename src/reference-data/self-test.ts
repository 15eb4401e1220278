import { type Fault, wrongAsAWhole } from './fault.js';
import type { ReferenceData } from './snapshot.js';

/**
 * Probes a snapshot with questions that have one right answer, on a day and on every later day on which it changes: what
 * an operator holds is its own and of nobody else, and no distributor's operators are all without an Entity Identifier,
 * in which case every certificate for its meters would be refused. A merger whose two halves are entered for different
 * days is found here, before its day.
 */
export function selfTest(referenceData: ReferenceData, day: string): Fault[] {
  return [day, ...referenceData.changesAfter(day)]
    .slice(0, daysLimit)
    .flatMap((each) => probe(referenceData, each));
}

// Nobody plans so many changes ahead.
const daysLimit = 100;

function probe(referenceData: ReferenceData, day: string): Fault[] {
  const faults: Fault[] = [];
  const fault = (message: string): void => void faults.push(...wrongAsAWhole(`${message} on ${day}`));
  const operated = referenceData.operatedOn(day);
  if (operated.length === 0) fault('no distributor has an operator');
  for (const distributorId of operated) {
    const operators = referenceData.operatorsOf(distributorId, day);
    const identifiers = operators.flatMap((operator) =>
      referenceData.identifiersOf(operator, day).map((identifier) => ({ operator, identifier })),
    );
    if (identifiers.length === 0) {
      fault(`no operator of distributor ${distributorId} has an Entity Identifier`);
    }
    for (const { operator, identifier } of identifiers) {
      if (referenceData.organisationOf(identifier, day)?.organisationId !== operator.organisationId) {
        fault(`${identifier} is in a range of ${operator.name}, and is not found as its own`);
      }
    }
  }
  return faults;
}
