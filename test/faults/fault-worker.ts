import { AsyncLocalStorage } from 'node:async_hooks';
import { FolderFileStore } from '../../adapters/storage/folder-file-store';
import { describeProblems, parseServiceConfig } from '../../main/config';
import { runWorker } from '../../main/run-worker';
import type { WorkerActivities } from '../../main/worker-activities';
import { FailPlan, PLAN_VARIABLE, STEP_NAMES, type Step } from './fail-plan';
import { forgetWhatWasDone } from './naive-register';
import { loseAnswersOfCommits, mayLoseAnswer } from './reported-as-failed';

/** The product's worker with fail-points right before and right after each step; what they do says the plan. */
const plan = new FailPlan(process.env[PLAN_VARIABLE] ?? '');
const present = new AsyncLocalStorage<Step>();

type Call = (id: string) => Promise<unknown>;

function around(activities: WorkerActivities): WorkerActivities {
  const wrapped = { ...activities };
  for (const step of STEP_NAMES) Object.assign(wrapped, { [step]: withPoints(step, activities[step]) });
  return wrapped;
}

function withPoints(step: Step, call: Call): Call {
  return async (id) => {
    if (plan.isHeld(step)) throw new Error(`the harness holds ${step}`);
    dieAt(`before-${step}`);
    if (plan.does('naive')) await forgetWhatWasDone(step, id, process.env['DATABASE_URL'] ?? '');
    const answer = await present.run(step, () => call(id));
    dieAt(`after-${step}`);
    mayLoseAnswer(plan, 'activity');
    return answer;
  };
}

function dieAt(point: Parameters<FailPlan['take']>[0]): void {
  if (plan.take(point)) process.kill(process.pid, 'SIGKILL');
}

/** ENOSPC where it hurts most: the key has signed, and what it signed cannot be stored. */
function fillTheDisk(): void {
  const put = FolderFileStore.prototype.put;
  FolderFileStore.prototype.put = async function (this: FolderFileStore, bytes: Uint8Array) {
    if (plan.does('diskFull') && present.getStore() === 'seal') {
      plan.note('diskFull');
      throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    }
    return put.call(this, bytes);
  };
}

async function main(): Promise<void> {
  const parsed = parseServiceConfig(process.env);
  if (!parsed.ok) throw new Error(describeProblems(parsed.refusal));
  fillTheDisk();
  loseAnswersOfCommits(plan);
  await runWorker({ config: parsed.value, around });
}

main().catch((fault: unknown) => {
  console.error(fault instanceof Error ? fault.message : fault);
  process.exit(1);
});
