import type { Clock } from '../../../ports/clock';

/**
 * The clock of the office while it lays out the city's past: it stands at the instant of the act that is being done, and
 * moves only when it is told to. One for all desks and steps of one laying-out, which therefore do one thing at a time.
 */
export class StoryClock implements Clock {
  #atMs: number;

  constructor(at: Date) {
    this.#atMs = at.getTime();
  }

  now(): Date {
    return new Date(this.#atMs);
  }

  moveTo(at: Date): void {
    this.#atMs = at.getTime();
  }

  advance(byMs: number): void {
    this.#atMs += byMs;
  }
}
