import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Principal } from '../../domain/shared/principal';

interface RequestState {
  readonly traceId: string;
  route: string | null;
  principal: Principal | null;
}

/** What is known of a request beside Express's own fields; weak, so nothing outlives its request. */
const states = new WeakMap<IncomingMessage, RequestState>();

/** Starts the state of a request: takes the trace of a valid W3C `traceparent`, else a new random one. */
export function openRequestState(request: IncomingMessage): RequestState {
  const given = /^00-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(
    String(request.headers['traceparent'] ?? ''),
  );
  const state: RequestState = {
    traceId: given?.[1] ?? randomBytes(16).toString('hex'),
    route: null,
    principal: null,
  };
  states.set(request, state);
  return state;
}

/** The trace id of a request, 32 hex digits. */
export function traceIdOf(request: IncomingMessage): string {
  return (states.get(request) ?? openRequestState(request)).traceId;
}

/** Notes the template of the route that took the request; addresses themselves may hold secrets and are not logged. */
export function setRoute(request: IncomingMessage, route: string): void {
  const state = states.get(request);
  if (state !== undefined) state.route = route;
}

/** Notes who was found to call. */
export function setPrincipal(request: IncomingMessage, principal: Principal | null): void {
  const state = states.get(request);
  if (state !== undefined) state.principal = principal;
}

/** Template of the route, or null when none took the request. */
export function routeOf(request: IncomingMessage): string | null {
  return states.get(request)?.route ?? null;
}

/** Who was found to call, or null. */
export function principalOf(request: IncomingMessage): Principal | null {
  return states.get(request)?.principal ?? null;
}
