import { keepCertificate, reportHolder } from '../contract/dependency';
import { created, empty } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import { idempotencyOf } from '../http/idempotency-of';
import type { Route } from '../http/route';
import { route } from '../http/route';

/** Certificates that rest on a holder or on another certificate. */
export const dependencyRoutes: readonly Route[] = [
  route(reportHolder, async ({ body }, call) => {
    const code = body.code.trim().toUpperCase();
    const report = { kind: body.kind, code };
    const done = await call.ports.dependencies.reportHolder(call.principal, report, idempotencyOf(call));
    if (!done.ok) return done;
    const { reportId } = done.value;
    const shown = { id: reportId, state: 'recorded', availableActions: [] };
    return created(shown, `${API_ROOT}/tasks?queue=unclaimed`);
  }),

  route(keepCertificate, async ({ params, body }, { ports, principal }) => {
    const kept = await ports.dependencies.keep(principal, params.id, body.reason);
    return kept.ok ? empty() : kept;
  }),
];
