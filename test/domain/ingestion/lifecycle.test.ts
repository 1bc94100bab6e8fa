import fc from 'fast-check';
import { closeOfDay, isInTime, isZeroReportDue } from '../../../domain/ingestion/day-close';
import {
  applyIncrementDayTransition,
  INCREMENT_DAY_OPERATIONS,
  INCREMENT_DAY_STATES,
  type IncrementDayState,
  incrementDayOperationsFrom,
} from '../../../domain/ingestion/lifecycle';
import { legalDate } from '../../../domain/shared/legal-date';
import type { WorkCalendar } from '../../../domain/sla/work-calendar';

const CALENDAR: WorkCalendar = {
  version: '1',
  coveredFrom: legalDate('2026-01-01'),
  coveredTo: legalDate('2026-12-31'),
  days: { '2026-10-01': { kind: 'dayOff', name: '国庆节', notice: '演示' } },
  regionalOverlay: {},
};
const MONDAY = legalDate('2026-11-23');
const SUNDAY = legalDate('2026-11-22');
const close = (overrides: Partial<Parameters<typeof closeOfDay>[0]> = {}) =>
  closeOfDay({ date: MONDAY, state: 'open', isExcused: false, calendar: CALENDAR, ...overrides });

describe('the close of a day without increment', () => {
  it('is a miss on a working day, nothing on another, and put off under force majeure', () => {
    expect(close()).toBe('miss');
    expect(close({ date: SUNDAY })).toBe('excuse');
    expect(close({ date: legalDate('2026-10-01') })).toBe('excuse');
    expect(close({ isExcused: true })).toBe('defer');
    expect(close({ date: SUNDAY, isExcused: true })).toBe('excuse');
  });

  it('assumes nothing and alarms nobody where the calendar does not reach', () => {
    const beyond = legalDate('2027-03-01');
    expect(close({ date: beyond })).toBe('awaitCalendar');
    expect(close({ date: beyond, calendar: null })).toBe('awaitCalendar');
    expect(close({ date: beyond, state: 'awaitingCalendar' })).toBeNull();
    expect(isZeroReportDue(CALENDAR, beyond)).toBeNull();
  });

  it('is judged again when the calendar comes and when the excuse falls away', () => {
    expect(close({ state: 'awaitingCalendar' })).toBe('miss');
    expect(close({ state: 'awaitingCalendar', date: SUNDAY })).toBe('excuse');
    expect(close({ state: 'deferred', isExcused: true })).toBeNull();
    expect(close({ state: 'deferred' })).toBe('miss');
  });

  it('is put off afterwards when the event is declared only after the day was missed', () => {
    expect(close({ state: 'missed', isExcused: true })).toBe('defer');
    expect(close({ state: 'missed' })).toBeNull();
    expect(close({ state: 'missed', calendar: null })).toBeNull();
  });

  it('changes no day that has come to rest, and whatever it says the table allows', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...INCREMENT_DAY_STATES),
        fc.boolean(),
        fc.constantFrom(MONDAY, SUNDAY, legalDate('2027-03-01')),
        (state, isExcused, date) => {
          const operation = close({ state, isExcused, date });
          if (operation === null) return;
          const isMovable = ['open', 'awaitingCalendar', 'deferred'].includes(state);
          expect(isMovable || (state === 'missed' && operation === 'defer')).toBe(true);
          expect(applyIncrementDayTransition(state, operation).ok).toBe(true);
        },
      ),
    );
  });
});

describe('the table of a day', () => {
  it('is never left by any sequence of commands, and every day can come to rest', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...INCREMENT_DAY_OPERATIONS), { maxLength: 30 }), (operations) => {
        let state: IncrementDayState = 'open';
        for (const operation of operations) {
          const next = applyIncrementDayTransition(state, operation);
          if (next.ok) state = next.value;
        }
        expect(INCREMENT_DAY_STATES).toContain(state);
        const rests = state === 'delivered' || state === 'caughtUp';
        const ways = incrementDayOperationsFrom(state);
        expect(rests || ways.includes('catchUp') || ways.includes('deliver')).toBe(true);
      }),
    );
  });
});

describe('24:00 in Beijing', () => {
  it('is the last instant of the day, by the instant of receipt', () => {
    expect(isInTime(MONDAY, Date.parse('2026-11-23T23:59:59.999+08:00'))).toBe(true);
    expect(isInTime(MONDAY, Date.parse('2026-11-24T00:00:00+08:00'))).toBe(false);
  });
});
