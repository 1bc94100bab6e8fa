import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { PersonPrincipal, Principal, Scope, SystemPrincipal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import { mayRemark } from '../../../domain/task/lifecycle';
import { taskKind } from '../../../domain/task/task-kind';
import type { Clock } from '../../../ports/clock';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import type { TaskRemark, TaskTeamwork } from '../../../ports/task-teamwork';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { recordEvent } from '../evidence/record-event';
import { postNotice } from '../notice/post-notice';
import { hasRoleAt, resolveScope } from '../organisation/resolve-scope';
import type { Register } from '../register/register';
import { loadSlaPolicy } from '../sla/sla-policies';
import { readRemarks } from './task-remarks';
import type { TaskRow } from './task-view';
import { mayTransfer, mayUrge } from './task-view';

const ROLE_GATE: SystemPrincipal = { kind: 'system', component: 'roles' };
const MS_PER_HOUR = 3_600_000;

export interface TaskTeamworkOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
}

interface Act {
  readonly transaction: Knex.Transaction;
  readonly task: TaskRow;
  readonly person: PersonPrincipal;
  readonly now: Date;
}

interface Colleague {
  readonly id: string;
  readonly displayName: string;
  /** Holds the role of the task's queue at the task's authority and is not kept from it. */
  readonly isSuitable: boolean;
  readonly seesTask: boolean;
}

/** Teamwork about tasks on the register. */
export class PostgresTaskTeamwork implements TaskTeamwork {
  readonly #options: TaskTeamworkOptions;

  constructor(options: TaskTeamworkOptions) {
    this.#options = options;
  }

  async requestHandover(principal: Principal, taskId: string): Promise<Result<null, Refusal>> {
    if (principal.kind !== 'person') return refused({ code: 'notPermitted' });
    const [me] = await this.#colleagues(taskId, { ids: [principal.personId] });
    return this.#act(principal, taskId, async ({ transaction, task, person, now }) => {
      if (!mayRemark(task.state, 'requestHandover') || task.claimed_by === null) {
        return refused({ code: task.state === 'open' ? 'taskHeldByNobody' : 'taskNotOpen' });
      }
      if (task.claimed_by === person.personId) return accepted(null);
      if (me?.isSuitable !== true) return refused({ code: 'roleMissing' });
      const asked = await transaction('task_handover_request')
        .insert({
          task_id: task.id,
          requested_by: person.personId,
          holder_id: task.claimed_by,
          ...placeOf(task),
          requested_at: now,
        })
        .onConflict(['task_id', 'requested_by', 'holder_id'])
        .ignore()
        .returning('task_id');
      if (asked.length > 0) {
        await postNotice(transaction, {
          naturalKey: `task/${task.id}/handover/${person.personId}/${task.claimed_by}`,
          recipient: { personId: task.claimed_by },
          title: '请求移交任务',
          body: `${person.displayName}请求接手：${describe(task)}。同意请转办给对方。`,
          link: `/tasks/${task.id}`,
          createdAt: now,
        });
      }
      return accepted(null);
    });
  }

  async transfer(
    principal: Principal,
    taskId: string,
    toUsername: string,
    reason: string,
  ): Promise<Result<null, Refusal>> {
    const [receiver] = await this.#colleagues(taskId, { usernames: [toUsername] });
    return this.#act(principal, taskId, async (act) => {
      const { task, person } = act;
      if (task.state !== 'open' && task.state !== 'claimed') return refused({ code: 'taskNotOpen' });
      if (!mayTransfer(task, person)) return refused({ code: 'notPermitted' });
      if (receiver?.isSuitable !== true) {
        return refused({
          code: 'receiverUnsuitable',
          problems: [
            {
              pointer: '/toUsername',
              code: 'receiverUnsuitable',
              expected: '本单位有相应角色的在岗人员，且不是该事项的经办人',
            },
          ],
        });
      }
      if (task.claimed_by === receiver.id) return accepted(null);
      await passTask(act, receiver, reason);
      return accepted(null);
    });
  }

  async urge(principal: Principal, taskId: string): Promise<Result<null, Refusal>> {
    return this.#act(principal, taskId, async ({ transaction, task, person, now }) => {
      if (!mayRemark(task.state, 'urge')) return refused({ code: 'taskNotOpen' });
      if (!mayUrge(person)) return refused({ code: 'notPermitted' });
      const { value } = await loadSlaPolicy(transaction, this.#options.integrity, 'URGE_COOL_DOWN');
      const again = await urgedUntil(transaction, task.id, value * MS_PER_HOUR);
      if (again !== null && again.getTime() > now.getTime()) {
        return refused({ code: 'urgedRecently', facts: { possibleFrom: shanghaiInstant(again.getTime()) } });
      }
      await transaction('task_urge').insert({
        task_id: task.id,
        urged_by: person.personId,
        ...placeOf(task),
        urged_at: now,
      });
      await recordTaskEvent(transaction, task, 'urge', person, {}, now);
      await postNotice(transaction, {
        naturalKey: `task/${task.id}/urge/${now.toISOString()}`,
        recipient:
          task.claimed_by === null
            ? { role: task.queue_role, authorityId: task.authority_id }
            : { personId: task.claimed_by },
        title: '催办',
        body: `${person.displayName}催办：${describe(task)}。`,
        link: `/tasks/${task.id}`,
        createdAt: now,
      });
      return accepted(null);
    });
  }

  async comment(principal: Principal, taskId: string, text: string): Promise<Result<null, Refusal>> {
    return this.#act(principal, taskId, async ({ transaction, task, person, now }) => {
      if (!mayRemark(task.state, 'comment')) return refused({ code: 'taskNotOpen' });
      const id = randomUUID();
      await transaction('task_comment').insert({
        id,
        task_id: task.id,
        author_id: person.personId,
        ...placeOf(task),
        text_cipher: this.#options.cipher.encrypt(text, cipherPlace('task_comment.text_cipher', id)),
        written_at: now,
      });
      if (task.claimed_by !== null && task.claimed_by !== person.personId) {
        await postNotice(transaction, {
          naturalKey: `task/${task.id}/comment/${id}`,
          recipient: { personId: task.claimed_by },
          title: '任务有新留言',
          body: `${person.displayName}在${describe(task)}留言。`,
          link: `/tasks/${task.id}`,
          createdAt: now,
        });
      }
      return accepted(null);
    });
  }

  async copyTo(
    principal: Principal,
    taskId: string,
    usernames: readonly string[],
  ): Promise<Result<null, Refusal>> {
    const receivers = await this.#colleagues(taskId, { usernames });
    return this.#act(principal, taskId, async ({ transaction, task, person, now }) => {
      if (!mayRemark(task.state, 'copyTo')) return refused({ code: 'taskNotOpen' });
      if (receivers.length < new Set(usernames).size || receivers.some(({ seesTask }) => !seesTask)) {
        return refused({
          code: 'receiverUnsuitable',
          problems: [
            { pointer: '/usernames', code: 'receiverUnsuitable', expected: '有权查看该任务的在岗人员' },
          ],
        });
      }
      for (const { id } of receivers) {
        await transaction('task_copy')
          .insert({
            task_id: task.id,
            person_id: id,
            copied_by: person.personId,
            ...placeOf(task),
            copied_at: now,
          })
          .onConflict(['person_id', 'task_id'])
          .ignore();
        await postNotice(transaction, {
          naturalKey: `task/${task.id}/copy/${id}`,
          recipient: { personId: id },
          title: '抄送',
          body: `${person.displayName}抄送给您：${describe(task)}。`,
          link: `/tasks/${task.id}`,
          createdAt: now,
        });
      }
      return accepted(null);
    });
  }

  remarks(principal: Principal, taskId: string): Promise<readonly TaskRemark[] | null> {
    const { register, cipher } = this.#options;
    return register.within(principal, (transaction) => readRemarks(transaction, cipher, taskId));
  }

  async #act(
    principal: Principal,
    taskId: string,
    work: (act: Act) => Promise<Result<null, Refusal>>,
  ): Promise<Result<null, Refusal>> {
    if (principal.kind !== 'person') return refused({ code: 'notPermitted' });
    const { register, clock } = this.#options;
    return register.within(principal, async (transaction) => {
      const task = await transaction<TaskRow>('task').where({ id: taskId }).forUpdate().first();
      if (task === undefined) return refused<Refusal>({ code: 'notFound' });
      return work({ transaction, task, person: principal, now: clock.now() });
    });
  }

  /** Asked before the person's own transaction, because nobody but the product may read role assignments. */
  async #colleagues(
    taskId: string,
    wanted: { readonly ids?: readonly string[]; readonly usernames?: readonly string[] },
  ): Promise<readonly Colleague[]> {
    const { register, integrity, clock } = this.#options;
    const now = clock.now();
    return register.within(ROLE_GATE, async (transaction) => {
      const task = await transaction<TaskRow>('task').where({ id: taskId }).first();
      if (task === undefined) return [];
      const people = await transaction<{ id: string; display_name: string; state: string }>('person')
        .where({ state: 'active' })
        .where((either) =>
          either.whereIn('id', wanted.ids ?? []).orWhereIn('username', wanted.usernames ?? []),
        )
        .orderBy('id')
        .select('id', 'display_name');
      const colleagues: Colleague[] = [];
      for (const { id, display_name } of people) {
        const role = { personId: id, role: task.queue_role, authorityId: task.authority_id, now };
        const { scope } = await resolveScope(transaction, integrity, id, now);
        colleagues.push({
          id,
          displayName: display_name,
          isSuitable: task.excluded_person_id !== id && (await hasRoleAt(transaction, integrity, role)),
          seesTask: covers(scope, task),
        });
      }
      return colleagues;
    });
  }
}

/** Effect: the task is the receiver's, with the trace of how it came there; its deadline stays. */
export async function passTask(
  { transaction, task, person, now }: Act,
  receiver: { readonly id: string },
  reason: string,
): Promise<void> {
  await transaction('task')
    .where({ id: task.id })
    .update({ state: 'claimed', claimed_by: receiver.id, claimed_at: now });
  await transaction('task_transfer').insert({
    task_id: task.id,
    from_person_id: task.claimed_by,
    to_person_id: receiver.id,
    transferred_by: person.personId,
    ...placeOf(task),
    reason,
    transferred_at: now,
  });
  await recordTaskEvent(
    transaction,
    task,
    'transfer',
    person,
    { from: task.claimed_by, to: receiver.id },
    now,
  );
  for (const told of new Set([receiver.id, task.claimed_by])) {
    if (told === null || told === person.personId) continue;
    await postNotice(transaction, {
      naturalKey: `task/${task.id}/transfer/${told}/${now.toISOString()}`,
      recipient: { personId: told },
      title: told === receiver.id ? '任务转给您办理' : '任务已转由他人办理',
      body: `${person.displayName}转办：${describe(task)}。`,
      link: `/tasks/${task.id}`,
      createdAt: now,
    });
  }
}

async function recordTaskEvent(
  transaction: Knex.Transaction,
  task: TaskRow,
  operation: 'transfer' | 'urge',
  person: PersonPrincipal,
  facts: Readonly<Record<string, string | null>>,
  now: Date,
): Promise<void> {
  await recordEvent(transaction, {
    id: randomUUID(),
    kind: `task.${operation}`,
    caseKind: task.case_kind,
    caseId: task.case_id,
    authorityId: task.authority_id,
    trade: task.trade,
    actor: { kind: 'person', id: person.personId },
    facts: { taskId: task.id, taskKind: task.kind, ...facts },
    occurredAt: now,
    recordedAt: now,
  });
}

async function urgedUntil(
  transaction: Knex.Transaction,
  taskId: string,
  coolDownMs: number,
): Promise<Date | null> {
  const last = await transaction<{ urged_at: Date; task_id: string }>('task_urge')
    .where({ task_id: taskId })
    .orderBy('urged_at', 'desc')
    .first('urged_at');
  return last === undefined ? null : new Date(last.urged_at.getTime() + coolDownMs);
}

function covers(scope: Scope, task: TaskRow): boolean {
  return (
    scope.everything ||
    scope.authorityIds.includes(task.authority_id) ||
    scope.trades.includes(task.trade) ||
    scope.pairs.includes(`${task.authority_id}:${task.trade}`)
  );
}

function placeOf(task: TaskRow): { readonly authority_id: string; readonly trade: string } {
  return { authority_id: task.authority_id, trade: task.trade };
}

function describe(task: TaskRow): string {
  return `“${taskKind(task.kind).name}”${task.subject}（${task.reference}）`;
}
