import type { TrustChecks } from './assess-trust.js';
import type { RulePolicy } from './rules/evaluate.js';
import { isTrustRule, trustRequirements } from './rules/trust.js';

export interface RefusalSettings extends Pick<
  TrustChecks,
  'certificateProfile' | 'certificatePath' | 'certificateRevocation'
> {
  /**
   * What it means that nobody knows whether a certificate is revoked: `refuse-if-stale` refuses once there has been a
   * list of the issuer, and accepts, with a finding, while there is none.
   */
  readonly revocationUnknown: 'refuse' | 'refuse-if-stale' | 'accept';
  readonly mpanCheckDigit: 'advise' | 'refuse';
}

/**
 * Which findings refuse. What stands in front of the rules refuses whether there is a response code for it or not,
 * unless its check only reports; a rule refuses where it has a code, or is configured to.
 */
export function refusalPolicy(settings: RefusalSettings): RulePolicy['refuses'] {
  const { revocationUnknown } = settings;
  return (name, hasCode) => {
    if (!isTrustRule(name)) {
      return hasCode || (name === 'mpan-check-digit-wrong' && settings.mpanCheckDigit === 'refuse');
    }
    const { check } = trustRequirements[name];
    if (check !== 'xmlSignature' && check !== 'sender' && settings[check] === 'report') return false;
    if (name === 'revocation-list-missing') return revocationUnknown === 'refuse';
    if (name === 'revocation-list-not-current') return revocationUnknown !== 'accept';
    return true;
  };
}
