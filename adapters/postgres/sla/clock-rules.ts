import type { Knex } from 'knex';
import { legalDate } from '../../../domain/shared/legal-date';
import type { Rung, RungKind, RungRecipient } from '../../../domain/sla/escalation-ladder';
import type { WorkCalendar } from '../../../domain/sla/work-calendar';
import type { OfficeHours, ReceivedOutsideHours } from '../../../domain/sla/working-days';
import { loadWorkCalendar } from './work-calendar';

export interface ClockRule {
  readonly version: number;
  readonly officeHours: OfficeHours;
  readonly receivedOutsideHours: ReceivedOutsideHours['policy'];
  /** From so many working days before its end a deadline is near. */
  readonly nearWorkingDays: number;
  readonly basis: string;
}

/** Everything beside the policy itself that clocks of the office run by. */
export interface OfficeClock {
  readonly calendar: WorkCalendar;
  readonly rule: ClockRule;
  readonly ladder: readonly Rung[];
}

interface RuleRow {
  readonly version: number;
  readonly opens_at_minute: number;
  readonly closes_at_minute: number;
  readonly received_outside_hours: ReceivedOutsideHours['policy'];
  readonly near_working_days: number;
  readonly basis: string;
}

interface RungRow {
  readonly key: string;
  readonly kind: RungKind;
  readonly fraction: string | null;
  readonly recipients: readonly RungRecipient[];
}

/** Covers no day: working days cannot be counted, and the deadline waits for a calendar instead of being refused. */
export const NO_CALENDAR: WorkCalendar = {
  version: '0',
  coveredFrom: legalDate('1970-01-01'),
  coveredTo: legalDate('1970-01-01'),
  days: {},
  regionalOverlay: {},
};

/** For limits in minutes, which no office hours, calendar or ladder touches. */
export const NO_OFFICE: OfficeClock = {
  calendar: NO_CALENDAR,
  rule: {
    version: 0,
    officeHours: { opensAtMinute: 0, closesAtMinute: 1440 },
    receivedOutsideHours: 'asFiled',
    nearWorkingDays: 1,
    basis: '',
  },
  ladder: [],
};

/** Out: calendar, office hours and ladder as they are now. */
export async function loadOfficeClock(transaction: Knex.Transaction): Promise<OfficeClock> {
  return {
    calendar: (await loadWorkCalendar(transaction)) ?? NO_CALENDAR,
    rule: await loadClockRule(transaction),
    ladder: await loadLadder(transaction),
  };
}

/** Out: the newest office hours and rules of receiving. */
export async function loadClockRule(transaction: Knex.Transaction): Promise<ClockRule> {
  const row = await transaction<RuleRow>('clock_rule').orderBy('version', 'desc').first();
  if (row === undefined) throw new Error('the register has no office hours');
  return {
    version: row.version,
    officeHours: { opensAtMinute: row.opens_at_minute, closesAtMinute: row.closes_at_minute },
    receivedOutsideHours: row.received_outside_hours,
    nearWorkingDays: row.near_working_days,
    basis: row.basis,
  };
}

/** Out: the rungs of the newest ladder, in order. */
export async function loadLadder(transaction: Knex.Transaction): Promise<readonly Rung[]> {
  const { rows } = await transaction.raw<{ rows: RungRow[] }>(
    `SELECT key, kind, fraction, recipients FROM escalation_rung
     WHERE version = (SELECT max(version) FROM escalation_rung) ORDER BY ordinal`,
  );
  return rows.map((row) => ({ ...row, fraction: row.fraction === null ? null : Number(row.fraction) }));
}
