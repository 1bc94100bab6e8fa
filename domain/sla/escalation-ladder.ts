import { addDays, legalDateAt } from '../shared/legal-date';
import type { DeadlineOptions } from './deadline';
import { deadlineFraction } from './deadline';
import { hoursOf, nextOnDutyMs } from './office-time';
import type { SlaPolicy } from './sla-policy';
import type { WorkCalendar } from './work-calendar';
import { dayKind } from './work-calendar';
import type { OfficeHours } from './working-days';
import { instantMs } from './working-days';

export const RUNG_KINDS = ['fraction', 'closingTime', 'due', 'daily'] as const;
export type RungKind = (typeof RUNG_KINDS)[number];

/** Up the line: who holds the task, the 专人 of the unit (art. 22), banner bureau and competent department, the city. */
export const RUNG_RECIPIENTS = ['taskHolder', 'responsiblePerson', 'bureauAndDepartment', 'city'] as const;
export type RungRecipient = (typeof RUNG_RECIPIENTS)[number];

/** One rung of the ladder, a row of data. */
export interface Rung {
  readonly key: string;
  readonly kind: RungKind;
  /** Share of the working time, above 0 and below 1; null for every other kind. */
  readonly fraction: number | null;
  readonly recipients: readonly RungRecipient[];
}

/** What a ladder is hung on: a deadline as it stands now. */
export interface LadderClock {
  readonly limit: Pick<SlaPolicy, 'key' | 'value' | 'unit' | 'version'>;
  readonly startAt: string;
  /** Null while the calendar does not reach it. */
  readonly dueAt: string | null;
  /** Due at another instant than the limit gives (顺延); the shares of the limit then mean nothing. */
  readonly isPostponed: boolean;
  readonly options: DeadlineOptions;
}

export interface RungInstant {
  /** Names the ring of a deadline once and for all: the rung, and for daily ones also which. */
  readonly key: string;
  readonly rung: Rung;
  readonly atMs: number;
}

export interface OfficeTime {
  readonly calendar: WorkCalendar;
  readonly officeHours: OfficeHours;
}

const MS_PER_DAY = 86_400_000;

/**
 * Which rungs of a deadline have been reached at an instant, earliest first, and when time next makes something due in it:
 * a rung, its end or the next daily reminder. Clocks in days ring in office hours only, clocks in hours at any time;
 * limits in minutes are technical and ring nobody. Of daily reminders only the newest is told. `nextAtMs` is null when
 * nothing is known to come. Pure: what rang already is the caller's to know.
 */
export function reachedRungs(
  ladder: readonly Rung[],
  clock: LadderClock,
  office: OfficeTime,
  nowMs: number,
): { readonly reached: readonly RungInstant[]; readonly nextAtMs: number | null } {
  const known = knownRungs(ladder, clock, office);
  const daily = ladder.find(({ kind }) => kind === 'daily');
  const { latest, nextMs } = daily === undefined ? NO_REMINDER : reminders(daily, clock, office, nowMs);
  const dueMs = clock.dueAt === null ? null : instantMs(clock.dueAt);
  const ahead = [...known.map(({ atMs }) => atMs), dueMs, nextMs].filter(
    (instant): instant is number => instant !== null && instant > nowMs,
  );
  return {
    reached: [...known.filter(({ atMs }) => atMs <= nowMs), ...(latest === null ? [] : [latest])],
    nextAtMs: ahead.length === 0 ? null : Math.min(...ahead),
  };
}

/** Rungs before and at the end whose instants are known, earliest first. */
function knownRungs(ladder: readonly Rung[], clock: LadderClock, office: OfficeTime): readonly RungInstant[] {
  if (clock.limit.unit === 'minutes') return [];
  const rungs: RungInstant[] = [];
  for (const rung of ladder) {
    const atMs = rungMs(rung, clock, office);
    if (atMs !== null) rungs.push({ key: rung.key, rung, atMs });
  }
  return rungs.sort((left, right) => left.atMs - right.atMs);
}

function rungMs(rung: Rung, clock: LadderClock, office: OfficeTime): number | null {
  const { calendar, officeHours } = office;
  const dueMs = clock.dueAt === null ? null : instantMs(clock.dueAt);
  switch (rung.kind) {
    case 'fraction': {
      if (clock.isPostponed || rung.fraction === null) return null;
      const { limit, startAt, options } = clock;
      const share = deadlineFraction(limit, startAt, calendar, rung.fraction, officeHours, options);
      return share.kind === 'at' ? onDutyMs(clock, office, instantMs(share.at)) : null;
    }
    case 'closingTime': {
      if (dueMs === null || isHourClock(clock)) return null;
      const { closesMs } = hoursOf(legalDateAt(dueMs - 1), officeHours);
      return closesMs > instantMs(clock.startAt) ? onDutyMs(clock, office, closesMs) : null;
    }
    case 'due':
      return dueMs === null ? null : onDutyMs(clock, office, dueMs);
    case 'daily':
      return null;
  }
}

function onDutyMs(clock: LadderClock, { calendar, officeHours }: OfficeTime, atMs: number): number {
  return isHourClock(clock) ? atMs : nextOnDutyMs(calendar, officeHours, atMs);
}

function isHourClock({ limit }: LadderClock): boolean {
  return limit.unit === 'hours' || limit.unit === 'minutes';
}

interface Reminders {
  readonly latest: RungInstant | null;
  readonly nextMs: number | null;
}

const NO_REMINDER: Reminders = { latest: null, nextMs: null };

/** The daily reminder that was last due and the next one: every 24 hours, or when the office opens. */
function reminders(rung: Rung, clock: LadderClock, office: OfficeTime, nowMs: number): Reminders {
  if (clock.dueAt === null || clock.limit.unit === 'minutes') return NO_REMINDER;
  const dueMs = instantMs(clock.dueAt);
  if (isHourClock(clock)) {
    const passed = Math.floor((nowMs - dueMs) / MS_PER_DAY);
    if (passed < 0) return NO_REMINDER;
    const nextMs = dueMs + (passed + 1) * MS_PER_DAY;
    if (passed === 0) return { latest: null, nextMs };
    return { latest: { key: `${rung.key}/${passed}`, rung, atMs: dueMs + passed * MS_PER_DAY }, nextMs };
  }
  const toldMs = onDutyMs(clock, office, dueMs);
  return nowMs < toldMs ? NO_REMINDER : morningReminders(rung, office, toldMs, nowMs);
}

/** One reminder each morning on which the office opens, from the day after the end was told. */
function morningReminders(rung: Rung, office: OfficeTime, toldMs: number, nowMs: number): Reminders {
  const { officeHours } = office;
  const toldOn = legalDateAt(toldMs);
  const today = legalDateAt(nowMs);
  let latest = hoursOf(today, officeHours).opensMs <= nowMs ? today : addDays(today, -1);
  while (latest > toldOn && !mayRingOn(office, latest)) latest = addDays(latest, -1);
  let next = hoursOf(today, officeHours).opensMs > nowMs ? today : addDays(today, 1);
  while (next <= toldOn || !mayRingOn(office, next)) next = addDays(next, 1);
  const { opensMs } = hoursOf(latest, officeHours);
  return {
    latest: latest > toldOn ? { key: `${rung.key}/${latest}`, rung, atMs: opensMs } : null,
    nextMs: hoursOf(next, officeHours).opensMs,
  };
}

/** A day of which the calendar says nothing rings: reminders never fall silent because a year is not loaded. */
function mayRingOn({ calendar }: OfficeTime, date: ReturnType<typeof legalDateAt>): boolean {
  return dayKind(calendar, date)?.isWorkingDay ?? true;
}
