import type { z } from 'zod';
import type { CollectionGapView } from '../../ports/collection-desk';
import {
  type collectionGapSchema,
  countCollection,
  exemptFromCollection,
  listCollectionGaps,
} from '../contract/collection';
import { instantText } from '../contract/shapes';
import { created } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import { idempotencyOf } from '../http/idempotency-of';
import { listAnswer } from '../http/page-answer';
import type { Route } from '../http/route';
import { route } from '../http/route';

/** 应归尽归 (art. 4): what agencies count, what is registered, what is exempt. */
export const collectionRoutes: readonly Route[] = [
  route(countCollection, async ({ body }, call) => {
    const counted = await call.ports.collections.count(call.principal, body, idempotencyOf(call));
    if (!counted.ok) return counted;
    const { firstDay } = counted.value;
    return created(showGap(counted.value), `${API_ROOT}/collection-counts?month=${firstDay.slice(0, 7)}`);
  }),

  route(listCollectionGaps, async ({ query }, { ports, principal }) => {
    const filter = { month: query.month, authorityId: query.authority ?? null };
    return listAnswer(await ports.collections.gaps(principal, filter), showGap);
  }),

  route(exemptFromCollection, async ({ body }, call) => {
    const exempted = await call.ports.collections.exempt(call.principal, body, idempotencyOf(call));
    if (!exempted.ok) return exempted;
    const { id } = exempted.value;
    return created({ id, state: 'recorded', availableActions: [] }, `${API_ROOT}/collection-exemptions`);
  }),
];

function showGap({
  missingHere,
  unknownThere,
  toldAt,
  ...gap
}: CollectionGapView): z.input<typeof collectionGapSchema> {
  return {
    ...gap,
    state: gap.missing === null ? 'unknown' : gap.missing === 0 ? 'complete' : 'gap',
    missingHere: missingHere === null ? null : [...missingHere],
    unknownThere: unknownThere === null ? null : [...unknownThere],
    toldAt: instantText(toldAt),
    availableActions: [],
  };
}
