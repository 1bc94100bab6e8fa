import { defineSignal } from '@temporalio/workflow';

// A signal, not an update: a message only says "look at the register again" and carries no decision.

/** The register has moved: somebody acted on the case, or one of its deadlines is due earlier than before. */
export const lookAgainSignal = defineSignal('lookAgain');
