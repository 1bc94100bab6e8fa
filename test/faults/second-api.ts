import { FailPlan, PLAN_VARIABLE } from './fail-plan';
import { loseAnswersOfCommits } from './reported-as-failed';

/** The stack gives PORT to its one API; a second API process gets a free port under the name of a worker's. */
process.env['PORT'] = process.env['WORKER_HEALTH_PORT'];
loseAnswersOfCommits(new FailPlan(process.env[PLAN_VARIABLE] ?? ''));
void import('../../main/api');
