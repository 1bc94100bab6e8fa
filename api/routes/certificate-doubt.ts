import type { DoubtView } from '../../ports/certificate-doubts';
import { markCertificateDoubt } from '../contract/certificate-doubt';
import { ok } from '../http/answer';
import { idempotencyOf } from '../http/idempotency-of';
import type { Route } from '../http/route';
import { route } from '../http/route';

/** Status in doubt (状态存疑), by certificate number. */
export const certificateDoubtRoutes: readonly Route[] = [
  route(markCertificateDoubt, async ({ body }, call) => {
    const { doubts } = call.ports;
    const marked =
      body.action === 'set'
        ? await doubts.set(call.principal, body, idempotencyOf(call))
        : await doubts.confirm(call.principal, body, idempotencyOf(call));
    return marked.ok ? ok(showDoubt(marked.value)) : marked;
  }),
];

function showDoubt(view: DoubtView) {
  return { ...view, availableActions: [...view.availableActions] };
}
