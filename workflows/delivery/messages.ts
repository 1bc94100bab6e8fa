import { defineSignal } from '@temporalio/workflow';

// A signal, not an update: it only says "look at the register again".

/** Somebody asked for another try, or a receipt arrived from the counter or the portal. */
export const retrySignal = defineSignal('retry');
