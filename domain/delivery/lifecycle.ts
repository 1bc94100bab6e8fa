import type { Result } from '../shared/result';
import type { Transition, TransitionNotAllowed } from '../shared/transition-table';
import { applyTransitionTable } from '../shared/transition-table';

/** States of the delivery of one version to one holder (art. 9). */
export const DELIVERY_STATES = [
  'pending',
  'awaitingReceipt',
  'awaitingPickup',
  'wrongPerson',
  'delivered',
  'pickedUp',
  'exempted',
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export const DELIVERY_STATE_NAMES = {
  pending: '送达中',
  awaitingReceipt: '待门户回执',
  awaitingPickup: '待领取',
  wrongPerson: '身份不符',
  delivered: '已送达',
  pickedUp: '窗口已领取',
  exempted: '依法免予送达',
} as const satisfies Record<DeliveryState, string>;

/**
 * The portal's answer moves a delivery; a fault of the portal moves nothing and is tried again. Only the portal's proof
 * makes it `delivered` (art. 9). The counter supplements: what was picked up there can still be delivered by the portal
 * when the holder has registered.
 */
export const DELIVERY_TRANSITIONS = {
  deliver: { name: '送达', from: ['pending', 'awaitingReceipt', 'awaitingPickup'], to: 'delivered' },
  awaitReceipt: { name: '门户已收，待回执', from: ['pending', 'awaitingPickup'], to: 'awaitingReceipt' },
  holdForPickup: { name: '转待领取', from: ['pending', 'awaitingReceipt'], to: 'awaitingPickup' },
  rejectPerson: {
    name: '身份不符',
    from: ['pending', 'awaitingReceipt', 'awaitingPickup'],
    to: 'wrongPerson',
  },
  retry: { name: '重新送达', from: ['wrongPerson', 'awaitingPickup', 'pickedUp'], to: 'pending' },
  pickUp: { name: '窗口领取', from: ['pending', 'awaitingPickup', 'wrongPerson'], to: 'pickedUp' },
  exempt: { name: '依法免予送达', from: ['pending', 'awaitingPickup', 'wrongPerson'], to: 'exempted' },
} as const satisfies Record<string, Transition<DeliveryState>>;

export type DeliveryOperation = keyof typeof DELIVERY_TRANSITIONS;
export const DELIVERY_OPERATIONS = Object.keys(DELIVERY_TRANSITIONS) as readonly DeliveryOperation[];

/** States in which nothing has to be done any more; a delivery in another one has a workflow. */
export const DELIVERY_CLOSED_STATES = [
  'delivered',
  'pickedUp',
  'exempted',
] as const satisfies readonly DeliveryState[];

/** Whether nothing has to be done any more. */
export function isDeliveryClosed(state: DeliveryState): boolean {
  const closed: readonly DeliveryState[] = DELIVERY_CLOSED_STATES;
  return closed.includes(state);
}

/** States in which the portal is asked. */
export function isWithPortal(state: DeliveryState): boolean {
  return state === 'pending' || state === 'awaitingReceipt' || state === 'awaitingPickup';
}

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
