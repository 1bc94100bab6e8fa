import { condition, setHandler } from '@temporalio/workflow';
import { lookAgainSignal } from './messages';

/** A wait that nothing interrupts looks at the register again by itself after this time. */
const LONGEST_WAIT_MS = 6 * 3_600_000;
/** The shortest timer that is worth an event; `condition` must never be given zero or less. */
const SHORTEST_WAIT_MS = 50;

/**
 * What people's messages mean to a running case: "look at the register again". A message carries no decision,
 * so one that is lost, late or doubled does no harm.
 */
export class Nudge {
  private pending = false;

  constructor() {
    setHandler(lookAgainSignal, () => {
      this.pending = true;
    });
  }

  /** Forgets what came before; call it before the register is read, never after. */
  reset(): void {
    this.pending = false;
  }

  /**
   * Waits for a message, at most so long (null: as long as waits go). True when a message came. A span and not an
   * instant, because the register's clock decides what time it is, and its activities measured the span.
   */
  async within(spanMs: number | null): Promise<boolean> {
    if (this.pending) return true;
    const waitMs = Math.min(Math.max(spanMs ?? LONGEST_WAIT_MS, SHORTEST_WAIT_MS), LONGEST_WAIT_MS);
    await condition(() => this.pending, waitMs);
    return this.pending;
  }
}
