import { REAL_ESTATE_CERTIFICATE } from '../../../domain/catalog/built-in/real-estate-certificate';
import type { Principal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { TaskOperation } from '../../../domain/task/lifecycle';
import { applyTaskTransition } from '../../../domain/task/lifecycle';
import type { TaskDesk, TaskView } from '../../../ports/task-desk';
import { AGENCY } from './fake-identity';
import { INSTANT, TASK_ID } from './fake-ids';

/** One task that moves by the domain's table. */
export class FakeTaskDesk implements TaskDesk {
  task: TaskView = {
    id: TASK_ID,
    kind: 'issuanceReview',
    state: 'open',
    caseKind: 'issuance',
    caseId: '00000000-0000-4000-8000-000000000001',
    subject: '道路运输证',
    reference: '150602-2026-000123',
    authorityId: AGENCY.authorityId,
    openedAt: INSTANT,
    dueAt: INSTANT,
    claimedBy: null,
    claimedAt: null,
    decision: null,
    decisionReason: null,
    decidedAt: null,
    takesEffectAt: null,
    availableOperations: ['claim'],
  };
  readonly purposes: string[] = [];

  async list() {
    return { items: [this.task], nextCursor: null };
  }
  async find(_: Principal, taskId: string) {
    return taskId === TASK_ID ? this.task : null;
  }
  async reviewMaterial(_: Principal, taskId: string, purpose: string) {
    if (taskId !== TASK_ID) return null;
    this.purposes.push(purpose);
    return {
      task: this.task,
      faceSchema: REAL_ESTATE_CERTIFICATE.faceSchema,
      face: { 坐落: '演示街3号' },
      holders: [{ name: '阿拉腾其其格', code: '150699198503120121', share: '1/2' }],
      comparison: {
        outcome: 'different' as const,
        differences: [{ element: '坐落', requested: '演示街3号', recorded: '演示街4号' }],
      },
      decision: null,
      attachmentIds: [],
      change: null,
    };
  }
  async draftPage(_: Principal, taskId: string, purpose: string) {
    this.purposes.push(purpose);
    return taskId === TASK_ID ? Buffer.from('\x89PNG', 'latin1') : null;
  }
  async claim(_: Principal, taskId: string) {
    return this.#move(taskId, 'claim');
  }
  async release(_: Principal, taskId: string) {
    return this.#move(taskId, 'release');
  }
  async decide(
    _: Principal,
    taskId: string,
    decision: 'approve' | 'sendBack' | 'refuse',
    reason: string | null,
  ) {
    if (decision !== 'approve' && reason === null) return refused({ code: 'reasonRequired' as const });
    return this.#move(taskId, 'decide');
  }
  async undo(_: Principal, taskId: string) {
    return this.#move(taskId, 'undo');
  }

  #move(taskId: string, operation: TaskOperation): Result<null, Refusal> {
    if (taskId !== TASK_ID) return refused({ code: 'notFound' });
    const next = applyTaskTransition(this.task.state, operation);
    if (!next.ok) return refused({ code: 'taskNotOpen', facts: { claimedSince: INSTANT } });
    this.task = { ...this.task, state: next.value };
    return accepted(null);
  }
}
