import { AgencyClient, inParallel, issuanceBody } from './agency-client';
import type { FaultStack } from './fault-stack';
import { type Lived, Lives } from './lives';
import { type RegisterProbe, until } from './register-probe';

/** What a number of issuances came to while something was being broken. */
export interface Barrage {
  readonly ids: readonly string[];
  /** From the first request until the last certificate was delivered and the outbox empty. */
  readonly tookMs: number;
  readonly retries: number;
  /** When a client last had to ask again, by `performance.now()`; 0 when none had to. */
  readonly lastRetryAtMs: number;
  readonly unfinished: number;
  /** What the other lifecycles came to, that ran beside them. */
  readonly lived: Lived;
}

const WIDTH = 16;
/** So many of each story beside the issuances. */
const LIVES = 12;
const LIVES_QUICK = 3;
const MANY = 500;
/** As long as `Prefer: wait` may be, so that clients are there when an API dies. */
const WAIT_S = 20;

/**
 * Sends requests, 16 at a time, each until it is acknowledged, and waits until all that follows from them is done.
 * In: the first serial and how many; `giveUpMs` after the last acknowledgement it waits no longer.
 */
export async function issueAll(
  stack: FaultStack,
  probe: RegisterProbe,
  from: number,
  many: number,
  giveUpMs: number,
  interrupted: AbortSignal,
): Promise<Barrage> {
  const client = new AgencyClient(stack);
  const startedAtMs = performance.now();
  const serials = Array.from({ length: many }, (_, index) => from + index);
  const lives = new Lives(stack, probe, from === 1 ? 1 : 2);
  const [ids, lived] = await Promise.all([
    inParallel(serials, WIDTH, (serial) => {
      interrupted.throwIfAborted();
      return client.issue(issuanceBody(serial), WAIT_S);
    }),
    lives.lead(many < MANY ? LIVES_QUICK : LIVES),
  ]);
  const left = async (): Promise<number> => (await probe.unfinished(ids)) + (await probe.openLives());
  await until(async () => (await left()) === 0, giveUpMs, interrupted);
  return {
    ids,
    tookMs: performance.now() - startedAtMs,
    retries: client.retries + lived.retries,
    lastRetryAtMs: client.lastRetryAtMs,
    unfinished: await left(),
    lived,
  };
}

/** What was told of the other lifecycles that did not come to the end that it must, in words; and how many did. */
export function livesProblems(...barrages: readonly Barrage[]): readonly string[] {
  return barrages.flatMap(({ lived }) => lived.problems.slice(0, 5));
}

export function livesFigure({ lived }: Barrage): string {
  const ends = Object.entries(lived.ended).map(([story, count]) => `${story}:${count}`);
  return `${Object.values(lived.ended).reduce((sum, count) => sum + count, 0)} of ${lived.stories}: ${ends.join(' ')}`;
}

/** Duplicates and gaps of what left the house: the portal must have every delivery of the register, once, and no other. */
export async function portalProblems(stack: FaultStack, probe: RegisterProbe): Promise<readonly string[]> {
  const answer = await fetch(`${stack.baseUrl('portal')}/control/deliveries`);
  const received = deliveryIds(await answer.json());
  const recorded = await probe.rows<{ id: string }>(`SELECT id FROM delivery WHERE state = 'delivered'`);
  const known = new Set(recorded.map(({ id }) => id));
  const missing = recorded.filter(({ id }) => !received.includes(id));
  const strangers = received.filter((id) => !known.has(id));
  return [
    ...missing.slice(0, 5).map(({ id }) => `the portal does not have delivery ${id}`),
    ...strangers.slice(0, 5).map((id) => `the portal has ${id}, which the register does not call delivered`),
    ...(new Set(received).size === received.length ? [] : ['the portal has a delivery twice']),
  ];
}

function deliveryIds(answer: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(answer) ? answer : itemsIn(answer);
  return items.flatMap((item) =>
    typeof item === 'object' && item !== null && 'deliveryId' in item && typeof item.deliveryId === 'string'
      ? [item.deliveryId]
      : [],
  );
}

function itemsIn(answer: unknown): readonly unknown[] {
  if (typeof answer !== 'object' || answer === null) return [];
  return Object.values(answer).find((member): member is unknown[] => Array.isArray(member)) ?? [];
}
