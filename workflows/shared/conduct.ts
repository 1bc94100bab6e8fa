import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import { Nudge } from './nudge';

/** A case may be looked at every minute for weeks; past this many events it goes on in a fresh history, from its row. */
const LONGEST_HISTORY_EVENTS = 2_000;

/** What a case answers about itself after it did everything that was due. */
export interface CaseStanding {
  readonly isClosed: boolean;
  /** Until time alone makes something due (a rung, a deadline, the effect of a decision); null when nothing does. */
  readonly lookAgainInMs: number | null;
}

/**
 * Conducts a case that people and clocks move: does what is due, then waits for a message or for the next thing that time
 * makes due, until the case is closed. Everything is decided in the register by `settle`, which is idempotent, so the
 * case goes on from its row at any state (architecture, rules 5 and 6).
 */
export async function conduct(settle: () => Promise<CaseStanding>): Promise<void> {
  const nudge = new Nudge();
  for (;;) {
    // Before the register is read, so that a message that came meanwhile is answered by the fresh history's first look.
    if (workflowInfo().historyLength > LONGEST_HISTORY_EVENTS) await goOnAfresh();
    nudge.reset();
    const { isClosed, lookAgainInMs } = await settle();
    if (isClosed) return;
    await nudge.within(lookAgainInMs);
  }
}

/** The same workflow with the same input, which is the id after the slash of the workflow's own id. */
function goOnAfresh(): Promise<never> {
  const { workflowId } = workflowInfo();
  return continueAsNew<(caseId: string) => Promise<void>>(workflowId.slice(workflowId.indexOf('/') + 1));
}
