import type { Principal } from '../../domain/shared/principal';
import type { DeliveryView } from '../../ports/office-desk';
import { mayCall } from '../authenticate';
import { getDelivery, listDeliveries, retryDelivery } from '../contract/delivery';
import { instantTextOrNull } from '../contract/shapes';
import { ok, pending, refuse } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import { pageAnswer, pageRequest } from '../http/page-answer';
import type { Route } from '../http/route';
import { route } from '../http/route';

/** Deliveries, one per holder (art. 9). */
export const deliveryRoutes: readonly Route[] = [
  route(listDeliveries, async ({ query }, { ports, principal, path }) =>
    pageAnswer(
      await ports.office.deliveries(principal, query.state ?? null, pageRequest(query)),
      (view) => showDelivery(view, principal),
      path,
      query,
    ),
  ),

  route(getDelivery, async ({ params }, { ports, principal }) => {
    const view = await ports.office.delivery(principal, params.id);
    return view === null ? refuse('notFound') : ok(showDelivery(view, principal));
  }),

  route(retryDelivery, async ({ params }, { ports, principal }) => {
    const retried = await ports.office.retryDelivery(principal, params.id);
    if (!retried.ok) return retried;
    const view = await ports.office.delivery(principal, params.id);
    if (view === null) return refuse('notFound');
    return pending(showDelivery(view, principal), `${API_ROOT}/deliveries/${params.id}`);
  }),
];

function showDelivery({ availableOperations, deliveredAt, ...delivery }: DeliveryView, principal: Principal) {
  const mayRetry = mayCall(retryDelivery.access, principal);
  return {
    ...delivery,
    deliveredAt: instantTextOrNull(deliveredAt),
    availableActions: mayRetry ? availableOperations : [],
  };
}
