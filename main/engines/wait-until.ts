import { setTimeout as sleep } from 'node:timers/promises';
import { StartFailure } from './start-failure';

export type WaitOptions = {
  readonly timeoutMs: number;
  readonly everyMs?: number;
  /** Ends the wait early with `false`. */
  readonly giveUp?: () => boolean;
};

/**
 * In: a condition that may be asked again and again; a throw counts as "not yet",
 * except a StartFailure, which waiting cannot mend. Out: true as soon as it holds,
 * false when the time is over or `giveUp` says so.
 */
export async function waitUntil(
  condition: () => Promise<boolean> | boolean,
  options: WaitOptions,
): Promise<boolean> {
  const endAtMs = performance.now() + options.timeoutMs;
  while (true) {
    if (await holds(condition)) return true;
    if (options.giveUp?.() === true || performance.now() >= endAtMs) return false;
    await sleep(options.everyMs ?? 50);
  }
}

async function holds(condition: () => Promise<boolean> | boolean): Promise<boolean> {
  try {
    return await condition();
  } catch (fault) {
    if (fault instanceof StartFailure) throw fault;
    return false;
  }
}
