import { Register } from '../../adapters/postgres/register/register';
import type { FailPlan } from './fail-plan';

/** 1 of 100 is done and reports a fault all the same. */
const SHARE = 0.01;

/** What a caller sees when the answer is lost on the way. */
export class AnswerLost extends Error {
  constructor() {
    super('the answer was lost: a timeout, for all the caller can tell');
    this.name = 'AnswerLost';
  }
}

/** Effect: while the plan says so, 1 of 100 answers is lost after what was asked for is done. */
export function mayLoseAnswer(plan: FailPlan, what: 'activity' | 'commit'): void {
  if (!plan.does('doneButFailed') || Math.random() >= SHARE) return;
  plan.note(`doneButFailed-${what}`);
  throw new AnswerLost();
}

/** Effect: the answers of committed transactions of this process may be lost, too. */
export function loseAnswersOfCommits(plan: FailPlan): void {
  const within = Register.prototype.within;
  Register.prototype.within = async function <Answer>(
    this: Register,
    ...given: Parameters<typeof within<Answer>>
  ): Promise<Answer> {
    const answer = await within.call<Register, typeof given, Promise<Answer>>(this, ...given);
    mayLoseAnswer(plan, 'commit');
    return answer;
  };
  const statement = Register.prototype.statement;
  Register.prototype.statement = async function <Answer extends object>(
    this: Register,
    ...given: Parameters<typeof statement<Answer>>
  ): Promise<readonly Answer[]> {
    const answer = await statement.call<Register, typeof given, Promise<readonly Answer[]>>(this, ...given);
    mayLoseAnswer(plan, 'commit');
    return answer;
  };
}
