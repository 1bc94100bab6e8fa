import type { Principal } from '../../domain/shared/principal';
import type { DeliveryView } from '../../ports/office-desk';
import {
  exemptDelivery,
  getDelivery,
  listDeliveries,
  pickUpDelivery,
  retryDelivery,
  takeDeliveryReceipt,
} from '../contract/delivery';
import { instantTextOrNull } from '../contract/shapes';
import { empty, ok, pending, refuse } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import { pageAnswer, pageRequest } from '../http/page-answer';
import type { Call, Route } from '../http/route';
import { publicRoute, route } from '../http/route';

/** Deliveries, one per holder (art. 9). */
export const deliveryRoutes: readonly Route[] = [
  route(listDeliveries, async ({ query }, { ports, principal, path }) =>
    pageAnswer(
      await ports.office.deliveries(principal, query.state ?? null, pageRequest(query)),
      showDelivery,
      path,
      query,
    ),
  ),

  route(getDelivery, async ({ params }, { ports, principal }) => {
    const view = await ports.office.delivery(principal, params.id);
    return view === null ? refuse('notFound') : ok(showDelivery(view));
  }),

  route(retryDelivery, async ({ params }, { ports, principal }) => {
    const retried = await ports.office.retryDelivery(principal, params.id);
    if (!retried.ok) return retried;
    const view = await ports.office.delivery(principal, params.id);
    if (view === null) return refuse('notFound');
    return pending(showDelivery(view), `${API_ROOT}/deliveries/${params.id}`);
  }),

  route(pickUpDelivery, async ({ params, body }, call) => {
    const done = await call.ports.deliveries.pickUp(call.principal, params.id, body.receiver);
    if (!done.ok) return done;
    const delivery = await showAgain(params.id, call);
    const { paperId, paperNumber } = done.value;
    return delivery === null
      ? refuse('notFound')
      : ok({ ...delivery, paper: { id: paperId, number: paperNumber } });
  }),

  publicRoute(takeDeliveryReceipt, async ({ params, body }, { ports }) => {
    const done = await ports.deliveries.takeReceipt(params.id, body);
    return done.ok ? empty() : done;
  }),

  route(exemptDelivery, async ({ params, body }, call) => {
    const done = await call.ports.deliveries.exempt(call.principal, params.id, body);
    if (!done.ok) return done;
    const delivery = await showAgain(params.id, call);
    return delivery === null ? refuse('notFound') : ok(delivery);
  }),
];

async function showAgain(deliveryId: string, { ports, principal }: Call<Principal>) {
  const view = await ports.office.delivery(principal, deliveryId);
  return view === null ? null : showDelivery(view);
}

function showDelivery({ availableOperations, deliveredAt, ...delivery }: DeliveryView) {
  return {
    ...delivery,
    deliveredAt: instantTextOrNull(deliveredAt),
    availableActions: availableOperations,
  };
}
