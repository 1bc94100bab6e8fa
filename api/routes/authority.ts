import type { z } from 'zod';
import type { Principal } from '../../domain/shared/principal';
import type { Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import type { AuthorityView } from '../../ports/organisation';
import { mayCall } from '../authenticate';
import {
  addAuthority,
  type authoritySchema,
  changeAuthority,
  getAuthority,
  listAuthorities,
  succeedAuthority,
} from '../contract/authority';
import { exact } from '../contract/shapes';
import type { Headers, Outcome } from '../http/answer';
import { created, ok, refuse } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import { idempotencyOf } from '../http/idempotency-of';
import { listAnswer } from '../http/page-answer';
import type { Route } from '../http/route';
import { route } from '../http/route';

/** The units of the city, their mergers and entrustments (art. 2). */
export const authorityRoutes: readonly Route[] = [
  route(listAuthorities, async (_, { ports, principal }) =>
    listAnswer(await ports.authorities.list(principal), (view) => showAuthority(view, principal)),
  ),

  route(getAuthority, async ({ params }, { ports, principal }) => {
    const view = await ports.authorities.find(principal, params.id);
    return view === null ? refuse('notFound') : ok(showAuthority(view, principal), etag(view));
  }),

  route(addAuthority, async ({ body }, call) => {
    const added = await call.ports.authorities.add(call.principal, body, idempotencyOf(call));
    if (!added.ok) return added;
    const location = `${API_ROOT}/authorities/${added.value.id}`;
    return created(showAuthority(added.value, call.principal), location, etag(added.value));
  }),

  route(changeAuthority, async ({ params, body }, { ports, principal, ifMatch }) =>
    shown(await ports.authorities.change(principal, params.id, ifMatch, exact(body)), principal),
  ),

  route(succeedAuthority, async ({ params, body }, { ports, principal }) =>
    shown(await ports.authorities.succeed(principal, params.id, body), principal),
  ),
];

function shown(result: Result<AuthorityView, Refusal>, principal: Principal): Outcome {
  return result.ok ? ok(showAuthority(result.value, principal), etag(result.value)) : result;
}

function etag({ revision }: AuthorityView): Headers {
  return { etag: `"${revision}"` };
}

function showAuthority(view: AuthorityView, principal: Principal): z.input<typeof authoritySchema> {
  const isActive = view.successorId === null;
  return {
    ...view,
    state: isActive ? 'active' : 'succeeded',
    availableActions: [
      ...(mayCall(changeAuthority.access, principal) ? ['change'] : []),
      ...(isActive && mayCall(succeedAuthority.access, principal) ? ['succeed'] : []),
    ],
  };
}
