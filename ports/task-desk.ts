import type { Face, FaceSchema } from '../domain/catalog/face-schema';
import type { ChangeKind } from '../domain/certificate-change/change-kind';
import type { LegalGround } from '../domain/certificate-change/change-request';
import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { TaskOperation, TaskRemarkOperation, TaskState } from '../domain/task/lifecycle';
import type { ReviewDecision, TaskCaseKind, TaskDecision, TaskKind } from '../domain/task/task-kind';
import type { Page, PageRequest } from './page';

export interface TaskView {
  readonly id: string;
  readonly kind: TaskKind;
  readonly state: TaskState;
  readonly caseKind: TaskCaseKind;
  readonly caseId: string;
  /** What it is about, as lists show it; never a person. */
  readonly subject: string;
  /** The number by which people call the case. */
  readonly reference: string;
  readonly authorityId: string;
  readonly openedAt: string;
  readonly dueAt: string | null;
  readonly claimedBy: { readonly personId: string; readonly displayName: string } | null;
  readonly claimedAt: string | null;
  readonly decision: TaskDecision | null;
  readonly decisionReason: string | null;
  readonly decidedAt: string | null;
  /** Until then the decision can be taken back. */
  readonly takesEffectAt: string | null;
  readonly availableOperations: readonly (TaskOperation | TaskRemarkOperation)[];
}

/** Everything a reviewer looks at: the face, how it differs from the agency's record, and who asked. */
export interface ReviewMaterial {
  readonly task: TaskView;
  readonly faceSchema: FaceSchema;
  readonly face: Face;
  readonly holders: readonly {
    readonly name: string;
    readonly code: string | null;
    readonly share: string | null;
  }[];
  /** Null: not compared yet. `agencyRecordNotFound` and `different` are why a person is asked. */
  readonly comparison: {
    readonly outcome: 'same' | 'different' | 'agencyRecordNotFound' | 'notCompared';
    readonly differences: readonly {
      readonly element: string;
      readonly requested: string;
      readonly recorded: string;
    }[];
  } | null;
  readonly decision: {
    readonly name: string;
    readonly number: string;
    readonly date: string;
    readonly organ: string;
  } | null;
  readonly attachmentIds: readonly string[];
  /** For a change of a certificate: which, why, and in what the version that follows differs; null for a new issue. */
  readonly change: {
    readonly id: string;
    readonly operation: ChangeKind;
    readonly reason: string;
    readonly legalGround: LegalGround | null;
    readonly differences: readonly {
      readonly element: string;
      readonly before: string | null;
      readonly after: string | null;
    }[];
  } | null;
}

export type TaskQueue = 'mine' | 'unclaimed' | 'done' | 'copied';

export interface TaskFilter {
  readonly queue: TaskQueue;
  readonly kind: TaskKind | null;
  /** Only tasks that are due before this instant (RFC 3339). */
  readonly dueBefore: string | null;
  /** Only the task whose case is called so, exactly. */
  readonly reference: string | null;
}

/** The inbox. A decision is one transaction; refusals say in words what stood in the way. */
export interface TaskDesk {
  list(principal: Principal, filter: TaskFilter, page: PageRequest): Promise<Page<TaskView>>;
  find(principal: Principal, taskId: string): Promise<TaskView | null>;
  /** Records the read of personal data with its purpose. */
  reviewMaterial(
    principal: Principal,
    taskId: string,
    purpose: string,
    traceId: string,
  ): Promise<ReviewMaterial | null>;
  /** The laid-out draft page (待编号 where the register numbers) as PNG. */
  draftPage(
    principal: Principal,
    taskId: string,
    purpose: string,
    traceId: string,
  ): Promise<Uint8Array | null>;
  claim(principal: Principal, taskId: string): Promise<Result<null, Refusal>>;
  release(principal: Principal, taskId: string): Promise<Result<null, Refusal>>;
  /** Idempotent: the same decision by the same person again is accepted. Takes effect after the undo period. */
  decide(
    principal: Principal,
    taskId: string,
    decision: ReviewDecision,
    reason: string | null,
  ): Promise<Result<null, Refusal>>;
  undo(principal: Principal, taskId: string): Promise<Result<null, Refusal>>;
}
