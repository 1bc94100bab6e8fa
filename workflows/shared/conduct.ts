import { goOnAfreshWhenLong } from './go-on-afresh';
import { Nudge } from './nudge';

/** What a case answers about itself after it did everything that was due. */
export interface CaseStanding {
  readonly isClosed: boolean;
  /** Until time alone makes something due (a rung, a deadline, the effect of a decision); null when nothing does. */
  readonly lookAgainInMs: number | null;
}

/**
 * Conducts a case that people and clocks move: does what is due, then waits for a message or for the next thing that time
 * makes due, until the case is closed. Everything is decided in the register by `settle`, which is idempotent, so the
 * case goes on from its row at any state (architecture, rules 5 and 6).
 */
export async function conduct(settle: () => Promise<CaseStanding>): Promise<void> {
  const nudge = new Nudge();
  for (;;) {
    await goOnAfreshWhenLong();
    nudge.reset();
    const { isClosed, lookAgainInMs } = await settle();
    if (isClosed) return;
    await nudge.within(lookAgainInMs);
  }
}
