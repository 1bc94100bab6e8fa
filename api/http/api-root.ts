/** Everything but health, metrics and documentation lives below it. */
export const API_ROOT = '/api/v1';
