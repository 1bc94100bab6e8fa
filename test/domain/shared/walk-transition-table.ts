import fc from 'fast-check';
import type { Result } from '../../../domain/shared/result';
import type { Transition } from '../../../domain/shared/transition-table';

export interface Lifecycle<State extends string, Operation extends string> {
  readonly states: readonly State[];
  readonly first: State;
  readonly table: Readonly<Record<Operation, Transition<State>>>;
  readonly operations: readonly Operation[];
  apply(state: State, operation: Operation): Result<State, unknown>;
}

/** Sequences of operations, wise and foolish, as long as several lives. */
export function operationSequences<State extends string, Operation extends string>(
  lifecycle: Lifecycle<State, Operation>,
): fc.Arbitrary<Operation[]> {
  return fc.array(fc.constantFrom(...lifecycle.operations), { maxLength: 60 });
}

/** The states that a sequence passes; an operation that is refused leaves the state as it was. */
export function statesPassed<State extends string, Operation extends string>(
  lifecycle: Lifecycle<State, Operation>,
  operations: readonly Operation[],
): readonly State[] {
  const passed: State[] = [lifecycle.first];
  let state = lifecycle.first;
  for (const operation of operations) {
    const outcome = lifecycle.apply(state, operation);
    if (outcome.ok) state = outcome.value;
    passed.push(state);
  }
  return passed;
}

/** Every state that some sequence reaches from one. */
export function reachableFrom<State extends string, Operation extends string>(
  { table, operations }: Lifecycle<State, Operation>,
  start: State,
): ReadonlySet<State> {
  const reached = new Set<State>([start]);
  for (const state of reached) {
    for (const operation of operations) {
      if (table[operation].from.includes(state)) reached.add(table[operation].to);
    }
  }
  return reached;
}

/** The states that no operation leaves. */
export function finalStates<State extends string, Operation extends string>({
  states,
  table,
  operations,
}: Lifecycle<State, Operation>): readonly State[] {
  return states.filter((state) => operations.every((operation) => !table[operation].from.includes(state)));
}
