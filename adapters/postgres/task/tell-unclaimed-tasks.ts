import type { Knex } from 'knex';
import { alarmTitle } from '../../../domain/alarm/alarms';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { Role, SystemPrincipal } from '../../../domain/shared/principal';
import { computeDeadline } from '../../../domain/sla/deadline';
import type { SlaPolicy } from '../../../domain/sla/sla-policy';
import type { WorkCalendar } from '../../../domain/sla/work-calendar';
import { taskKind } from '../../../domain/task/task-kind';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { postNotice } from '../notice/post-notice';
import type { Register } from '../register/register';
import { loadSlaPolicy } from '../sla/sla-policies';
import { loadWorkCalendar } from '../sla/work-calendar';
import type { TaskRow } from './task-view';

const TELLER: SystemPrincipal = { kind: 'system', component: 'unclaimedTasks' };
const PAGE = 200;
/** Who is told first, and who when as much time has passed again. */
const UP_THE_LINE: readonly (readonly Role[])[] = [
  ['supervisor', 'bannerAdministrator'],
  ['cityAdministrator'],
];

interface UnclaimedRow extends TaskRow {
  readonly unclaimed_told: number;
}

/**
 * A task that nobody takes is told up the line: after the policy TASK_UNCLAIMED to the area, after twice as long to the
 * city, each once. Effect: one page of the oldest. Out: whether there may be more. Without a calendar nobody is told,
 * because nobody knows whether the office was open (reading 12).
 */
export async function tellUnclaimedTasks(
  register: Register,
  integrity: RowIntegrity,
  now: Date,
): Promise<boolean> {
  return register.within(TELLER, async (transaction) => {
    const policy = await loadSlaPolicy(transaction, integrity, 'TASK_UNCLAIMED');
    const calendar = await loadWorkCalendar(transaction);
    if (calendar === null) return false;
    let told = 0;
    for (const level of [0, 1] as const) {
      const tasks = await transaction<UnclaimedRow>('task')
        .where({ state: 'open', unclaimed_told: level })
        .orderBy(['opened_at', 'id'])
        .limit(PAGE)
        .forUpdate()
        .skipLocked();
      for (const task of tasks) {
        if (!hasPassed(policy, level + 1, task.opened_at, calendar, now)) break;
        await tell(transaction, task, level, now);
        told += 1;
      }
    }
    return told >= PAGE;
  });
}

/** Tasks come in the order in which they were opened, so the first that is not late ends the page. */
function hasPassed(
  policy: SlaPolicy,
  times: number,
  openedAt: Date,
  calendar: WorkCalendar,
  now: Date,
): boolean {
  const limit = { ...policy, value: policy.value * times };
  const deadline = computeDeadline(limit, shanghaiInstant(openedAt.getTime()), calendar);
  return deadline.kind === 'due' && Date.parse(deadline.dueAt) <= now.getTime();
}

async function tell(
  transaction: Knex.Transaction,
  task: UnclaimedRow,
  level: 0 | 1,
  now: Date,
): Promise<void> {
  for (const role of UP_THE_LINE[level] ?? []) {
    await postNotice(transaction, {
      naturalKey: `task/${task.id}/unclaimed/${role}`,
      recipient: { role, authorityId: task.authority_id },
      title: alarmTitle('taskUnclaimed'),
      body: `“${taskKind(task.kind).name}”${task.subject}（${task.reference}）长时间无人认领，请催办或改派。`,
      link: `/tasks/${task.id}`,
      createdAt: now,
    });
  }
  await transaction('task')
    .where({ id: task.id })
    .update({ unclaimed_told: level + 1 });
}
