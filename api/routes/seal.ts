import type { z } from 'zod';
import type { LegalDate } from '../../domain/shared/legal-date';
import { legalDateAt } from '../../domain/shared/legal-date';
import type { Principal } from '../../domain/shared/principal';
import type { SealUseMandateView, SealView } from '../../ports/office-desk';
import { mayCall } from '../authenticate';
import {
  endSealUseMandate,
  grantSealUseMandate,
  listSeals,
  listSealUseMandates,
  resumeSeal,
  type sealSchema,
  type sealUseMandateSchema,
  stopSeal,
} from '../contract/seal';
import { instantTextOrNull } from '../contract/shapes';
import { created, ok, refuse } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import { idempotencyOf } from '../http/idempotency-of';
import { listAnswer } from '../http/page-answer';
import type { Route } from '../http/route';
import { route } from '../http/route';

/** Seals and the mandates under which they may be used automatically (art. 11). */
export const sealRoutes: readonly Route[] = [
  route(listSeals, async (_, { ports, principal }) =>
    listAnswer(await ports.seals.seals(principal), (seal) => showSeal(seal, principal)),
  ),

  route(stopSeal, async ({ params, body }, { ports, principal }) => {
    const stopped = await ports.seals.stop(principal, params.id, body.reason);
    return stopped.ok ? ok(showSeal(stopped.value, principal)) : stopped;
  }),

  route(resumeSeal, async ({ params }, { ports, principal }) => {
    const resumed = await ports.seals.resume(principal, params.id);
    return resumed.ok ? ok(showSeal(resumed.value, principal)) : resumed;
  }),

  route(listSealUseMandates, async (_, { ports, principal, nowMs }) =>
    listAnswer(await ports.seals.mandates(principal), (mandate) =>
      showMandate(mandate, legalDateAt(nowMs), principal),
    ),
  ),

  route(grantSealUseMandate, async ({ body }, call) => {
    const { ports, principal, nowMs } = call;
    const today = legalDateAt(nowMs);
    if (body.validUntil < body.validFrom || body.validUntil < today) {
      const expected = '截止日期不得早于起始日期和今天';
      return refuse('contentInvalid', [{ pointer: '/validUntil', code: 'periodEnded', expected }]);
    }
    const granted = await ports.seals.grantMandate(principal, body, idempotencyOf(call));
    if (!granted.ok) return granted;
    const location = `${API_ROOT}/seal-use-mandates/${granted.value.id}`;
    return created(showMandate(granted.value, today, principal), location);
  }),

  route(endSealUseMandate, async ({ params }, { ports, principal, nowMs }) => {
    const ended = await ports.seals.endMandate(principal, params.id);
    return ended.ok ? ok(showMandate(ended.value, legalDateAt(nowMs), principal)) : ended;
  }),
];

function showSeal(seal: SealView, principal: Principal): z.input<typeof sealSchema> {
  return { ...seal, availableActions: mayCall(stopSeal.access, principal) ? sealActions(seal) : [] };
}

function sealActions({ state }: SealView): ('stop' | 'resume')[] {
  switch (state) {
    case 'inUse':
      return ['stop'];
    case 'stopped':
      return ['resume'];
    case 'cancelled':
      return [];
  }
}

function showMandate(
  mandate: SealUseMandateView,
  today: LegalDate,
  principal: Principal,
): z.input<typeof sealUseMandateSchema> {
  const state = mandateState(mandate, today);
  const mayEnd = state !== 'ended' && mayCall(endSealUseMandate.access, principal);
  return {
    ...mandate,
    state,
    endedAt: instantTextOrNull(mandate.endedAt),
    availableActions: mayEnd ? ['end'] : [],
  };
}

function mandateState(
  mandate: SealUseMandateView,
  today: LegalDate,
): z.input<typeof sealUseMandateSchema>['state'] {
  if (mandate.endedAt !== null) return 'ended';
  if (today < mandate.validFrom) return 'notYetInForce';
  if (today > mandate.validUntil) return 'expired';
  return mandate.used >= mandate.volumeCap ? 'usedUp' : 'inForce';
}
