import type { Knex } from 'knex';
import type { CatalogDefinition } from '../../../domain/catalog/catalog-entry';
import type { Face } from '../../../domain/catalog/face-schema';
import type { RecordDifference } from '../../../domain/issuance/compare-record';
import type { PersonPrincipal, Principal, Role, SystemPrincipal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import { checkClaim } from '../../../domain/task/lifecycle';
import type { ReviewDecision } from '../../../domain/task/task-kind';
import { taskKind } from '../../../domain/task/task-kind';
import type { Clock } from '../../../ports/clock';
import { CONDUCTED_KINDS } from '../../../ports/conductor';
import type { Page, PageRequest } from '../../../ports/page';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import type { ReviewMaterial, TaskDesk, TaskFilter, TaskView } from '../../../ports/task-desk';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { taskHolder } from '../case/case-tasks';
import { tellCase } from '../case/tell-case';
import { loadPinnedRules } from '../catalog/catalog-rules';
import { changeMaterial } from '../certificate-change/change-material';
import { recordRead } from '../evidence/read-audit';
import { readRequest } from '../issuance/issuance-ledger';
import type { IssuanceRow } from '../issuance/issuance-row';
import { hasRoleAt } from '../organisation/resolve-scope';
import { pageOf, readCursor } from '../register/list-page';
import type { Register } from '../register/register';
import { isSubstituteOfHolder } from './task-substitute';
import { passTask } from './task-teamwork';
import type { TaskRow } from './task-view';
import { pageStatement, TASK_VIEW, taskView } from './task-view';

const ROLE_GATE: SystemPrincipal = { kind: 'system', component: 'roles' };

export interface TaskDeskOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
  /** How long a decision can be taken back before it takes effect. */
  readonly undoMs: number;
  /** Draws the draft page of a face as PNG. */
  readonly drawDraft: (definition: CatalogDefinition, face: Face) => Promise<Uint8Array>;
}

/** The inbox on the register: one transaction per decision, and the workflow is told through the outbox. */
export class PostgresTaskDesk implements TaskDesk {
  readonly #options: TaskDeskOptions;

  constructor(options: TaskDeskOptions) {
    this.#options = options;
  }

  async list(principal: Principal, filter: TaskFilter, page: PageRequest): Promise<Page<TaskView>> {
    if (principal.kind !== 'person') return { items: [], nextCursor: null };
    const after = readCursor(page.cursor);
    const { everything, authorityIds, trades, pairs } = principal.scope;
    return this.#options.register.within(principal, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: (TaskRow & { readonly listed_at: Date })[] }>(
        pageStatement(filter, after !== null),
        {
          person: principal.personId,
          roles: [...principal.roles],
          everywhere: everything || trades.length > 0,
          authorities: [...authorityIds, ...pairs.map((pair) => pair.slice(0, pair.indexOf(':')))],
          kind: filter.kind,
          dueBefore: filter.dueBefore === null ? null : new Date(filter.dueBefore),
          reference: filter.reference,
          afterAt: after?.at ?? null,
          afterId: after?.id ?? null,
          limit: page.limit + 1,
        },
      );
      return pageOf(
        rows,
        page.limit,
        (row) => ({ at: row.listed_at, id: row.id }),
        (row) => taskView(row, principal, this.#options.clock.now()),
      );
    });
  }

  async find(principal: Principal, taskId: string): Promise<TaskView | null> {
    return this.#options.register.within(principal, async (transaction) => {
      const row = await readTask(transaction, taskId);
      return row === null ? null : taskView(row, principal, this.#options.clock.now());
    });
  }

  async reviewMaterial(
    principal: Principal,
    taskId: string,
    purpose: string,
    traceId: string,
  ): Promise<ReviewMaterial | null> {
    return this.#material(principal, taskId, purpose, traceId).then((found) => found?.material ?? null);
  }

  async draftPage(
    principal: Principal,
    taskId: string,
    purpose: string,
    traceId: string,
  ): Promise<Uint8Array | null> {
    const found = await this.#material(principal, taskId, purpose, traceId);
    return found === null ? null : this.#options.drawDraft(found.definition, found.material.face);
  }

  async claim(principal: Principal, taskId: string): Promise<Result<null, Refusal>> {
    const { integrity } = this.#options;
    const roles = await this.#rolesFor(principal, taskId);
    return this.#locked(principal, taskId, async (transaction, task, person, now) => {
      if (task.state === 'claimed' && task.claimed_by === person.personId) return accepted(null);
      const takesOver = await isSubstituteOfHolder(transaction, integrity, task, person, now);
      const allowed = checkClaim(
        {
          state: takesOver ? 'open' : task.state,
          queueRole: task.queue_role,
          excludedPersonId: task.excluded_person_id,
        },
        { personId: person.personId, roles },
      );
      if (!allowed.ok) {
        return refused({ code: allowed.refusal.code, facts: await taskHolder(transaction, task) });
      }
      if (takesOver) {
        await passTask(
          { transaction, task, person, now },
          { id: person.personId },
          '原办理人休假，由代理人接办',
        );
        return accepted(null);
      }
      await transaction('task')
        .where({ id: task.id })
        .update({ state: 'claimed', claimed_by: person.personId, claimed_at: now });
      return accepted(null);
    });
  }

  async release(principal: Principal, taskId: string): Promise<Result<null, Refusal>> {
    return this.#locked(principal, taskId, async (transaction, task, person) => {
      if (task.state !== 'claimed' || task.claimed_by !== person.personId)
        return refused({ code: 'taskNotYours' });
      await transaction('task')
        .where({ id: task.id })
        .update({ state: 'open', claimed_by: null, claimed_at: null });
      return accepted(null);
    });
  }

  async decide(
    principal: Principal,
    taskId: string,
    decision: ReviewDecision,
    reason: string | null,
  ): Promise<Result<null, Refusal>> {
    const wording = reason?.trim() ?? '';
    if (decision !== 'approve' && wording === '') return refused({ code: 'reasonRequired' });
    const roles = await this.#rolesFor(principal, taskId);
    return this.#locked(principal, taskId, async (transaction, task, person, now) => {
      if (task.state === 'decided' && task.decided_by === person.personId && task.decision === decision) {
        return accepted(null);
      }
      const refusal = await mayNotDecide(transaction, task, person, roles);
      if (refusal !== null) return refused(refusal);
      const takesEffectAt = new Date(now.getTime() + this.#options.undoMs);
      await transaction('task')
        .where({ id: task.id })
        .update({
          state: 'decided',
          decision,
          decision_reason: wording === '' ? null : wording,
          decided_by: person.personId,
          decided_at: now,
          takes_effect_at: takesEffectAt,
        });
      await tell(transaction, task, now);
      return accepted(null);
    });
  }

  async undo(principal: Principal, taskId: string): Promise<Result<null, Refusal>> {
    return this.#locked(principal, taskId, async (transaction, task, person, now) => {
      if (task.state !== 'decided' || task.decided_by !== person.personId)
        return refused({ code: 'taskNotYours' });
      if (task.takes_effect_at === null || task.takes_effect_at.getTime() <= now.getTime()) {
        return refused({ code: 'taskUndoExpired' });
      }
      await transaction('task').where({ id: task.id }).update({
        state: 'claimed',
        decision: null,
        decision_reason: null,
        decided_by: null,
        decided_at: null,
        takes_effect_at: null,
      });
      await tell(transaction, task, now);
      return accepted(null);
    });
  }

  /**
   * The role of the task's queue if the person holds it at the task's own authority, and nothing else. Asked before the
   * person's own transaction, because nobody but the product may read role assignments.
   */
  async #rolesFor(principal: Principal, taskId: string): Promise<readonly Role[]> {
    if (principal.kind !== 'person') return [];
    const { register, integrity, clock } = this.#options;
    return register.within(ROLE_GATE, async (transaction) => {
      const task = await transaction<TaskRow>('task')
        .where({ id: taskId })
        .first('queue_role', 'authority_id');
      if (task === undefined) return [];
      const isHeld = await hasRoleAt(transaction, integrity, {
        personId: principal.personId,
        role: task.queue_role,
        authorityId: task.authority_id,
        now: clock.now(),
      });
      return isHeld ? [task.queue_role] : [];
    });
  }

  async #material(
    principal: Principal,
    taskId: string,
    purpose: string,
    traceId: string,
  ): Promise<{ readonly material: ReviewMaterial; readonly definition: CatalogDefinition } | null> {
    if (principal.kind !== 'person') return null;
    const { register, cipher, integrity, clock } = this.#options;
    return register.within(principal, async (transaction) => {
      const task = await readTask(transaction, taskId);
      if (task === null) return null;
      const issuance = await transaction<IssuanceRow>('issuance').where({ id: task.case_id }).first();
      // What is reviewed of a change, also when its version is in review for a difference from the agency's record.
      const changeId =
        task.case_kind === 'certificateChange' ? task.case_id : issuance?.certificate_change_id;
      const changed = changeId == null ? null : await changeMaterial(transaction, this.#options, changeId);
      const reviewed =
        changed ??
        (issuance === undefined
          ? null
          : {
              rules: await loadPinnedRules(transaction, integrity, issuance),
              request: readRequest(cipher, issuance),
            });
      if (reviewed === null) return null;
      const { rules, request } = reviewed;
      await recordRead(transaction, {
        principal,
        purpose,
        traceId,
        resourceKind: issuance === undefined ? 'certificateChange' : 'issuance',
        resourceId: task.case_id,
        certificateVersionId: changed?.versionId ?? null,
        fields: rules.definition.faceSchema.map((field) => field.name),
        unmasked: true,
        readAt: clock.now(),
      });
      return {
        definition: rules.definition,
        material: {
          task: taskView(task, principal, clock.now()),
          faceSchema: rules.definition.faceSchema,
          face: request.face,
          holders: request.holders.map(({ name, code, share }) => ({ name, code, share })),
          comparison:
            issuance === undefined || issuance.comparison_outcome === null
              ? null
              : { outcome: issuance.comparison_outcome, differences: readDifferences(cipher, issuance) },
          decision: request.decision,
          attachmentIds: request.attachmentIds,
          change: changed?.change ?? null,
        },
      };
    });
  }

  async #locked(
    principal: Principal,
    taskId: string,
    work: (
      transaction: Knex.Transaction,
      task: TaskRow,
      person: PersonPrincipal,
      now: Date,
    ) => Promise<Result<null, Refusal>>,
  ): Promise<Result<null, Refusal>> {
    if (principal.kind !== 'person') return refused({ code: 'notPermitted' });
    const { register, clock } = this.#options;
    return register.within(principal, async (transaction) => {
      const task = await transaction<TaskRow>('task').where({ id: taskId }).forUpdate().first();
      if (task === undefined) return refused<Refusal>({ code: 'notFound' });
      return work(transaction, task, principal, clock.now());
    });
  }
}

async function readTask(transaction: Knex.Transaction, taskId: string): Promise<TaskRow | null> {
  const { rows } = await transaction.raw<{ rows: TaskRow[] }>(`${TASK_VIEW} WHERE t.id = ?`, [taskId]);
  return rows[0] ?? null;
}

function readDifferences(cipher: PersonalDataCipher, row: IssuanceRow): readonly RecordDifference[] {
  if (row.comparison_cipher === null) return [];
  return JSON.parse(
    cipher.decrypt(row.comparison_cipher, cipherPlace('issuance.comparison_cipher', row.id)),
  ) as readonly RecordDifference[];
}

/** The register decides: the task is open to be decided, claimed by this person, who is not the operator, and the case still waits. */
async function mayNotDecide(
  transaction: Knex.Transaction,
  task: TaskRow,
  person: PersonPrincipal,
  roles: readonly Role[],
): Promise<Refusal | null> {
  if (task.excluded_person_id === person.personId) return { code: 'operatorMayNotReview' };
  if (!roles.includes(task.queue_role)) return { code: 'roleMissing' };
  if (task.state !== 'claimed' || task.claimed_by !== person.personId) {
    return {
      code: task.state === 'decided' || task.state === 'closed' ? 'taskNotOpen' : 'taskNotYours',
      facts: await taskHolder(transaction, task),
    };
  }
  if (!(await stillWaits(transaction, task))) return { code: 'taskNotOpen' };
  return null;
}

/** Whether the case still waits for this very task; one that moved on meanwhile wants no decision any more. */
async function stillWaits(transaction: Knex.Transaction, task: TaskRow): Promise<boolean> {
  if (task.case_kind !== 'issuance') return taskKind(task.kind).completedBy === 'decide';
  const issuance = await transaction<IssuanceRow>('issuance')
    .where({ id: task.case_id })
    .first('state', 'revision');
  return issuance?.state === 'underReview' && issuance.revision === task.round;
}

/** The workflow only learns that it should read the register again; every telling is its own row. */
async function tell(transaction: Knex.Transaction, task: TaskRow, now: Date): Promise<void> {
  const kind = CONDUCTED_KINDS.find((candidate) => candidate === task.case_kind);
  if (kind === undefined) return;
  await tellCase(transaction, {
    kind,
    caseId: task.case_id,
    change: `decided/${task.id}/${now.getTime()}`,
    now,
  });
}
