import type { z } from 'zod';
import { instantMs } from '../../domain/sla/working-days';
import type {
  DeadlineBoard,
  DeadlineDetail,
  DeadlineFilter,
  DeadlineQuestion,
  DeadlineView,
} from '../../ports/deadline-desk';
import type { deadlineBoardSchema, deadlineDetailSchema, deadlineSchema } from '../contract/deadline';
import { getDeadline, getDeadlineBoard, listDeadlines, previewDeadline } from '../contract/deadline';
import { exact } from '../contract/shapes';
import { ok, refuse } from '../http/answer';
import { pageAnswer, pageRequest } from '../http/page-answer';
import type { Input, Route } from '../http/route';
import { publicRoute, route } from '../http/route';

/** Deadlines, their board and the trial computation. */
export const deadlineRoutes: readonly Route[] = [
  // Before the deadline by its id, or its address would be taken for one.
  route(getDeadlineBoard, async ({ query }, { ports, principal }) =>
    ok(showBoard(await ports.deadlines.board(principal, exact(query)))),
  ),

  route(listDeadlines, async ({ query }, { ports, principal, path }) =>
    pageAnswer(
      await ports.deadlines.list(principal, filterOf(query), pageRequest(query)),
      showDeadline,
      path,
      query,
    ),
  ),

  route(getDeadline, async ({ params }, { ports, principal }) => {
    const found = await ports.deadlines.find(principal, params.id);
    return found === null ? refuse('notFound') : ok(showDetail(found));
  }),

  publicRoute(previewDeadline, async ({ body }, { ports }) => {
    const answered = await ports.deadlines.preview(questionOf(body));
    return answered.ok ? ok({ id: 'preview', ...answered.value, availableActions: [] }) : answered;
  }),
];

function filterOf(query: Input<typeof listDeadlines>['query']): DeadlineFilter {
  const { limit: _, cursor: __, dueBefore, ...filter } = query;
  return {
    ...exact(filter),
    ...(dueBefore === undefined ? {} : { dueBefore: new Date(instantMs(dueBefore)) }),
  };
}

function questionOf({
  key,
  value,
  unit,
  startAt,
  suspensions,
}: Input<typeof previewDeadline>['body']): DeadlineQuestion {
  const common = { startAt, suspensions };
  if (key !== undefined) return { ...common, limit: { key } };
  if (value === undefined || unit === undefined) throw new Error('the contract asks for a key or a limit');
  return { ...common, limit: { value, unit } };
}

function showDeadline(view: DeadlineView): z.input<typeof deadlineSchema> {
  return { ...view, availableActions: [] };
}

function showDetail({
  explanation,
  moves,
  suspensions,
  rings,
  ...view
}: DeadlineDetail): z.input<typeof deadlineDetailSchema> {
  return {
    ...view,
    explanation: [...explanation],
    moves: [...moves],
    suspensions: [...suspensions],
    rings: rings.map((ring) => ({ ...ring, told: [...ring.told] })),
    availableActions: [],
  };
}

function showBoard({
  lifecycles,
  authorities,
  onTime,
  ...board
}: DeadlineBoard): z.input<typeof deadlineBoardSchema> {
  return {
    id: 'board',
    state: 'current',
    ...board,
    lifecycles: [...lifecycles],
    authorities: [...authorities],
    onTime: [...onTime],
    availableActions: [],
  };
}
