import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';

/** One thing that people did about a task, in the order of time. */
export interface TaskRemark {
  readonly kind: 'transfer' | 'urge' | 'comment' | 'copy' | 'handoverRequest';
  readonly at: string;
  readonly by: string;
  /** Who got the task, its copy, or the request; null where the kind has none. */
  readonly to: string | null;
  readonly text: string | null;
}

/** What people do about each other's tasks; each is one transaction and tells whom it concerns by a notice. */
export interface TaskTeamwork {
  /** Asks whoever holds the task for it. Asking the same holder again changes nothing. */
  requestHandover(principal: Principal, taskId: string): Promise<Result<null, Refusal>>;
  /**
   * 转办 by the holder, or 改派 by a supervisor or administrator within scope. The receiver has the role of the queue at
   * the task's authority and is not its operator; the deadline stays. A task that the receiver holds already is accepted.
   */
  transfer(
    principal: Principal,
    taskId: string,
    toUsername: string,
    reason: string,
  ): Promise<Result<null, Refusal>>;
  /** 催办; refused with the instant from which it is possible again while the cool-down runs. */
  urge(principal: Principal, taskId: string): Promise<Result<null, Refusal>>;
  comment(principal: Principal, taskId: string, text: string): Promise<Result<null, Refusal>>;
  /** 抄送; refused for somebody who may not see the task. */
  copyTo(principal: Principal, taskId: string, usernames: readonly string[]): Promise<Result<null, Refusal>>;
  /** Null when the principal does not see the task. */
  remarks(principal: Principal, taskId: string): Promise<readonly TaskRemark[] | null>;
}
