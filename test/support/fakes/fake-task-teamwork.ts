import type { Principal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { TaskRemark, TaskTeamwork } from '../../../ports/task-teamwork';
import { INSTANT, TASK_ID } from './fake-ids';

/** Remembers what was done about the one task. */
export class FakeTaskTeamwork implements TaskTeamwork {
  readonly done: string[] = [];

  async requestHandover(_: Principal, taskId: string) {
    return this.#note(taskId, 'requestHandover');
  }
  async transfer(_: Principal, taskId: string, toUsername: string) {
    if (toUsername === 'nobody') return refused<Refusal>({ code: 'receiverUnsuitable' });
    return this.#note(taskId, `transfer to ${toUsername}`);
  }
  async urge(_: Principal, taskId: string) {
    if (this.done.includes('urge')) {
      return refused<Refusal>({ code: 'urgedRecently', facts: { possibleFrom: INSTANT } });
    }
    return this.#note(taskId, 'urge');
  }
  async comment(_: Principal, taskId: string) {
    return this.#note(taskId, 'comment');
  }
  async copyTo(_: Principal, taskId: string, usernames: readonly string[]) {
    return this.#note(taskId, `copy to ${usernames.join(', ')}`);
  }
  async remarks(_: Principal, taskId: string): Promise<readonly TaskRemark[] | null> {
    if (taskId !== TASK_ID) return null;
    return [{ kind: 'urge', at: INSTANT, by: '陈晓燕', to: null, text: null }];
  }

  #note(taskId: string, what: string): Result<null, Refusal> {
    if (taskId !== TASK_ID) return refused({ code: 'notFound' });
    this.done.push(what);
    return accepted(null);
  }
}
