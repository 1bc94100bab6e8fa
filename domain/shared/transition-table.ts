import type { Result } from './result';
import { accepted, refused } from './result';

/** One row of a lifecycle's table: what people call it, the states it starts from, and the state it leads to. */
export interface Transition<State extends string> {
  readonly name: string;
  readonly from: readonly State[];
  readonly to: State;
}

export interface TransitionNotAllowed<State extends string, Operation extends string> {
  readonly code: 'transitionNotAllowed';
  readonly state: State;
  readonly operation: Operation;
  readonly allowedFrom: readonly State[];
}

/** The state after an operation by a lifecycle's table; refuses what the table lacks. */
export function applyTransitionTable<State extends string, Operation extends string>(
  table: Readonly<Record<Operation, Transition<State>>>,
  state: State,
  operation: Operation,
): Result<State, TransitionNotAllowed<State, Operation>> {
  const { from, to } = table[operation];
  return from.includes(state)
    ? accepted(to)
    : refused({ code: 'transitionNotAllowed', state, operation, allowedFrom: from });
}

/** The operations that a table allows in a state, in the order of the table. */
export function operationsFrom<State extends string, Operation extends string>(
  table: Readonly<Record<Operation, Transition<State>>>,
  state: State,
): readonly Operation[] {
  return (Object.keys(table) as Operation[]).filter((operation) => table[operation].from.includes(state));
}
