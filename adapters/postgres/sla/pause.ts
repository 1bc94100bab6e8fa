import { setTimeout } from 'node:timers/promises';

/** Resolves after so many milliseconds of real time. */
export async function pause(durationMs: number): Promise<void> {
  await setTimeout(durationMs);
}
