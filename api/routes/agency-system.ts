import type { z } from 'zod';
import type { Principal } from '../../domain/shared/principal';
import type { Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import type { AgencyKeyView, AgencySystemView } from '../../ports/organisation';
import { mayCall } from '../authenticate';
import {
  addAgencySystem,
  type agencyKeySchema,
  type agencySystemSchema,
  issueAgencyKey,
  listAgencyKeys,
  listAgencySystems,
  removeRecordPort,
  renewWebhookSecret,
  resumeAgencySystem,
  revokeAgencyKey,
  setRecordPort,
  stopAgencySystem,
} from '../contract/agency-system';
import { instantTextOrNull } from '../contract/shapes';
import type { Outcome } from '../http/answer';
import { created, ok } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import { idempotencyOf } from '../http/idempotency-of';
import { listAnswer } from '../http/page-answer';
import type { Route } from '../http/route';
import { route } from '../http/route';

/** Business systems of authorities, their keys, and where their own records are asked for. */
export const agencySystemRoutes: readonly Route[] = [
  route(listAgencySystems, async (_, { ports, principal }) =>
    listAnswer(await ports.agencySystems.list(principal), (system) => showSystem(system, principal)),
  ),

  route(addAgencySystem, async ({ body }, call) => {
    const added = await call.ports.agencySystems.add(call.principal, body, idempotencyOf(call));
    return added.ok ? created(showSystem(added.value, call.principal), `${API_ROOT}/agency-systems`) : added;
  }),

  route(setRecordPort, async ({ params, body }, { ports, principal }) =>
    shown(await ports.agencySystems.setRecordPort(principal, params.id, body), principal),
  ),

  route(removeRecordPort, async ({ params }, { ports, principal }) =>
    shown(await ports.agencySystems.setRecordPort(principal, params.id, null), principal),
  ),

  route(renewWebhookSecret, async ({ params }, { ports, principal }) => {
    const renewed = await ports.agencySystems.renewWebhookSecret(principal, params.id);
    if (!renewed.ok) return renewed;
    const { system, secret } = renewed.value;
    return ok({ id: system.id, state: system.state, secret, availableActions: [] });
  }),

  route(stopAgencySystem, async ({ params }, { ports, principal }) =>
    shown(await ports.agencySystems.setState(principal, params.id, 'stopped'), principal),
  ),

  route(resumeAgencySystem, async ({ params }, { ports, principal }) =>
    shown(await ports.agencySystems.setState(principal, params.id, 'active'), principal),
  ),

  route(listAgencyKeys, async (_, { ports, principal, nowMs }) =>
    listAnswer(await ports.keyDesk.list(principal), (key) => showKey(key, principal, nowMs)),
  ),

  route(issueAgencyKey, async ({ body }, call) => {
    const { agencySystemId } = body;
    const validUntil = body.validUntil === null ? null : new Date(body.validUntil);
    const { ports, principal, nowMs } = call;
    const issued = await ports.keyDesk.issue(principal, { agencySystemId, validUntil }, idempotencyOf(call));
    if (!issued.ok) return issued;
    const { key, secret } = issued.value;
    return created({ ...showKey(key, principal, nowMs), secret }, `${API_ROOT}/agency-keys`);
  }),

  route(revokeAgencyKey, async ({ params }, { ports, principal, nowMs }) => {
    const revoked = await ports.keyDesk.revoke(principal, params.id);
    return revoked.ok ? ok(showKey(revoked.value, principal, nowMs)) : revoked;
  }),
];

function shown(result: Result<AgencySystemView, Refusal>, principal: Principal): Outcome {
  return result.ok ? ok(showSystem(result.value, principal)) : result;
}

function showSystem(system: AgencySystemView, principal: Principal): z.input<typeof agencySystemSchema> {
  const isActive = system.state === 'active';
  const actions = [isActive ? 'stop' : 'resume', 'setRecordPort', 'renewWebhookSecret', 'issueKey'];
  return {
    ...system,
    callbackHosts: [...system.callbackHosts],
    availableActions: mayCall(stopAgencySystem.access, principal) ? actions : [],
  };
}

function showKey(
  { keyId, ...key }: AgencyKeyView,
  principal: Principal,
  nowMs: number,
): z.input<typeof agencyKeySchema> {
  const isOver = key.validUntil !== null && Date.parse(key.validUntil) <= nowMs;
  const state = key.revokedAt !== null ? 'revoked' : isOver ? 'expired' : 'live';
  const mayRevoke = state !== 'revoked' && mayCall(revokeAgencyKey.access, principal);
  return {
    id: keyId,
    state,
    agencySystemId: key.agencySystemId,
    validFrom: key.validFrom,
    validUntil: instantTextOrNull(key.validUntil),
    revokedAt: instantTextOrNull(key.revokedAt),
    availableActions: mayRevoke ? ['revoke'] : [],
  };
}
