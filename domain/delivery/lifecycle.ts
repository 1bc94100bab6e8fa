import type { Result } from '../shared/result';
import type { Transition, TransitionNotAllowed } from '../shared/transition-table';
import { applyTransitionTable } from '../shared/transition-table';

/** States of the delivery of one version to one holder (art. 9). */
export const DELIVERY_STATES = ['pending', 'awaitingPickup', 'delivered', 'wrongPerson', 'exempted'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export const DELIVERY_STATE_NAMES = {
  pending: '送达中',
  awaitingPickup: '待领取',
  delivered: '已送达',
  wrongPerson: '身份不符',
  exempted: '依法免予送达',
} as const satisfies Record<DeliveryState, string>;

/** The portal's answer moves a delivery; a fault of the portal moves nothing and is tried again. */
export const DELIVERY_TRANSITIONS = {
  deliver: { name: '送达', from: ['pending', 'awaitingPickup'], to: 'delivered' },
  holdForPickup: { name: '转待领取', from: ['pending'], to: 'awaitingPickup' },
  rejectPerson: { name: '身份不符', from: ['pending', 'awaitingPickup'], to: 'wrongPerson' },
  retry: { name: '重新送达', from: ['wrongPerson', 'awaitingPickup'], to: 'pending' },
} as const satisfies Record<string, Transition<DeliveryState>>;

export type DeliveryOperation = keyof typeof DELIVERY_TRANSITIONS;
export const DELIVERY_OPERATIONS = Object.keys(DELIVERY_TRANSITIONS) as readonly DeliveryOperation[];

/** One row of the table, as its general type. */
export function deliveryTransition(operation: DeliveryOperation): Transition<DeliveryState> {
  return DELIVERY_TRANSITIONS[operation];
}

/** The state after an operation; refuses what the table lacks. */
export function applyDeliveryTransition(
  state: DeliveryState,
  operation: DeliveryOperation,
): Result<DeliveryState, TransitionNotAllowed<DeliveryState, DeliveryOperation>> {
  return applyTransitionTable<DeliveryState, DeliveryOperation>(DELIVERY_TRANSITIONS, state, operation);
}
