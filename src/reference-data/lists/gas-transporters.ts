import { z } from 'zod';
import { networkOperatorIdPattern } from '../../stores/device-store.js';
import { defineList, organisationId, period, words } from '../list.js';

/**
 * Gas Transporters, by the short code that registration data names them by. An MPRN carries no network in its digits, so
 * that this is the only way from a gas device to whoever operates its network.
 */
export const gasTransporters = defineList({
  name: 'gas-transporters',
  noun: 'Gas Transporter',
  nameMember: 'code',
  mayBeEmpty: true,
  entry: z.strictObject({
    code: z
      .string()
      .regex(
        networkOperatorIdPattern,
        'must be one to eight upper-case letters and digits, with a letter among them',
      ),
    name: words,
    organisationId: organisationId.describe('As in network-operators.json, which has its Entity Identifiers'),
    ...period,
  }),
  key: ({ code }) => code,
});
