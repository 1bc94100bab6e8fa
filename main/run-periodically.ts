import { setTimeout as delay } from 'node:timers/promises';

export interface PeriodicTask {
  readonly everyMs: number;
  /** Answers true when there is more to do at once. */
  readonly run: () => Promise<boolean>;
  readonly reportFault: (fault: unknown) => void;
}

/** Runs a task again and again until `stop`, which waits for the run in hand; a fault is reported and tried again. */
export function runPeriodically({ everyMs, run, reportFault }: PeriodicTask): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const hasMore = await run().catch((fault: unknown) => {
        reportFault(fault);
        return false;
      });
      if (!hasMore) await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = loop();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
