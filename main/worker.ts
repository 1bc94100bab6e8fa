import { describeProblems, parseServiceConfig } from './config';
import { runWorker } from './run-worker';

async function main(): Promise<void> {
  const parsed = parseServiceConfig(process.env);
  if (!parsed.ok) throw new Error(describeProblems(parsed.refusal));
  await runWorker({ config: parsed.value });
}

main().catch((fault: unknown) => {
  console.error(fault instanceof Error ? fault.message : fault);
  // The native core may keep the process alive; the supervisor is to start a new one.
  process.exit(1);
});
