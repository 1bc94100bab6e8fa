import { REFUSALS } from '../../domain/shared/refusals';
import {
  bulkTasks,
  commentTask,
  copyTask,
  listTaskRemarks,
  requestTaskHandover,
  sendBackTask,
  transferTask,
  urgeTask,
} from '../contract/task-teamwork';
import { ok, refuse } from '../http/answer';
import type { Route } from '../http/route';
import { route } from '../http/route';
import { taskAfter } from './task';

/** What people do about each other's tasks. */
export const taskTeamworkRoutes: readonly Route[] = [
  route(requestTaskHandover, async ({ params }, call) =>
    taskAfter(await call.ports.teamwork.requestHandover(call.principal, params.id), params.id, call),
  ),

  route(transferTask, async ({ params, body }, call) =>
    taskAfter(
      await call.ports.teamwork.transfer(call.principal, params.id, body.toUsername, body.reason),
      params.id,
      call,
    ),
  ),

  route(sendBackTask, async ({ params, body }, call) =>
    taskAfter(
      await call.ports.tasks.decide(call.principal, params.id, 'sendBack', body.reason),
      params.id,
      call,
    ),
  ),

  route(urgeTask, async ({ params }, call) =>
    taskAfter(await call.ports.teamwork.urge(call.principal, params.id), params.id, call),
  ),

  route(commentTask, async ({ params, body }, call) =>
    taskAfter(await call.ports.teamwork.comment(call.principal, params.id, body.text), params.id, call),
  ),

  route(copyTask, async ({ params, body }, call) =>
    taskAfter(await call.ports.teamwork.copyTo(call.principal, params.id, body.usernames), params.id, call),
  ),

  route(listTaskRemarks, async ({ params }, { ports, principal }) => {
    const items = await ports.teamwork.remarks(principal, params.id);
    return items === null ? refuse('notFound') : ok({ items });
  }),

  route(bulkTasks, async ({ body }, { ports, principal }) => {
    const rows = [];
    for (const taskId of body.taskIds) {
      const done =
        body.operation === 'claim'
          ? await ports.tasks.claim(principal, taskId)
          : await ports.teamwork.transfer(principal, taskId, body.toUsername, body.reason);
      rows.push(
        done.ok
          ? { taskId, ok: true, code: null, detail: null }
          : { taskId, ok: false, code: done.refusal.code, detail: REFUSALS[done.refusal.code].zh },
      );
    }
    return ok({ rows });
  }),
];
