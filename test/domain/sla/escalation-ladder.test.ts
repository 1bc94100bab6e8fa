import fc from 'fast-check';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import { checkLadder } from '../../../domain/sla/check-ladder';
import { computeDeadline } from '../../../domain/sla/deadline';
import type { LadderClock, Rung } from '../../../domain/sla/escalation-ladder';
import { reachedRungs } from '../../../domain/sla/escalation-ladder';
import { nextOnDutyMs, officeMinutesBetween } from '../../../domain/sla/office-time';
import type { SlaUnit } from '../../../domain/sla/sla-policy';
import { STATE_COUNCIL_CALENDAR } from '../../../domain/sla/state-council-calendar';

const OFFICE = {
  calendar: STATE_COUNCIL_CALENDAR,
  officeHours: { opensAtMinute: 510, closesAtMinute: 1050 },
};

const LADDER: readonly Rung[] = [
  { key: 'half', kind: 'fraction', fraction: 0.5, recipients: ['taskHolder'] },
  { key: 'mostly', kind: 'fraction', fraction: 0.8, recipients: ['taskHolder', 'responsiblePerson'] },
  { key: 'closing', kind: 'closingTime', fraction: null, recipients: ['taskHolder'] },
  { key: 'due', kind: 'due', fraction: null, recipients: ['bureauAndDepartment'] },
  { key: 'daily', kind: 'daily', fraction: null, recipients: ['city'] },
];

function aClock(
  unit: SlaUnit,
  value: number,
  startAt: string,
  override: Partial<LadderClock> = {},
): LadderClock {
  const limit = { key: 'TEST', value, unit, version: 1 };
  const options = override.options ?? {};
  const deadline = computeDeadline(limit, startAt, STATE_COUNCIL_CALENDAR, options);
  const dueAt = deadline.kind === 'due' ? deadline.dueAt : null;
  return { limit, startAt, dueAt, isPostponed: false, options, ...override };
}

/** Walks a clock from instant to instant until so many have come; out: which rung came when. */
function walk(clock: LadderClock, steps: number): readonly string[] {
  const seen: string[] = [];
  let nowMs = Date.parse(clock.startAt) - 1;
  for (let step = 0; step < steps; step += 1) {
    const { nextAtMs } = reachedRungs(LADDER, clock, OFFICE, nowMs);
    if (nextAtMs === null) break;
    nowMs = nextAtMs;
    const { reached } = reachedRungs(LADDER, clock, OFFICE, nowMs);
    const now = reached.filter(({ atMs }) => atMs === nowMs).map(({ key }) => key);
    seen.push(`${shanghaiInstant(nowMs).slice(0, 16)} ${now.join(',')}`.trim());
  }
  return seen;
}

describe('the ladder of a clock', () => {
  it('in working days rings in working time, warns at closing time, tells the end when the office opens, then each working morning', () => {
    expect(walk(aClock('workingDays', 1, '2026-11-19T10:00:00+08:00'), 7)).toEqual([
      '2026-11-20T13:00 half',
      '2026-11-20T15:42 mostly',
      '2026-11-20T17:30 closing',
      '2026-11-21T00:00',
      '2026-11-23T08:30 due',
      '2026-11-24T08:30 daily/2026-11-24',
      '2026-11-25T08:30 daily/2026-11-25',
    ]);
  });

  it('in hours rings day and night, also on a Sunday, and then every 24 hours', () => {
    expect(walk(aClock('hours', 4, '2026-11-22T20:00:00+08:00'), 5)).toEqual([
      '2026-11-22T22:00 half',
      '2026-11-22T23:12 mostly',
      '2026-11-23T00:00 due',
      '2026-11-24T00:00 daily/1',
      '2026-11-25T00:00 daily/2',
    ]);
  });

  it('of a calendar day rings in the office hours of that day', () => {
    expect(walk(aClock('calendarDay', 1, '2026-11-23T00:00:00+08:00'), 5)).toEqual([
      '2026-11-23T13:00 half',
      '2026-11-23T15:42 mostly',
      '2026-11-23T17:30 closing',
      '2026-11-24T00:00',
      '2026-11-24T08:30 due',
    ]);
  });

  it('of a calendar day off waits until the office opens and overtakes itself', () => {
    const clock = aClock('calendarDay', 1, '2026-11-22T00:00:00+08:00');
    const monday = Date.parse('2026-11-23T08:30:00+08:00');
    expect(reachedRungs(LADDER, clock, OFFICE, monday - 1).reached).toEqual([]);
    expect(reachedRungs(LADDER, clock, OFFICE, monday).reached.map(({ key }) => key)).toEqual([
      'half',
      'mostly',
      'closing',
      'due',
    ]);
  });

  it('in minutes is technical: it ends, and rings nobody', () => {
    expect(walk(aClock('minutes', 5, '2026-11-23T10:00:00+08:00'), 3)).toEqual(['2026-11-23T10:05']);
  });

  it('that awaits the calendar rings what can be told from the days that are known', () => {
    expect(walk(aClock('workingDays', 3, '2026-12-29T09:00:00+08:00'), 5)).toEqual(['2026-12-31T13:00 half']);
  });

  it('never falls silent because a year is not loaded: after the end it rings every morning', () => {
    const seen = walk(aClock('workingDays', 1, '2026-12-30T09:00:00+08:00'), 6);
    expect(seen.slice(3)).toEqual([
      '2027-01-01T00:00 due',
      '2027-01-02T08:30 daily/2027-01-02',
      '2027-01-03T08:30 daily/2027-01-03',
    ]);
  });

  it('counts no working time while it stood still', () => {
    const suspensions = [{ from: '2026-11-24T10:00:00+08:00', until: '2026-11-26T10:00:00+08:00' }];
    const clock = aClock('workingDays', 2, '2026-11-23T09:00:00+08:00', { options: { suspensions } });
    expect(walk(clock, 3)).toEqual([
      '2026-11-24T17:30 half',
      '2026-11-27T13:54 mostly',
      '2026-11-27T17:30 closing',
    ]);
  });

  it('that was postponed rings at its new end only', () => {
    const clock = aClock('workingDays', 1, '2026-11-19T10:00:00+08:00', {
      dueAt: '2026-11-27T00:00:00+08:00',
      isPostponed: true,
    });
    expect(walk(clock, 3)).toEqual(['2026-11-26T17:30 closing', '2026-11-27T00:00', '2026-11-27T08:30 due']);
  });

  it('tells only the newest of the daily reminders that were missed', () => {
    const clock = aClock('workingDays', 1, '2026-09-21T10:00:00+08:00');
    const later = Date.parse('2026-10-09T12:00:00+08:00');
    const { reached, nextAtMs } = reachedRungs(LADDER, clock, OFFICE, later);
    expect(reached.map(({ key }) => key)).toEqual(['half', 'mostly', 'closing', 'due', 'daily/2026-10-09']);
    expect(shanghaiInstant(nextAtMs ?? 0)).toBe('2026-10-10T08:30:00+08:00');
  });

  it('always comes to something later than now, until it is closed; and what it reached it never loses', () => {
    const units: readonly SlaUnit[] = ['workingDays', 'hours', 'calendarDay'];
    fc.assert(
      fc.property(
        fc.constantFrom(...units),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 0, max: 300 * 24 * 60 }),
        fc.integer({ min: 0, max: 40 * 24 * 60 }),
        (unit, value, startMinute, afterMinute) => {
          const startMs = Date.parse('2026-01-05T00:00:00+08:00') + startMinute * 60_000;
          const clock = aClock(unit, value, shanghaiInstant(startMs));
          const nowMs = startMs + afterMinute * 60_000;
          const { reached, nextAtMs } = reachedRungs(LADDER, clock, OFFICE, nowMs);
          expect(nextAtMs ?? Number.POSITIVE_INFINITY).toBeGreaterThan(nowMs);
          expect(reached.every(({ atMs }) => atMs <= nowMs)).toBe(true);
          const later = reachedRungs(LADDER, clock, OFFICE, nowMs + 3_600_000).reached;
          const keys = new Set(later.map(({ key }) => key));
          for (const { key } of reached) if (!key.startsWith('daily')) expect(keys).toContain(key);
        },
      ),
    );
  });
});

describe('office time', () => {
  const { calendar, officeHours } = OFFICE;

  it('goes on when the office opens after a holiday', () => {
    const next = nextOnDutyMs(calendar, officeHours, Date.parse('2026-09-30T18:00:00+08:00'));
    expect(shanghaiInstant(next)).toBe('2026-10-08T08:30:00+08:00');
    const worked = Date.parse('2026-10-10T09:00:00+08:00');
    expect(nextOnDutyMs(calendar, officeHours, worked)).toBe(worked);
  });

  it('is told in minutes between two instants, and not at all past the calendar', () => {
    const between = (from: string, until: string): number | null =>
      officeMinutesBetween(calendar, officeHours, Date.parse(from), Date.parse(until));
    expect(between('2026-11-20T16:30:00+08:00', '2026-11-24T00:00:00+08:00')).toBe(60 + 540);
    expect(between('2026-11-24T00:00:00+08:00', '2026-11-20T16:30:00+08:00')).toBe(0);
    expect(between('2026-12-31T16:30:00+08:00', '2027-01-02T00:00:00+08:00')).toBeNull();
  });
});

describe('a ladder as somebody enters it', () => {
  it('is taken as the product begins with it', () => {
    expect(checkLadder(LADDER)).toEqual([]);
  });

  it.each([
    ['without an end', LADDER.slice(0, 3), 'rungMissingOrTwice'],
    ['with one key twice', [...LADDER.slice(1), { ...LADDER[3], kind: 'closingTime' } as Rung], 'rungTwice'],
    ['with shares that do not grow', [LADDER[1], LADDER[0], LADDER[3]] as Rung[], 'shareNotGrowing'],
    [
      'with a rung that tells nobody',
      LADDER.map((rung) => (rung.kind === 'due' ? { ...rung, recipients: [] } : rung)),
      'recipientMissing',
    ],
    [
      'with a share at the end',
      LADDER.map((rung) => (rung.kind === 'due' ? { ...rung, fraction: 0.9 } : rung)),
      'shareOfAnotherKind',
    ],
  ])('%s is refused in words', (_, ladder, code) => {
    expect(checkLadder(ladder).map((problem) => problem.code)).toContain(code);
  });
});
