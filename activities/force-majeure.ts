import type { ForceMajeureLedger, ForceMajeureStanding } from '../ports/force-majeure-ledger';

/** A force-majeure event as its workflow calls it. */
export interface ForceMajeureActivities {
  settleForceMajeureEvent(eventId: string): Promise<ForceMajeureStanding>;
}

/** The one step of an event: all that is due now, a page of its items at a time. */
export function createForceMajeureActivities(ledger: ForceMajeureLedger): ForceMajeureActivities {
  return { settleForceMajeureEvent: (eventId) => ledger.settle(eventId) };
}
