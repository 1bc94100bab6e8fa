import type { Knex } from 'knex';
import { alarmTitle } from '../../../domain/alarm/alarms';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { legalDateAt } from '../../../domain/shared/legal-date';
import type { SystemPrincipal } from '../../../domain/shared/principal';
import { isNextYearMissing } from '../../../domain/sla/work-calendar';
import { postNotice } from '../notice/post-notice';
import type { Register } from '../register/register';
import { NO_CALENDAR } from './clock-rules';
import { vacantUnits } from './vacant-units';
import { loadWorkCalendar } from './work-calendar';

const ALARM: SystemPrincipal = { kind: 'system', component: 'dailyAlarms' };

export interface DailyAlarms {
  /** The year whose calendar should be loaded by now; null: none. */
  readonly missingYear: number | null;
  /** Issuing units for which nobody answers (art. 22). */
  readonly vacantUnits: number;
}

/**
 * Effect: what is wrong for as long as somebody does something about it is told once a day: from 1 November that next
 * year's working calendar is not loaded (to the city), and which issuing units have no responsible person (to the city, and
 * each to its bureau). Idempotent within a day. Out: what was found.
 */
export async function raiseDailyAlarms(register: Register, now: Date): Promise<DailyAlarms> {
  const today = legalDateAt(now.getTime());
  return register.within(ALARM, async (transaction) => ({
    missingYear: await tellMissingCalendar(transaction, today, now),
    vacantUnits: await tellVacancies(transaction, today, now),
  }));
}

async function tellMissingCalendar(
  transaction: Knex.Transaction,
  today: LegalDate,
  now: Date,
): Promise<number | null> {
  const calendar = (await loadWorkCalendar(transaction)) ?? NO_CALENDAR;
  if (!isNextYearMissing(calendar, today)) return null;
  const thisYear = Number(today.slice(0, 4));
  const year = calendar.coveredTo < `${thisYear}-12-31` ? thisYear : thisYear + 1;
  const { rows } = await transaction.raw<{ rows: { waiting: number }[] }>(
    `SELECT count(*) AS waiting FROM deadline WHERE closed_at IS NULL AND state = 'awaitingCalendar'`,
  );
  await postNotice(transaction, {
    naturalKey: `${calendarNoticePrefix(year)}${today}`,
    recipient: { role: 'cityAdministrator' },
    title: `${year}年${alarmTitle('calendarMissing')}`,
    body: `请在国务院办公厅节假日安排通知发布后载入${year}年工作日历；目前有 ${rows[0]?.waiting ?? 0} 项时限等待日历，办件照常进行。`,
    link: `/work-calendar/${year}`,
    createdAt: now,
  });
  return year;
}

/** Effect: whoever was told that a year is missing need not read it any more. */
export async function clearMissingCalendar(
  transaction: Knex.Transaction,
  year: number,
  now: Date,
): Promise<void> {
  await transaction('notice')
    .whereLike('natural_key', `${calendarNoticePrefix(year)}%`)
    .whereNull('read_at')
    .update({ read_at: now });
}

function calendarNoticePrefix(year: number): string {
  return `workCalendar/${year}/missing/`;
}

async function tellVacancies(transaction: Knex.Transaction, today: LegalDate, now: Date): Promise<number> {
  const units = await vacantUnits(transaction, today);
  if (units.length === 0) return 0;
  await postNotice(transaction, {
    naturalKey: `responsiblePerson/vacant/${today}`,
    recipient: { role: 'cityAdministrator' },
    title: `${units.length} 个${alarmTitle('responsiblePersonVacant')}`,
    body: `按照管理办法第二十二条，各单位应明确专人并备案。尚缺专人：${units
      .slice(0, 10)
      .map(({ name }) => name)
      .join('、')}${units.length > 10 ? '等' : ''}。`,
    link: '/responsible-persons/vacancies',
    createdAt: now,
  });
  for (const { id, name } of units) {
    await postNotice(transaction, {
      naturalKey: `responsiblePerson/vacant/${today}/${id}`,
      recipient: { role: 'bannerAdministrator', authorityId: id },
      title: alarmTitle('responsiblePersonVacant'),
      body: `${name}尚未明确电子证照专人，请督促指定并报市电子证照管理部门备案。`,
      link: '/responsible-persons/vacancies',
      createdAt: now,
    });
  }
  return units.length;
}
