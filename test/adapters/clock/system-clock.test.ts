import { systemClock } from '../../../adapters/clock/system-clock';

describe('the system clock', () => {
  it('tells the time of the machine unless told otherwise', () => {
    const before = Date.now();
    const told = systemClock().now().getTime();
    expect(told).toBeGreaterThanOrEqual(before);
    expect(told).toBeLessThanOrEqual(Date.now());
  });

  it('runs from the instant that it is given, and equally in a process that starts an hour later', () => {
    const startAt = new Date('2027-03-01T00:00:00+08:00');
    const startedAt = new Date(Date.now() - 3_600_000);
    const told = systemClock({ startAt, startedAt }).now().getTime();
    const sinceStartMs = told - startAt.getTime();
    expect(sinceStartMs).toBeGreaterThanOrEqual(3_600_000);
    expect(sinceStartMs).toBeLessThan(3_660_000);
  });
});
