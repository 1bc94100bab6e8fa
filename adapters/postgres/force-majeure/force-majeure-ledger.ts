import type { Knex } from 'knex';
import { alarmTitle } from '../../../domain/alarm/alarms';
import type { AFFECTED_OPERATION_NAMES } from '../../../domain/force-majeure/affected-item';
import { isForceMajeureFinal } from '../../../domain/force-majeure/lifecycle';
import type { Clock } from '../../../ports/clock';
import type { ForceMajeureLedger, ForceMajeureStanding } from '../../../ports/force-majeure-ledger';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { tickCaseClocks } from '../case/case-clock';
import { CONDUCTOR_ACTOR } from '../issuance/issuance-row';
import { postNotice } from '../notice/post-notice';
import type { Register } from '../register/register';
import { endItemClocks, pauseItemClocks } from './force-majeure-clocks';
import { closeMadeUpItems, collectFailedSteps, releaseItems } from './force-majeure-collect';
import { collectEventDays } from './force-majeure-days';
import type { ForceMajeureRow } from './force-majeure-row';
import { FORCE_MAJEURE, FORCE_MAJEURE_CASE, lockForceMajeure, recordForceMajeure } from './force-majeure-row';

/** Items of each kind that one look takes in, closes or gives back; a look stays far below two seconds with it. */
const ITEMS_PER_LOOK = 200;
/** Deadlines are computed one by one. */
const CLOCKS_PER_LOOK = 60;
/** While a fault goes on, steps fail without telling anybody; while it is made up, cases end likewise. */
const LOOK_EVERY_MS = 60_000;
/** There is more of what was found; the next look follows at once. */
const AT_ONCE_MS = 0;

/** An event on the register, as its workflow sees it. */
export class PostgresForceMajeureLedger implements ForceMajeureLedger {
  readonly #register: Register;
  readonly #clock: Clock;

  constructor(options: {
    readonly register: Register;
    readonly integrity: RowIntegrity;
    readonly clock: Clock;
  }) {
    this.#register = options.register;
    this.#clock = options.clock;
  }

  settle(eventId: string): Promise<ForceMajeureStanding> {
    const now = this.#clock.now();
    return this.#register.within(FORCE_MAJEURE, async (transaction) => {
      const row = await lockForceMajeure(transaction, eventId);
      if (row === undefined) throw new Error(`force majeure ${eventId} is not in the register`);
      return isForceMajeureFinal(row.state)
        ? settleEnd(transaction, row, now)
        : settleOpen(transaction, row, now);
    });
  }
}

/** What is not recognised gives everything back; after the final report only clocks can be left to end. */
async function settleEnd(
  transaction: Knex.Transaction,
  row: ForceMajeureRow,
  now: Date,
): Promise<ForceMajeureStanding> {
  const page = { eventId: row.id, now, limit: ITEMS_PER_LOOK };
  const released = row.state === 'rejected' ? await releaseItems(transaction, page) : 0;
  const ended = await endItemClocks(transaction, row, now, CLOCKS_PER_LOOK);
  const isClosed = released < ITEMS_PER_LOOK && ended < CLOCKS_PER_LOOK;
  return { isClosed, lookAgainInMs: isClosed ? null : AT_ONCE_MS };
}

async function settleOpen(
  transaction: Knex.Transaction,
  row: ForceMajeureRow,
  now: Date,
): Promise<ForceMajeureStanding> {
  const nextClockInMs = await tickCaseClocks(
    transaction,
    { caseKind: FORCE_MAJEURE_CASE, caseId: row.id },
    now,
  );
  await tellWhatIsLate(transaction, row, now);
  const page = { eventId: row.id, now, limit: ITEMS_PER_LOOK };
  const collected = await collectFailedSteps(transaction, page);
  await collectEventDays(transaction, row, now);
  const made = await closeMadeUpItems(transaction, page);
  const paused = await pauseItemClocks(transaction, row, now, CLOCKS_PER_LOOK);
  const ended = await endItemClocks(transaction, row, now, CLOCKS_PER_LOOK);
  const isMore =
    collected.mayBeMore || made.mayBeMore || paused === CLOCKS_PER_LOOK || ended === CLOCKS_PER_LOOK;
  const lookAgainInMs = isMore ? AT_ONCE_MS : Math.min(nextClockInMs ?? LOOK_EVERY_MS, LOOK_EVERY_MS);
  return { isClosed: false, lookAgainInMs };
}

/** A report or a recovery that is late is told to the city once; the ladder of the deadline goes on by itself. */
async function tellWhatIsLate(transaction: Knex.Transaction, row: ForceMajeureRow, now: Date): Promise<void> {
  const { rows } = await transaction.raw<{ rows: { key: string; round: number }[] }>(
    `SELECT key, round FROM deadline WHERE case_kind = ? AND case_id = ? AND state = 'missed' AND closed_at IS NULL`,
    [FORCE_MAJEURE_CASE, row.id],
  );
  for (const { key, round } of rows) {
    if (key === 'FORCE_MAJEURE_REPORT') await tellCity(transaction, row, 'reportLate', round, now);
    if (key === 'FORCE_MAJEURE_RECOVERY') await tellOverdue(transaction, row, round, now);
  }
}

const LATE = {
  reportLate: [alarmTitle('forceMajeureReportLate'), '已超过报告时限仍未报告，请督促申报单位'],
  overdue: [alarmTitle('forceMajeureOverdue'), '故障消除后三个工作日内未完成补办，请督办'],
} as const;

async function tellCity(
  transaction: Knex.Transaction,
  row: ForceMajeureRow,
  what: keyof typeof LATE,
  round: number,
  now: Date,
): Promise<boolean> {
  const [title, body] = LATE[what];
  let isNew = false;
  for (const role of ['cityAdministrator', 'supervisor', 'bannerAdministrator'] as const) {
    const told = await postNotice(transaction, {
      naturalKey: `forceMajeureEvent/${row.id}/${what}/${round}/${role}`,
      recipient: { role, authorityId: row.authority_id },
      title,
      body: `${row.number}：${body}。`,
      link: `/force-majeure-events/${row.id}`,
      createdAt: now,
    });
    isNew ||= told;
  }
  return isNew;
}

async function tellOverdue(
  transaction: Knex.Transaction,
  row: ForceMajeureRow,
  round: number,
  now: Date,
): Promise<void> {
  if (!(await tellCity(transaction, row, 'overdue', round, now))) return;
  await transaction('force_majeure_event').where({ id: row.id }).update({ overdue_at: now });
  const { rows } = await transaction.raw<{
    rows: { operation: keyof typeof AFFECTED_OPERATION_NAMES; open: number }[];
  }>(
    `SELECT operation, count(*)::int AS open FROM force_majeure_item WHERE event_id = ? AND state = 'open' GROUP BY operation`,
    [row.id],
  );
  const open = Object.fromEntries(rows.map(({ operation, open: count }) => [operation, count]));
  await recordForceMajeure(
    transaction,
    row,
    'overdue',
    { now, actor: CONDUCTOR_ACTOR, facts: open },
    { round },
  );
}
