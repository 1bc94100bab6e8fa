import { addDays, legalDate } from '../../../domain/shared/legal-date';
import {
  computeDeadline,
  deadlineFraction,
  describeDue,
  earlyWarningAt,
  recomputeDeadline,
} from '../../../domain/sla/deadline';
import { INITIAL_SLA_POLICIES } from '../../../domain/sla/policies';
import type { SlaPolicy } from '../../../domain/sla/sla-policy';
import { checkPolicyChange } from '../../../domain/sla/sla-policy';
import { STATE_COUNCIL_CALENDAR } from '../../../domain/sla/state-council-calendar';
import type { WorkCalendar } from '../../../domain/sla/work-calendar';

const OFFICE_HOURS = { opensAtMinute: 510, closesAtMinute: 1050 };

function policy(key: string): SlaPolicy {
  const found = INITIAL_SLA_POLICIES.find((row) => row.key === key);
  if (found === undefined) throw new Error(`no policy ${key}`);
  return found;
}

function deadlineOf(key: string, startAt: string) {
  return computeDeadline(policy(key), startAt, STATE_COUNCIL_CALENDAR);
}

/** Next year as a test assumes it: two days off, nothing else. */
const WITH_2027: WorkCalendar = {
  ...STATE_COUNCIL_CALENDAR,
  version: 'with-2027',
  coveredTo: legalDate('2027-12-31'),
  days: {
    ...STATE_COUNCIL_CALENDAR.days,
    '2027-01-01': { kind: 'dayOff', name: '元旦', notice: '测试' },
  },
};

describe('deadline', () => {
  it('of a recovery ends with the third working day after the fault was cleared', () => {
    const deadline = deadlineOf('FORCE_MAJEURE_RECOVERY', '2026-09-24T09:00:00+08:00');
    expect(deadline).toMatchObject({
      kind: 'due',
      dueDate: '2026-09-30',
      calendarVersion: 'state-council-2023-2026',
    });
    expect(describeDue(deadlineOf('FORCE_MAJEURE_RECOVERY', '2026-09-23'))).toBe('9月29日24时前');
  });

  it('of a daily increment is the end of its own day, whatever day that is', () => {
    const deadline = deadlineOf('DAILY_INCREMENT', '2027-01-01T00:00:00+08:00');
    expect(deadline).toMatchObject({
      kind: 'due',
      dueDate: '2027-01-01',
      dueAt: '2027-01-02T00:00:00+08:00',
    });
    expect(describeDue(deadline)).toBe('1月1日24时前');
  });

  it('in hours runs day and night and needs no calendar', () => {
    const deadline = deadlineOf('FORCE_MAJEURE_REPORT', '2026-12-31T22:30:00+08:00');
    expect(deadline).toMatchObject({ dueAt: '2027-01-01T02:30:00+08:00', calendarVersion: null });
    expect(describeDue(deadline)).toBe('2027年1月1日2时30分前');
  });

  it('in minutes is clock time as well', () => {
    expect(deadlineOf('SYNCHRONISED_ISSUANCE', '2026-11-23T23:58:00+08:00')).toMatchObject({
      dueDate: '2026-11-24',
      dueAt: '2026-11-24T00:03:00+08:00',
    });
  });

  it('in hours that ends at midnight is of the day that ends', () => {
    const deadline = deadlineOf('FORCE_MAJEURE_REPORT', '2026-11-23T20:00:00+08:00');
    expect(deadline).toMatchObject({ dueDate: '2026-11-23', dueAt: '2026-11-24T00:00:00+08:00' });
    expect(describeDue(deadline)).toBe('11月23日24时前');
  });

  it('in hours is lengthened by what was suspended', () => {
    const suspensions = [{ from: '2026-11-23T10:00:00+08:00', until: '2026-11-23T11:00:00+08:00' }];
    expect(
      computeDeadline(policy('FORCE_MAJEURE_REPORT'), '2026-11-23T09:00:00+08:00', STATE_COUNCIL_CALENDAR, {
        suspensions,
      }),
    ).toMatchObject({ dueAt: '2026-11-23T14:00:00+08:00' });
  });

  it('awaits the calendar in words, and loading the year computes it from the original start', () => {
    const before = deadlineOf('FORCE_MAJEURE_RECOVERY', '2026-12-29');
    expect(describeDue(before)).toBe('待 2027 年工作日历发布后确定(已计 2 个工作日)');
    const again = recomputeDeadline(before, policy('FORCE_MAJEURE_RECOVERY'), WITH_2027, '2027 年日历已加载');
    expect(again).toMatchObject({
      before,
      moved: 'nowKnown',
      after: { dueDate: '2027-01-04', startAt: '2026-12-29' },
    });
    expect(describeDue(again.after)).toBe('2027年1月4日24时前');
  });

  it('tells in which direction a change of the calendar moved it, and keeps both', () => {
    const before = deadlineOf('ISSUANCE_REVIEW', '2026-11-19');
    const regionalOverlay = { '2026-11-20': { kind: 'dayOff', name: '本地', notice: '1' } } as const;
    const local = { ...STATE_COUNCIL_CALENDAR, version: 'local', regionalOverlay };
    const later = recomputeDeadline(before, policy('ISSUANCE_REVIEW'), local, '新增本地节日');
    expect(later).toMatchObject({
      moved: 'later',
      before: { dueDate: '2026-11-20' },
      after: { dueDate: '2026-11-23' },
    });
    expect(recomputeDeadline(later.after, policy('ISSUANCE_REVIEW'), STATE_COUNCIL_CALENDAR, '').moved).toBe(
      'earlier',
    );
    expect(recomputeDeadline(before, policy('ISSUANCE_REVIEW'), STATE_COUNCIL_CALENDAR, '').moved).toBe(
      'unchanged',
    );
    const shortened = { ...STATE_COUNCIL_CALENDAR, coveredTo: legalDate('2026-11-19') };
    expect(recomputeDeadline(before, policy('ISSUANCE_REVIEW'), shortened, '').moved).toBe('nowUnknown');
  });

  it('warns at closing time of the last day, unless it ends before', () => {
    expect(earlyWarningAt(deadlineOf('ISSUANCE_REVIEW', '2026-11-19'), OFFICE_HOURS)).toBe(
      '2026-11-20T17:30:00+08:00',
    );
    expect(earlyWarningAt(deadlineOf('DELIVERY', '2026-11-19T10:00:00+08:00'), OFFICE_HOURS)).toBeNull();
    expect(earlyWarningAt(deadlineOf('ISSUANCE_REVIEW', '2026-12-31'), OFFICE_HOURS)).toBeNull();
  });

  it('has rungs in working time for working days and in clock time for hours', () => {
    const rung = (key: string, start: string, fraction: number) =>
      deadlineFraction(policy(key), start, STATE_COUNCIL_CALENDAR, fraction, OFFICE_HOURS);
    expect(rung('FORCE_MAJEURE_REPORT', '2026-11-23T10:00:00+08:00', 0.5)).toEqual({
      kind: 'at',
      at: '2026-11-23T12:00:00+08:00',
    });
    expect(rung('ISSUANCE_REVIEW', '2026-11-20T10:00:00+08:00', 0.5)).toEqual({
      kind: 'at',
      at: '2026-11-23T13:00:00+08:00',
    });
  });

  it('needs no calendar year for any limit that is not in working days', () => {
    for (const row of INITIAL_SLA_POLICIES) {
      const kind = computeDeadline(row, '2030-01-01', STATE_COUNCIL_CALENDAR).kind;
      expect([row.key, kind]).toEqual([row.key, row.unit === 'workingDays' ? 'awaitingCalendar' : 'due']);
    }
  });

  it('moves with the day of its start, not with the hour', () => {
    const dates = [0, 6, 12, 18, 23].map((hour) => {
      const deadline = deadlineOf(
        'ANOMALY_DECIDE',
        `2026-11-19T${String(hour).padStart(2, '0')}:00:00+08:00`,
      );
      return deadline.kind === 'due' ? deadline.dueDate : null;
    });
    expect(new Set(dates)).toEqual(new Set([addDays(legalDate('2026-12-03'), 0)]));
  });
});

describe('time limits', () => {
  const change = {
    unit: 'workingDays',
    basis: { title: '市局通知', documentNumber: '1号', article: null, note: null },
  } as const;

  it('are unique, with the three of the law marked hard', () => {
    const keys = INITIAL_SLA_POLICIES.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    expect(INITIAL_SLA_POLICIES.filter(({ hard }) => hard).map(({ key }) => key)).toEqual([
      'FORCE_MAJEURE_RECOVERY',
      'DAILY_INCREMENT',
      'LICENCE_DELIVERY',
    ]);
  });

  it('of the law may be tightened but neither loosened nor put into another unit', () => {
    const hard = policy('FORCE_MAJEURE_RECOVERY');
    expect(checkPolicyChange(hard, { ...change, value: 2 })).toMatchObject({
      ok: true,
      value: { value: 2, version: 2, hard: true },
    });
    expect(checkPolicyChange(hard, { ...change, value: 4 })).toMatchObject({
      refusal: { code: 'hardLimitLoosened' },
    });
    expect(checkPolicyChange(hard, { ...change, unit: 'hours', value: 1 })).toMatchObject({
      refusal: { code: 'hardLimitLoosened' },
    });
  });

  it('of the city may change either way, with a basis and within reason', () => {
    const soft = policy('ISSUANCE_REVIEW');
    expect(checkPolicyChange(soft, { ...change, value: 5 })).toMatchObject({
      ok: true,
      value: { key: 'ISSUANCE_REVIEW', value: 5 },
    });
    expect(checkPolicyChange(soft, { ...change, value: 0 })).toMatchObject({
      refusal: { code: 'limitIllFormed' },
    });
    expect(checkPolicyChange(soft, { ...change, value: 1.5 })).toMatchObject({
      refusal: { code: 'limitIllFormed' },
    });
    expect(checkPolicyChange(soft, { ...change, value: 251 })).toMatchObject({
      refusal: { code: 'limitIllFormed' },
    });
    expect(
      checkPolicyChange(soft, { ...change, value: 2, basis: { ...change.basis, title: ' ' } }),
    ).toMatchObject({
      refusal: { code: 'basisMissing' },
    });
  });
});
