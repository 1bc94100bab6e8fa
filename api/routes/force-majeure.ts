import type { z } from 'zod';
import type { Principal } from '../../domain/shared/principal';
import type { Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import type { ForceMajeureView, WantedScope } from '../../ports/force-majeure-desk';
import {
  clearForceMajeure,
  closeAffectedItem,
  closeForceMajeure,
  declareForceMajeure,
  disputeForceMajeureClearance,
  extendForceMajeureScope,
  type forceMajeureSchema,
  getForceMajeure,
  listAffectedItems,
  listForceMajeure,
  markAffectedItem,
  recogniseForceMajeure,
  recurForceMajeure,
  rejectForceMajeure,
  reportForceMajeure,
} from '../contract/force-majeure';
import type { Outcome } from '../http/answer';
import { created, ok, refuse } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import { idempotencyOf } from '../http/idempotency-of';
import { pageAnswer, pageRequest } from '../http/page-answer';
import type { Call, Route } from '../http/route';
import { route } from '../http/route';

/** Force majeure (art. 10), from the declaration to the final report. */
export const forceMajeureRoutes: readonly Route[] = [
  route(declareForceMajeure, async ({ body }, call) => {
    const { authorityIds, catalogCodes, operations, ...rest } = body;
    const declaration = { ...rest, scope: { authorityIds, catalogCodes, operations } };
    const declared = await call.ports.forceMajeure.declare(call.principal, declaration, idempotencyOf(call));
    if (!declared.ok) return declared;
    const { eventId, replayed } = declared.value;
    const view = await call.ports.forceMajeure.find(call.principal, eventId);
    if (view === null) return refuse('notFound');
    const location = `${API_ROOT}/force-majeure-events/${eventId}`;
    return replayed ? ok(showForceMajeure(view), { location }) : created(showForceMajeure(view), location);
  }),

  route(listForceMajeure, async ({ query }, { ports, principal, path }) =>
    pageAnswer(
      await ports.forceMajeure.list(principal, { state: query.state ?? null }, pageRequest(query)),
      (summary) => summary,
      path,
      query,
    ),
  ),

  route(getForceMajeure, ({ params }, call) => showAgain(params.id, call)),

  route(listAffectedItems, async ({ params, query }, { ports, principal, path }) => {
    const filter = { state: query.state ?? null, operation: query.operation ?? null };
    const page = await ports.forceMajeure.items(principal, params.id, filter, pageRequest(query));
    return page === null ? refuse('notFound') : pageAnswer(page, (item) => item, path, query);
  }),

  route(reportForceMajeure, async ({ params }, call) =>
    afterwards(await call.ports.forceMajeure.report(call.principal, params.id), params.id, call),
  ),

  route(recogniseForceMajeure, async ({ params, body }, call) =>
    afterwards(
      await call.ports.forceMajeure.recognise(call.principal, params.id, body.reason),
      params.id,
      call,
    ),
  ),

  route(rejectForceMajeure, async ({ params, body }, call) =>
    afterwards(await call.ports.forceMajeure.reject(call.principal, params.id, body.reason), params.id, call),
  ),

  route(extendForceMajeureScope, async ({ params, body }, call) => {
    const { reason, authorityIds, catalogCodes, operations } = body;
    const scope: WantedScope = { authorityIds, catalogCodes, operations };
    const extended = await call.ports.forceMajeure.extendScope(call.principal, params.id, { scope, reason });
    return afterwards(extended, params.id, call);
  }),

  route(clearForceMajeure, async ({ params, body }, call) =>
    afterwards(await call.ports.forceMajeure.clear(call.principal, params.id, body), params.id, call),
  ),

  route(disputeForceMajeureClearance, async ({ params, body }, call) =>
    afterwards(
      await call.ports.forceMajeure.disputeClearance(call.principal, params.id, body),
      params.id,
      call,
    ),
  ),

  route(recurForceMajeure, async ({ params, body }, call) =>
    afterwards(await call.ports.forceMajeure.recur(call.principal, params.id, body), params.id, call),
  ),

  route(closeForceMajeure, async ({ params }, call) =>
    afterwards(await call.ports.forceMajeure.close(call.principal, params.id), params.id, call),
  ),

  route(markAffectedItem, async ({ params, body }, call) => {
    const { ports, principal } = call;
    const marked = await ports.forceMajeure.markItem(principal, params.id, body, idempotencyOf(call));
    if (!marked.ok) return marked;
    const { itemId, replayed } = marked.value;
    const item = await ports.forceMajeure.item(principal, params.id, itemId);
    if (item === null) return refuse('notFound');
    const location = `${API_ROOT}/force-majeure-events/${params.id}/items`;
    return replayed ? ok(item, { location }) : created(item, location);
  }),

  route(closeAffectedItem, async ({ params, body }, { ports, principal }) => {
    const closed = await ports.forceMajeure.closeItem(principal, params.id, params.itemId, body);
    if (!closed.ok) return closed;
    const item = await ports.forceMajeure.item(principal, params.id, params.itemId);
    return item === null ? refuse('notFound') : ok(item);
  }),
];

async function afterwards(
  done: Result<null, Refusal>,
  eventId: string,
  call: Call<Principal>,
): Promise<Outcome> {
  return done.ok ? showAgain(eventId, call) : done;
}

async function showAgain(eventId: string, { ports, principal }: Call<Principal>): Promise<Outcome> {
  const view = await ports.forceMajeure.find(principal, eventId);
  return view === null ? refuse('notFound') : ok(showForceMajeure(view));
}

function showForceMajeure(view: ForceMajeureView): z.input<typeof forceMajeureSchema> {
  const { scope, statements, evidence, progress, availableActions, finalReport, ...rest } = view;
  return {
    ...rest,
    scope: scope.map((row) => ({ ...row, operations: [...row.operations] })),
    statements: statements.map((row) => ({ ...row, evidence: [...row.evidence] })),
    evidence: [...evidence],
    progress: [...progress],
    availableActions: [...availableActions],
    finalReport: finalReport === null ? null : { facts: { ...finalReport.facts }, text: finalReport.text },
  };
}
