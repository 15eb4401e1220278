/** Where requests are judged. */
export const serviceRequestsPath = '/v1/service-requests';
