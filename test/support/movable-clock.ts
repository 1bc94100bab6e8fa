import type { Clock } from '../../ports/clock';

/** A clock that runs at the machine's speed from an instant of the test's choice, and that a test can put forward. */
export class MovableClock implements Clock {
  readonly #startedAtMs = performance.now();
  readonly #startAtMs: number;
  #aheadMs = 0;

  constructor(startAt: Date) {
    this.#startAtMs = startAt.getTime();
  }

  now(): Date {
    return new Date(this.#startAtMs + this.#aheadMs + Math.round(performance.now() - this.#startedAtMs));
  }

  advance(durationMs: number): void {
    this.#aheadMs += durationMs;
  }
}
