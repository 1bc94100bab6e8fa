import type { Clock } from '../../ports/clock';

export type SystemClockOptions = {
  /** The instant that the whole product takes for the moment at which it was told so; undefined: real time. */
  readonly startAt?: Date | undefined;
  /** The real instant at which `startAt` was meant, so that all processes of one stack agree; default: now. */
  readonly startedAt?: Date | undefined;
};

/**
 * In: nothing, or an instant at which the product's time shall have begun (tests of year ends and of calendars
 * that are published late; the configuration refuses it in production). Out: a clock that runs at the speed of
 * the machine's clock, shifted by a constant. Processes that are given the same two instants agree with each
 * other however late they were started.
 */
export function systemClock(options: SystemClockOptions = {}): Clock {
  const { startAt, startedAt } = options;
  const offsetMs = startAt === undefined ? 0 : startAt.getTime() - (startedAt ?? new Date()).getTime();
  return { now: () => new Date(Date.now() + offsetMs) };
}
