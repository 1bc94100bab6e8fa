import { defineSignal } from '@temporalio/workflow';

// Signals, not updates: nobody waits for what follows, and a message only says "look at the register again".

/** A reviewer decided (or took a decision back). */
export const decidedSignal = defineSignal<[string]>('decided');
/** The initiator withdrew the case. */
export const withdrawnSignal = defineSignal('withdrawn');
/** The initiator amended and sent the case again. */
export const resubmittedSignal = defineSignal('resubmitted');
/** A seal or a mandate of the authority changed: a waiting case may go on. */
export const sealsChangedSignal = defineSignal('sealsChanged');
