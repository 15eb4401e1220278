import { notApplicable, type Rule } from './rule.js';

/**
 * Advises, and comes only where the service is configured to go on without the registry
 * (DEVICE_REGISTRY_UNAVAILABLE=accept): unavailable is not unknown, and an answer that was given without it must say so.
 * Not checked: whether what the registry says is true.
 */
export const deviceRegistryUnavailable: Rule = {
  name: 'device-registry-unavailable',
  requirement: 'The device registry can be asked about the target device.',
  citation: 'no clause: a setting (DEVICE_REGISTRY_UNAVAILABLE=accept)',
  evaluate: ({ deviceRegistry }) => {
    if (deviceRegistry === 'not-asked') return notApplicable;
    const answered = deviceRegistry === 'answered';
    return {
      verdict: answered ? 'pass' : 'fail',
      got: answered ? 'its answer' : 'no answer: judged as if it knew nothing of the device',
      wanted: 'what the registry knows of the device',
    };
  },
};
