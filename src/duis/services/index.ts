import type { Service } from '../service.js';
import { updateSecurityCredentialsKrp } from './6.15.1-update-security-credentials-krp.js';
import { requestHandoverOfDccControlledDevice } from './6.21-request-handover-of-dcc-controlled-device.js';
import { updateSecurityCredentialsCos } from './6.23-update-security-credentials-cos.js';

/** Every service that is checked. */
export const services: readonly Service[] = [
  updateSecurityCredentialsKrp,
  requestHandoverOfDccControlledDevice,
  updateSecurityCredentialsCos,
];
