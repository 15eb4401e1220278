import { meteringPointKind } from '../metering-point/mpxn.js';
import { notApplicable, type Rule } from './rule.js';

/**
 * Advises: no rule judges by an MPAN on a gas device, but a meter that the caller calls a gas meter by mistake is
 * not checked at all. The other way round, an MPRN on an ESME, is not judged (see target-device.ts).
 */
export const mpxnNotOfDeviceType: Rule = {
  name: 'mpxn-not-of-device-type',
  requirement: 'An electricity meter has an MPAN, a gas meter or Gas Proxy Function an MPRN.',
  citation: 'no clause: MPAN and MPRN name metering points of electricity and of gas',
  evaluate: ({ deviceType, mpxn }) => {
    const wanted = deviceType && meteringPointKind[deviceType];
    if (mpxn === undefined || wanted === undefined) return notApplicable;
    return {
      verdict: mpxn.kind === wanted ? 'pass' : 'fail',
      got: `an ${mpxn.kind.toUpperCase()}`,
      wanted: `an ${wanted.toUpperCase()}`,
    };
  },
};
