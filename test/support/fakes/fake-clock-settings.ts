import { legalDate } from '../../../domain/shared/legal-date';
import type { Principal } from '../../../domain/shared/principal';
import { accepted } from '../../../domain/shared/result';
import type { CalendarYear } from '../../../domain/sla/calendar-year';
import type { Rung } from '../../../domain/sla/escalation-ladder';
import { INITIAL_SLA_POLICIES } from '../../../domain/sla/policies';
import type { ClockRuleSetting, ClockSettings } from '../../../ports/clock-settings';

/** The settings with which the city begins; they follow what they are told. */
export class FakeClockSettings implements ClockSettings {
  readonly loaded: CalendarYear[] = [];
  setting: ClockRuleSetting = {
    officeHours: { opensAtMinute: 510, closesAtMinute: 1050 },
    receivedOutsideHours: 'asFiled',
    nearWorkingDays: 2,
    basis: '市电子证照管理部门设定',
  };
  rungs: readonly Rung[] = [{ key: 'due', kind: 'due', fraction: null, recipients: ['taskHolder'] }];

  async calendarYear(year: number) {
    return {
      year,
      state: year <= 2026 ? ('loaded' as const) : ('missing' as const),
      days: [],
      regionalDays: [],
      coveredFrom: legalDate('2023-01-01'),
      coveredTo: legalDate('2026-12-31'),
      version: 1,
    };
  }
  async previewCalendarYear(_: Principal, { year }: CalendarYear) {
    return accepted({ year, isChange: true, moving: 0, staying: 1, moves: [] });
  }
  async loadCalendarYear(principal: Principal, loaded: CalendarYear) {
    this.loaded.push(loaded);
    return this.previewCalendarYear(principal, loaded);
  }
  async policies() {
    return INITIAL_SLA_POLICIES;
  }
  async setPolicies() {
    return accepted(INITIAL_SLA_POLICIES);
  }
  async rule() {
    return { ...this.setting, version: 1 };
  }
  async setRule(_: Principal, setting: ClockRuleSetting) {
    this.setting = setting;
    return accepted(null);
  }
  async ladder() {
    return this.rungs;
  }
  async setLadder(_: Principal, ladder: readonly Rung[]) {
    this.rungs = ladder;
    return accepted(null);
  }
}
