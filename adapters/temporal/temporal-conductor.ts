import type { Client } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import type { ConductedKind, Conductor } from '../../ports/conductor';
import { lookAgainSignal } from '../../workflows/shared/messages';

export const TASK_QUEUE = 'ecert';
/** A killed worker stalls its cases at most this long; the default of 10 s triples the time of a whole batch. */
const WORKFLOW_TASK_TIMEOUT = '5s';

/** Conducts cases with Temporal; a workflow's id is `<kind>/<id of the case>`, so a case has one at a time. */
export class TemporalConductor implements Conductor {
  readonly #client: Client;
  readonly #taskQueue: string;

  constructor(options: { readonly client: Client; readonly taskQueue: string }) {
    this.#client = options.client;
    this.#taskQueue = options.taskQueue;
  }

  async start(kind: ConductedKind, id: string): Promise<void> {
    try {
      await this.#start(kind, id, 'REJECT_DUPLICATE');
    } catch (fault) {
      if (!(fault instanceof WorkflowExecutionAlreadyStartedError)) throw fault;
    }
  }

  async startAgain(kind: ConductedKind, id: string): Promise<void> {
    await this.#start(kind, id, 'ALLOW_DUPLICATE');
  }

  async tell(kind: ConductedKind, id: string): Promise<'told' | 'notRunning'> {
    const handle = this.#client.workflow.getHandle(workflowId(kind, id));
    try {
      await handle.signal(lookAgainSignal);
      return 'told';
    } catch (fault) {
      if (fault instanceof WorkflowNotFoundError) return 'notRunning';
      throw fault;
    }
  }

  async #start(
    kind: ConductedKind,
    id: string,
    workflowIdReusePolicy: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE',
  ): Promise<void> {
    await this.#client.workflow.start(kind, {
      workflowId: workflowId(kind, id),
      taskQueue: this.#taskQueue,
      args: [id],
      workflowTaskTimeout: WORKFLOW_TASK_TIMEOUT,
      workflowIdReusePolicy,
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  }
}

/** The id under which a case's workflow runs. */
export function workflowId(kind: ConductedKind, id: string): string {
  return `${kind}/${id}`;
}
