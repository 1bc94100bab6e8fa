import type { z } from 'zod';
import type { Principal } from '../../domain/shared/principal';
import type { CalendarYear } from '../../domain/sla/calendar-year';
import type { SlaPolicy } from '../../domain/sla/sla-policy';
import type { CalendarEffect } from '../../ports/clock-settings';
import { mayCall } from '../authenticate';
import type { calendarEffectSchema, slaPolicySchema } from '../contract/clock-settings';
import {
  getCalendarYear,
  getClockRule,
  getEscalationLadder,
  listSlaPolicies,
  putCalendarYear,
  putClockRule,
  putEscalationLadder,
  putSlaPolicies,
} from '../contract/clock-settings';
import type { Outcome } from '../http/answer';
import { ok } from '../http/answer';
import { listAnswer } from '../http/page-answer';
import type { Call, Route } from '../http/route';
import { route } from '../http/route';

/** Time limits, working calendar, office hours and ladder: read by all who sign in, changed by the city. */
export const clockSettingsRoutes: readonly Route[] = [
  route(getCalendarYear, async ({ params }, { ports, principal }) => {
    const { days, regionalDays, ...view } = await ports.clockSettings.calendarYear(params.year);
    return ok({
      id: String(params.year),
      ...view,
      days: [...days],
      regionalDays: [...regionalDays],
      availableActions: mayCall(putCalendarYear.access, principal) ? ['load'] : [],
    });
  }),

  route(putCalendarYear, async ({ params, query, body }, { ports, principal }) => {
    const loaded: CalendarYear = { year: params.year, ...body };
    const isPreview = query.preview === 'true';
    const effect = isPreview
      ? await ports.clockSettings.previewCalendarYear(principal, loaded)
      : await ports.clockSettings.loadCalendarYear(principal, loaded);
    return effect.ok ? ok(showEffect(effect.value, isPreview ? 'previewed' : 'loaded')) : effect;
  }),

  route(listSlaPolicies, async (_, { ports, principal }) =>
    listAnswer(await ports.clockSettings.policies(), (policy) => showPolicy(policy, principal)),
  ),

  route(putSlaPolicies, async ({ body }, { ports, principal }) => {
    const set = await ports.clockSettings.setPolicies(principal, body.policies);
    return set.ok ? listAnswer(set.value, (policy) => showPolicy(policy, principal)) : set;
  }),

  route(getClockRule, (_, call) => showRule(call)),

  route(putClockRule, async ({ body }, call) => {
    const set = await call.ports.clockSettings.setRule(call.principal, body);
    return set.ok ? showRule(call) : set;
  }),

  route(getEscalationLadder, (_, call) => showLadder(call)),

  route(putEscalationLadder, async ({ body }, call) => {
    const set = await call.ports.clockSettings.setLadder(call.principal, body.ladder);
    return set.ok ? showLadder(call) : set;
  }),
];

function showEffect(
  { moves, ...effect }: CalendarEffect,
  state: 'previewed' | 'loaded',
): z.input<typeof calendarEffectSchema> {
  return {
    id: String(effect.year),
    state,
    ...effect,
    moves: moves.map((move) => ({ ...move, deadlineIds: [...move.deadlineIds] })),
    availableActions: [],
  };
}

function showPolicy({ hard, ...policy }: SlaPolicy, principal: Principal): z.input<typeof slaPolicySchema> {
  const action = hard ? 'tighten' : 'change';
  return {
    id: policy.key,
    state: hard ? 'hard' : 'policy',
    ...policy,
    availableActions: mayCall(putSlaPolicies.access, principal) ? [action] : [],
  };
}

async function showRule({ ports, principal }: Call<Principal>): Promise<Outcome> {
  return ok({
    id: 'clock-rule',
    state: 'current',
    ...(await ports.clockSettings.rule()),
    availableActions: mayCall(putClockRule.access, principal) ? ['change'] : [],
  });
}

async function showLadder({ ports, principal }: Call<Principal>): Promise<Outcome> {
  return ok({
    id: 'escalation-ladder',
    state: 'current',
    ladder: await ports.clockSettings.ladder(),
    availableActions: mayCall(putEscalationLadder.access, principal) ? ['change'] : [],
  });
}
