import type { z } from 'zod';
import type { Principal } from '../../domain/shared/principal';
import type { Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import type { TaskView } from '../../ports/task-desk';
import { instantText, instantTextOrNull } from '../contract/shapes';
import {
  claimTask,
  decideTask,
  getDraftPage,
  getReviewMaterial,
  getTask,
  listTasks,
  releaseTask,
  type taskSchema,
  undoDecision,
} from '../contract/task';
import type { Outcome } from '../http/answer';
import { bytes, ok, refuse } from '../http/answer';
import { pageAnswer, pageRequest } from '../http/page-answer';
import type { Call, Route } from '../http/route';
import { route } from '../http/route';

/** Whoever opens the material of a task does so in order to decide it, unless another purpose is given. */
const REVIEW_PURPOSE = '办理审核任务';

/** The inbox of people. */
export const taskRoutes: readonly Route[] = [
  route(listTasks, async ({ query }, { ports, principal, path }) =>
    pageAnswer(
      await ports.tasks.list(
        principal,
        {
          queue: query.queue,
          kind: query.kind ?? null,
          dueBefore: query.dueBefore ?? null,
          reference: query.reference ?? null,
        },
        pageRequest(query),
      ),
      showTask,
      path,
      query,
    ),
  ),

  route(getTask, ({ params }, call) => showAgain(params.id, call)),

  route(getReviewMaterial, async ({ params }, { ports, principal, usePurpose, traceId }) => {
    const purpose = usePurpose ?? REVIEW_PURPOSE;
    const material = await ports.tasks.reviewMaterial(principal, params.id, purpose, traceId);
    if (material === null) return refuse('notFound');
    const task = showTask(material.task);
    const { id, state, availableActions } = task;
    return ok({ ...material, id, state, task, availableActions });
  }),

  route(getDraftPage, async ({ params }, { ports, principal, usePurpose, traceId }) => {
    const purpose = usePurpose ?? REVIEW_PURPOSE;
    const picture = await ports.tasks.draftPage(principal, params.id, purpose, traceId);
    return picture === null ? refuse('notFound') : bytes(picture, 'image/png');
  }),

  route(claimTask, async ({ params }, call) =>
    taskAfter(await call.ports.tasks.claim(call.principal, params.id), params.id, call),
  ),

  route(releaseTask, async ({ params }, call) =>
    taskAfter(await call.ports.tasks.release(call.principal, params.id), params.id, call),
  ),

  route(decideTask, async ({ params, body }, call) =>
    taskAfter(
      await call.ports.tasks.decide(call.principal, params.id, body.decision, body.reason),
      params.id,
      call,
    ),
  ),

  route(undoDecision, async ({ params }, call) =>
    taskAfter(await call.ports.tasks.undo(call.principal, params.id), params.id, call),
  ),
];

/** The task as it is after an act, or the act's refusal. */
export async function taskAfter(
  done: Result<null, Refusal>,
  taskId: string,
  call: Call<Principal>,
): Promise<Outcome> {
  return done.ok ? showAgain(taskId, call) : done;
}

async function showAgain(taskId: string, { ports, principal }: Call<Principal>): Promise<Outcome> {
  const task = await ports.tasks.find(principal, taskId);
  return task === null ? refuse('notFound') : ok(showTask(task));
}

function showTask(view: TaskView): z.input<typeof taskSchema> {
  const { availableOperations, openedAt, dueAt, claimedAt, decidedAt, takesEffectAt, ...rest } = view;
  return {
    ...rest,
    openedAt: instantText(openedAt),
    dueAt: instantTextOrNull(dueAt),
    claimedAt: instantTextOrNull(claimedAt),
    decidedAt: instantTextOrNull(decidedAt),
    takesEffectAt: instantTextOrNull(takesEffectAt),
    availableActions: [...availableOperations],
  };
}
