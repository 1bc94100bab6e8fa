import type { RunningSimulator } from './simulator-server';

/** Runs a simulator as a process of its own: prints where it listens, stops on SIGTERM and SIGINT, ends with 1 on a fault. */
export function runSimulator(name: string, starting: Promise<RunningSimulator>): void {
  starting.then((running) => {
    console.log(`${name} simulator: ${running.baseUrl}`);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        running.stop().catch(fail);
      });
    }
  }, fail);
}

function fail(fault: unknown): void {
  console.error(fault);
  process.exitCode = 1;
}
