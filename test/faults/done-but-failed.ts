import { type FaultTest, faultResult } from './fault-result';
import { startFaultStack } from './fault-stack';
import { issueAll, livesFigure, livesProblems, portalProblems } from './issue-under-fire';
import { RegisterProbe } from './register-probe';
import { runChecker } from './run-checker';

const MANY = 1_000;
const MANY_QUICK = 200;
const GIVE_UP_MS = 600_000;

/** 1 of 100 activities, and 1 of 100 commits in worker and API, succeed and report a timeout. */
export const doneButFailed: FaultTest = async (run) => {
  const stack = await startFaultStack({ interrupted: run.interrupted });
  const probe = new RegisterProbe(stack);
  try {
    const many = run.issuances ?? (run.quick ? MANY_QUICK : MANY);
    stack.plan.misbehave('doneButFailed', true);
    const disturbed = await issueAll(stack, probe, 1, many, GIVE_UP_MS, run.interrupted);
    stack.plan.misbehave('doneButFailed', false);
    const verdict = await runChecker(stack, { drained: true });
    const activities = stack.plan.noted('doneButFailed-activity');
    const commits = stack.plan.noted('doneButFailed-commit');
    return faultResult({
      fault: 'done-but-failed',
      invariants: verdict.invariants,
      hits: { activities, commits },
      figures: {
        issuances: many,
        tookS: Math.round(disturbed.tookMs / 1000),
        clientRetries: disturbed.retries,
        lives: livesFigure(disturbed),
      },
      failures: [
        ...(activities === 0 || commits === 0 ? ['no answer was lost, so nothing was tested'] : []),
        ...(disturbed.unfinished > 0 ? [`${disturbed.unfinished} cases are not finished`] : []),
        ...livesProblems(disturbed),
        ...(await portalProblems(stack, probe)),
        ...verdict.findings,
      ],
    });
  } finally {
    await probe.close();
    await stack.stop();
  }
};
