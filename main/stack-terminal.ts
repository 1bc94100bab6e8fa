import { join } from 'node:path';
import { describeProblems, parseConfig, type ServiceConfig } from './config';
import { StartFailure } from './engines/start-failure';
import { runStack } from './run-stack';
import type { StackPart } from './stack-parts';

/** Some terminals and npm itself deliver one Ctrl-C twice; only a later one is a second wish. */
const SECOND_WISH_MS = 1_000;

/**
 * In: the processes to run. Effect: the stack runs until Ctrl-C, SIGTERM or the end of the terminal and is then
 * stopped in order, the data stay; a second Ctrl-C leaves at once, and the next start repairs what that left
 * behind. Problems are said in words and end with exit code 1.
 */
export async function runFromTerminal(parts: readonly StackPart[]): Promise<void> {
  const config = parseConfig(process.env, 'stack');
  if (!config.ok) {
    console.error(describeProblems(config.refusal));
    process.exitCode = 1;
    return;
  }
  const interrupt = new AbortController();
  const interrupted = new Promise<void>((resolve) => {
    interrupt.signal.addEventListener('abort', () => resolve());
  });
  let firstWishAtMs = Number.POSITIVE_INFINITY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (signal === 'SIGINT' && performance.now() - firstWishAtMs > SECOND_WISH_MS) process.exit(130);
      firstWishAtMs = Math.min(firstWishAtMs, performance.now());
      interrupt.abort();
    });
  }
  // The terminal may be gone while the stack still stops in order.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  const options = {
    config: config.value,
    environment: process.env,
    checkout: join(__dirname, '..'),
    parts,
    say: (line: string) => console.log(line),
    ...(config.value.demonstration ? { layOut: demonstrationLayout } : {}),
  };
  try {
    const stack = await runStack(options, interrupt.signal);
    await interrupted;
    console.log('正在停止:先办完手头的请求和步骤……');
    await stack.stop();
    console.log('已停止,数据保留。');
  } catch (fault) {
    if (interrupt.signal.aborted) return;
    console.error(fault instanceof StartFailure ? fault.message : fault);
    process.exitCode = 1;
  }
}

/** Loaded only where it is wanted: it brings fonts and the whole register with it. */
async function demonstrationLayout(
  config: ServiceConfig,
  stopping: AbortSignal,
): Promise<{ readonly finished: Promise<void> }> {
  const [{ layOutDemonstration }, { layOutCityBeside }] = await Promise.all([
    import('./lay-out-demonstration'),
    import('./lay-out-city-beside'),
  ]);
  await layOutDemonstration(config);
  // Tests wait for what must be there, not for a city.
  return { finished: config.mode === 'test' ? Promise.resolve() : layOutCityBeside(config, stopping) };
}
