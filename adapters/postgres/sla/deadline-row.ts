import type { LegalDate } from '../../../domain/shared/legal-date';
import { addDays, legalDateAt, shanghaiInstant } from '../../../domain/shared/legal-date';
import type { Deadline, DeadlineOptions } from '../../../domain/sla/deadline';
import { computeDeadline } from '../../../domain/sla/deadline';
import type { DeadlineState } from '../../../domain/sla/deadline-state';
import type { LadderClock, RungInstant } from '../../../domain/sla/escalation-ladder';
import { reachedRungs } from '../../../domain/sla/escalation-ladder';
import type { SlaUnit } from '../../../domain/sla/sla-policy';
import type { DayExplanation, ReceivedOutsideHours } from '../../../domain/sla/working-days';
import type { OfficeClock } from './clock-rules';

/** A time during which a clock stood still; `until` is null while it does. */
export interface StoredSuspension {
  readonly from: string;
  readonly until: string | null;
  readonly reason: string;
}

/** What a deadline is computed from, at any time and always from the original start. */
export interface ClockBasis {
  readonly key: string;
  readonly policy_version: number;
  readonly limit_value: number;
  readonly limit_unit: SlaUnit;
  readonly received_outside_hours: ReceivedOutsideHours['policy'];
  readonly start_at: Date;
  readonly suspensions: readonly StoredSuspension[];
  readonly postponed_to: Date | null;
}

export interface DeadlineRow extends ClockBasis {
  readonly id: string;
  readonly case_kind: string;
  readonly case_id: string;
  readonly round: number;
  readonly authority_id: string;
  readonly trade: string;
  readonly state: DeadlineState;
  readonly due_at: Date | null;
  readonly due_date: LegalDate | null;
  readonly original_due_at: Date | null;
  readonly calendar_version: string | null;
  readonly explanation: readonly DayExplanation[];
  readonly course: number;
  readonly next_ring_at: Date | null;
  readonly closed_at: Date | null;
}

export interface ComputedClock {
  readonly state: 'running' | 'awaitingCalendar' | 'suspended';
  readonly dueAt: Date | null;
  readonly dueDate: LegalDate | null;
  readonly calendarVersion: string | null;
  readonly explanation: readonly DayExplanation[];
}

/** Where a clock stands by its basis and the calendar; pure. */
export function computeClock(basis: ClockBasis, office: OfficeClock): ComputedClock {
  const computed = computeDeadline(
    limitOf(basis),
    shanghaiInstant(basis.start_at.getTime()),
    office.calendar,
    optionsOf(basis, office),
  );
  const { calendarVersion } = computed;
  const standsStill = basis.suspensions.find(({ until }) => until === null);
  if (standsStill !== undefined) {
    const explanation = explainStandstill(computed, standsStill);
    return { state: 'suspended', dueAt: null, dueDate: null, calendarVersion, explanation };
  }
  const { explanation } = computed;
  const dueAt = basis.postponed_to ?? (computed.kind === 'due' ? new Date(computed.dueAt) : null);
  if (dueAt === null) {
    return { state: 'awaitingCalendar', dueAt, dueDate: null, calendarVersion, explanation };
  }
  const dueDate = legalDateAt(dueAt.getTime() - 1);
  return { state: 'running', dueAt, dueDate, calendarVersion, explanation };
}

/** Which rungs of a clock have been reached, and when time next makes something due in it. */
export function rungsOf(
  basis: ClockBasis,
  dueAt: Date | null,
  office: OfficeClock,
  now: Date,
): { readonly reached: readonly RungInstant[]; readonly nextAt: Date | null } {
  const clock: LadderClock = {
    limit: limitOf(basis),
    startAt: shanghaiInstant(basis.start_at.getTime()),
    dueAt: dueAt === null ? null : shanghaiInstant(dueAt.getTime()),
    isPostponed: basis.postponed_to !== null,
    options: optionsOf(basis, office),
  };
  const place = { calendar: office.calendar, officeHours: office.rule.officeHours };
  const { reached, nextAtMs } = reachedRungs(office.ladder, clock, place, now.getTime());
  return { reached, nextAt: nextAtMs === null ? null : new Date(nextAtMs) };
}

/** The columns that a computation fills; the state is the caller's, who knows whether the end has passed. */
export function dueColumns(computed: ComputedClock): Readonly<Record<string, unknown>> {
  return {
    due_at: computed.dueAt,
    due_date: computed.dueDate,
    calendar_version: computed.calendarVersion,
    explanation: JSON.stringify(computed.explanation),
  };
}

function limitOf(basis: ClockBasis) {
  return {
    key: basis.key,
    value: basis.limit_value,
    unit: basis.limit_unit,
    version: basis.policy_version,
  };
}

function optionsOf(basis: ClockBasis, { rule }: OfficeClock): DeadlineOptions {
  const suspensions = basis.suspensions.flatMap(({ from, until }) =>
    until === null ? [] : [{ from, until }],
  );
  return {
    suspensions,
    receivedOutsideHours:
      basis.received_outside_hours === 'asFiled'
        ? { policy: 'asFiled' }
        : { policy: 'nextWorkingDay', officeHours: rule.officeHours },
  };
}

/** The days until the clock stopped, and from when on none is counted. */
function explainStandstill(
  computed: Deadline,
  { from, reason }: StoredSuspension,
): readonly DayExplanation[] {
  const stoppedOn = legalDateAt(Date.parse(from));
  return [
    ...computed.explanation.filter(({ date }) => date <= stoppedOn),
    {
      date: addDays(stoppedOn, 1),
      counted: false,
      ordinal: null,
      reason: `中止计时：${reason}`,
      notice: null,
    },
  ];
}
