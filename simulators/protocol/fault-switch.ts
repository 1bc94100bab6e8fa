/** How a simulator can be told to fail; each is a way in which a real outside system has failed somebody. */
export const FAULT_MODES = ['none', 'down', 'hang', 'slow', 'error500', 'cutHalfWay', 'garbage'] as const;
export type FaultMode = (typeof FAULT_MODES)[number];

export interface Fault {
  readonly mode: FaultMode;
  /** How long `slow` keeps the caller waiting before it answers properly. */
  readonly delayMs: number;
  /** After so many faulty answers the simulator is well again; null: until told otherwise. */
  readonly remaining: number | null;
}

const WELL: Fault = { mode: 'none', delayMs: 0, remaining: null };
const MAX_DELAY_MS = 120_000;

export interface FaultSwitch {
  /** The fault for the request at hand; counts down `remaining`. */
  take(): Fault;
  set(fault: Fault): void;
  current(): Fault;
}

/** A switch that starts well. */
export function createFaultSwitch(): FaultSwitch {
  let fault = WELL;
  return {
    take() {
      const taken = fault;
      if (fault.remaining !== null) {
        fault = fault.remaining <= 1 ? WELL : { ...fault, remaining: fault.remaining - 1 };
      }
      return taken;
    },
    set(next) {
      fault = next;
    },
    current: () => fault,
  };
}

/** In: the body of `PUT /control/faults`. Out: the fault, or null when it is not one. */
export function readFault(body: unknown): Fault | null {
  if (typeof body !== 'object' || body === null) return null;
  const given = new Map<string, unknown>(Object.entries(body));
  const mode = FAULT_MODES.find((known) => known === given.get('mode'));
  const delayMs = given.get('delayMs') ?? 0;
  const remaining = given.get('remaining') ?? null;
  if (mode === undefined || !isCount(delayMs) || delayMs > MAX_DELAY_MS) return null;
  if (remaining !== null && (!isCount(remaining) || remaining === 0)) return null;
  return { mode, delayMs, remaining };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
