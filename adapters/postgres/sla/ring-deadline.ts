import type { Knex } from 'knex';
import { alarmTitle } from '../../../domain/alarm/alarms';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import { describeDueAt } from '../../../domain/sla/deadline';
import type { Rung, RungInstant, RungRecipient } from '../../../domain/sla/escalation-ladder';
import { postNotice } from '../notice/post-notice';
import type { DeadlineRow } from './deadline-row';
import { ringAddresses } from './rung-recipients';

interface NamesRow {
  readonly name: string;
  readonly subject: string | null;
  readonly reference: string | null;
}

/**
 * Effect: rungs that have been reached and did not ring yet ring, each once in a course of the clock. Of several at once,
 * as after an outage, only the last is told, to everybody whom the others would have told. Idempotent. Out: how many rang.
 */
export async function ringRungs(
  transaction: Knex.Transaction,
  deadline: DeadlineRow,
  reached: readonly RungInstant[],
  now: Date,
): Promise<number> {
  const rang = await transaction<{ deadline_id: string; course: number; rung: string }>('deadline_ring')
    .where({ deadline_id: deadline.id, course: deadline.course })
    .select('rung');
  const before = new Set(rang.map(({ rung }) => rung));
  const fresh = reached.filter(({ key }) => !before.has(key));
  const last = fresh.at(-1);
  if (last === undefined) return 0;
  const recipients = new Set(fresh.flatMap(({ rung }) => rung.recipients));
  const told = await tell(transaction, deadline, last, recipients, now);
  await transaction('deadline_ring').insert(
    fresh.map((rung) => ({
      deadline_id: deadline.id,
      course: deadline.course,
      rung: rung.key,
      authority_id: deadline.authority_id,
      trade: deadline.trade,
      due_at: new Date(rung.atMs),
      rang_at: now,
      told: rung === last ? told : [],
    })),
  );
  return fresh.length;
}

async function tell(
  transaction: Knex.Transaction,
  deadline: DeadlineRow,
  { key, rung }: RungInstant,
  recipients: ReadonlySet<RungRecipient>,
  now: Date,
): Promise<readonly RungRecipient[]> {
  const names = await namesOf(transaction, deadline);
  const addresses = await ringAddresses(transaction, deadline, recipients, now);
  for (const { recipient, name } of addresses) {
    await postNotice(transaction, {
      naturalKey: `deadline/${deadline.id}/${deadline.course}/${key}/${name}`,
      recipient,
      title: titleOf(rung, names.name),
      body: bodyOf(deadline, names),
      link: `/deadlines/${deadline.id}`,
      createdAt: now,
    });
  }
  return [...new Set(addresses.map((address) => address.rung))];
}

function titleOf({ kind, fraction }: Rung, name: string): string {
  switch (kind) {
    case 'fraction':
      return `时限提醒：${name}已用去${Math.round((fraction ?? 0) * 100)}%的办理时间`;
    case 'closingTime':
      return `时限预警：${name}今日到期`;
    case 'due':
      return `${alarmTitle('deadlineReached')}：${name}已超期`;
    case 'daily':
      return `${alarmTitle('deadlineStillOpen')}：${name}仍未办结`;
  }
}

function bodyOf(deadline: DeadlineRow, { name, subject, reference }: NamesRow): string {
  const what = reference === null ? `“${name}”` : `${subject ?? name}（${reference}）的“${name}”`;
  if (deadline.due_at === null) return `${what}尚待工作日历确定到期日，请及时办理。`;
  const due = describeDueAt(
    shanghaiInstant(deadline.due_at.getTime()),
    shanghaiInstant(deadline.start_at.getTime()),
  );
  return `${what}应于${due}办结，请及时办理。`;
}

/** What the limit and the case are called; the name of a policy binds nobody, so its seal is not checked for it. */
async function namesOf(transaction: Knex.Transaction, deadline: DeadlineRow): Promise<NamesRow> {
  const { rows } = await transaction.raw<{ rows: NamesRow[] }>(
    `SELECT p.name, t.subject, t.reference FROM sla_policy p
     LEFT JOIN LATERAL (SELECT subject, reference FROM task WHERE case_kind = ? AND case_id = ?
       ORDER BY deadline_id = ? DESC NULLS LAST, opened_at DESC LIMIT 1) t ON true
     WHERE p.key = ? AND p.version = ?`,
    [deadline.case_kind, deadline.case_id, deadline.id, deadline.key, deadline.policy_version],
  );
  const [names] = rows;
  if (names === undefined) throw new Error(`deadline ${deadline.id} has no policy`);
  return names;
}
