import { continueAsNew, workflowInfo } from '@temporalio/workflow';

/** Temporal ends a workflow of some 50,000 events, and one that is long is slow to replay after every restart. */
const LONGEST_HISTORY_EVENTS = 2_000;

/**
 * Goes on in a fresh history when this one has grown long, as the same workflow with the same input, which is the id after
 * the slash of the workflow's own id; the case is found in the register where it stands. To be called before the register
 * is read, so that a message that came meanwhile is answered by the fresh history's first look. Does not return when it
 * goes on afresh.
 */
export async function goOnAfreshWhenLong(): Promise<void> {
  const { historyLength, workflowId } = workflowInfo();
  if (historyLength <= LONGEST_HISTORY_EVENTS) return;
  await continueAsNew<(caseId: string) => Promise<void>>(workflowId.slice(workflowId.indexOf('/') + 1));
}
