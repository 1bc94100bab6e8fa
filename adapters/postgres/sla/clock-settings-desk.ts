import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { legalDate } from '../../../domain/shared/legal-date';
import type { PersonPrincipal, Principal, SystemPrincipal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Problem, Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { CalendarYear } from '../../../domain/sla/calendar-year';
import { withCalendarYear } from '../../../domain/sla/calendar-year';
import { checkLadder } from '../../../domain/sla/check-ladder';
import type { Rung } from '../../../domain/sla/escalation-ladder';
import type { SlaPolicy } from '../../../domain/sla/sla-policy';
import { checkPolicyChange } from '../../../domain/sla/sla-policy';
import type { WorkCalendar } from '../../../domain/sla/work-calendar';
import type { Clock } from '../../../ports/clock';
import type {
  CalendarEffect,
  CalendarYearView,
  ClockRuleSetting,
  ClockSettings,
  PolicySetting,
} from '../../../ports/clock-settings';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { recordEvent } from '../evidence/record-event';
import { deterministicId } from '../register/deterministic-id';
import type { Register } from '../register/register';
import { effectOfCalendar } from './calendar-effect';
import { calendarYearView, textOf } from './calendar-year-view';
import { loadClockRule, loadLadder } from './clock-rules';
import { clearMissingCalendar } from './daily-alarms';
import { recomputePage } from './recompute-deadlines';
import { listSlaPolicies, storeSlaPolicy } from './sla-policies';
import { loadWorkCalendar, storeWorkCalendar } from './work-calendar';

/** Limits, calendar and ladder are the same for everybody and say nothing about anybody. */
const READER: SystemPrincipal = { kind: 'system', component: 'clockSettings' };
/** 内蒙古自治区, whose local holidays the overlay holds. */
const REGION = '150000';
/** So many deadlines follow a new calendar at once; the worker goes on with the rest in pages. */
const AT_ONCE = 500;

export interface ClockSettingsOptions {
  readonly register: Register;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
}

type City = PersonPrincipal & { readonly authorityId: string };

/** Time limits, working calendar, office hours and ladder on the register. */
export class PostgresClockSettings implements ClockSettings {
  readonly #options: ClockSettingsOptions;

  constructor(options: ClockSettingsOptions) {
    this.#options = options;
  }

  async calendarYear(year: number): Promise<CalendarYearView> {
    const calendar = await this.#options.register.within(READER, loadWorkCalendar);
    return calendarYearView(calendar, year);
  }

  async previewCalendarYear(
    principal: Principal,
    loaded: CalendarYear,
  ): Promise<Result<CalendarEffect, Refusal>> {
    if (cityOf(principal) === null) return refused({ code: 'notPermitted' });
    return this.#options.register.within(READER, async (transaction) => {
      const next = await nextCalendar(transaction, loaded);
      if (!next.ok) return next;
      return accepted(await calendarEffect(transaction, loaded.year, next.value));
    });
  }

  async loadCalendarYear(
    principal: Principal,
    loaded: CalendarYear,
  ): Promise<Result<CalendarEffect, Refusal>> {
    const city = cityOf(principal);
    if (city === null) return refused({ code: 'notPermitted' });
    const now = this.#options.clock.now();
    return this.#options.register.within(city, async (transaction) => {
      const next = await nextCalendar(transaction, loaded);
      if (!next.ok) return next;
      const effect = await calendarEffect(transaction, loaded.year, next.value);
      const isChange = await storeWorkCalendar(transaction, {
        calendar: next.value,
        region: REGION,
        loadedBy: city.personId,
        loadedAt: now,
        reason: `载入${loaded.year}年工作日历（${loaded.notice}）`,
      });
      if (!isChange) return accepted(effect);
      await clearMissingCalendar(transaction, loaded.year, now);
      await record(transaction, city, now, 'workCalendar.load', {
        year: loaded.year,
        notice: loaded.notice,
        moving: effect.moving,
      });
      await recomputePage(transaction, { now, pageSize: AT_ONCE, tellingFrom: now });
      return accepted(effect);
    });
  }

  async policies(): Promise<readonly SlaPolicy[]> {
    const { register, integrity } = this.#options;
    return register.within(READER, (transaction) => listSlaPolicies(transaction, integrity));
  }

  async setPolicies(
    principal: Principal,
    changes: readonly PolicySetting[],
  ): Promise<Result<readonly SlaPolicy[], Refusal>> {
    const city = cityOf(principal);
    if (city === null) return refused({ code: 'notPermitted' });
    const { register, integrity, clock } = this.#options;
    const now = clock.now();
    return register.within(city, async (transaction) => {
      await lockSettings(transaction);
      const judged = judgePolicies(await listSlaPolicies(transaction, integrity), changes);
      if (!judged.ok) return judged;
      for (const policy of judged.value) {
        await storeSlaPolicy(transaction, integrity, policy, { by: city.personId, at: now });
        const { key, value, unit, version } = policy;
        await record(transaction, city, now, 'slaPolicy.set', { key, value, unit, version });
      }
      return accepted(await listSlaPolicies(transaction, integrity));
    });
  }

  async rule(): Promise<ClockRuleSetting & { readonly version: number }> {
    return this.#options.register.within(READER, loadClockRule);
  }

  async setRule(principal: Principal, setting: ClockRuleSetting): Promise<Result<null, Refusal>> {
    const city = cityOf(principal);
    if (city === null) return refused({ code: 'notPermitted' });
    const { opensAtMinute, closesAtMinute } = setting.officeHours;
    if (opensAtMinute >= closesAtMinute) {
      const expected = '下班时间应晚于上班时间';
      const problems = [{ pointer: '/officeHours/closesAtMinute', code: 'hoursReversed', expected }];
      return refused({ code: 'timeLimitInvalid', problems });
    }
    const now = this.#options.clock.now();
    return this.#options.register.within(city, async (transaction) => {
      await lockSettings(transaction);
      const { version } = await loadClockRule(transaction);
      await transaction('clock_rule').insert({
        version: version + 1,
        opens_at_minute: opensAtMinute,
        closes_at_minute: closesAtMinute,
        received_outside_hours: setting.receivedOutsideHours,
        near_working_days: setting.nearWorkingDays,
        basis: setting.basis,
        set_by: city.personId,
        set_at: now,
      });
      await record(transaction, city, now, 'clockRule.set', { version: version + 1 });
      return accepted(null);
    });
  }

  async ladder(): Promise<readonly Rung[]> {
    return this.#options.register.within(READER, loadLadder);
  }

  async setLadder(principal: Principal, ladder: readonly Rung[]): Promise<Result<null, Refusal>> {
    const city = cityOf(principal);
    if (city === null) return refused({ code: 'notPermitted' });
    const problems = checkLadder(ladder);
    if (problems.length > 0) return refused({ code: 'timeLimitInvalid', problems });
    const now = this.#options.clock.now();
    return this.#options.register.within(city, async (transaction) => {
      await lockSettings(transaction);
      const { rows } = await transaction.raw<{ rows: { version: number }[] }>(
        'SELECT max(version) + 1 AS version FROM escalation_rung',
      );
      const version = rows[0]?.version ?? 1;
      await transaction('escalation_rung').insert(
        ladder.map((rung, index) => ({
          ...rung,
          recipients: [...rung.recipients],
          version,
          ordinal: index + 1,
          set_by: city.personId,
          set_at: now,
        })),
      );
      await record(transaction, city, now, 'escalationLadder.set', { version });
      return accepted(null);
    });
  }
}

/** The city administrator of a unit, in whose name the change is recorded; null for everybody else. */
function cityOf(principal: Principal): City | null {
  if (principal.kind !== 'person' || !principal.roles.includes('cityAdministrator')) return null;
  const { authorityId } = principal;
  return authorityId === null ? null : { ...principal, authorityId };
}

async function nextCalendar(
  transaction: Knex.Transaction,
  loaded: CalendarYear,
): Promise<Result<WorkCalendar, Refusal>> {
  const present = (await loadWorkCalendar(transaction)) ?? calendarOfNothingBut(loaded.year);
  const next = withCalendarYear(present, loaded, String(Number(present.version) + 1));
  return next.ok ? next : refused({ code: 'calendarInvalid', problems: next.refusal });
}

/** The first year that is ever loaded adjoins nothing. */
function calendarOfNothingBut(year: number): WorkCalendar {
  const coveredFrom = legalDate(`${year}-01-01`);
  return { version: '0', coveredFrom, coveredTo: coveredFrom, days: {}, regionalOverlay: {} };
}

async function calendarEffect(
  transaction: Knex.Transaction,
  year: number,
  next: WorkCalendar,
): Promise<CalendarEffect> {
  const present = await loadWorkCalendar(transaction);
  const isChange = present === null || textOf(present) !== textOf(next);
  return { year, isChange, ...(await effectOfCalendar(transaction, next)) };
}

/** All changes or none: each must be allowed, be of the version that its author read, and name its policy once. */
function judgePolicies(
  present: readonly SlaPolicy[],
  changes: readonly PolicySetting[],
): Result<readonly SlaPolicy[], Refusal> {
  const problems: Problem[] = [];
  const next: SlaPolicy[] = [];
  for (const [index, { key, version, ...change }] of changes.entries()) {
    const pointer = `/policies/${index}`;
    const policy = present.find((candidate) => candidate.key === key);
    if (policy === undefined) {
      problems.push({ pointer: `${pointer}/key`, code: 'timeLimitUnknown', expected: '应为已有的时限代码' });
      continue;
    }
    if (policy.version !== version) {
      return refused({ code: 'revisionConflict', facts: { key, version: policy.version } });
    }
    const judged = checkPolicyChange(policy, change);
    if (!judged.ok) problems.push({ pointer: `${pointer}/value`, ...judged.refusal });
    else if (next.some((other) => other.key === key)) {
      problems.push({ pointer: `${pointer}/key`, code: 'timeLimitTwice', expected: '同一时限只能修改一次' });
    } else next.push(judged.value);
  }
  return problems.length > 0 ? refused({ code: 'timeLimitInvalid', problems }) : accepted(next);
}

/** Versions follow one another: whoever changes settings waits for whoever changes them already. */
async function lockSettings(transaction: Knex.Transaction): Promise<void> {
  await transaction.raw("SELECT pg_advisory_xact_lock(hashtextextended('clockSettings', 0))");
}

async function record(
  transaction: Knex.Transaction,
  city: City,
  now: Date,
  kind: string,
  facts: Readonly<Record<string, string | number>>,
): Promise<void> {
  await recordEvent(transaction, {
    id: randomUUID(),
    kind,
    caseKind: 'clockSettings',
    caseId: deterministicId('clockSettings', kind),
    authorityId: city.authorityId,
    trade: 'all',
    actor: { kind: 'person', id: principalName(city) },
    facts,
    occurredAt: now,
    recordedAt: now,
  });
}
