import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The activities of the line, with the number of their step; ② is opened by ①'s successor, ⑦ has its own workflow. */
export const STEPS = {
  admit: '①',
  compare: '①',
  openReview: '②',
  prepare: '③',
  seal: '④',
  correspond: '⑤',
  issue: '⑥',
  deliver: '⑦',
} as const;
export type Step = keyof typeof STEPS;
export const STEP_NAMES = Object.keys(STEPS) as readonly Step[];

export type FailPoint = `${'before' | 'after'}-${Step}`;
export const FAIL_POINTS: readonly FailPoint[] = STEP_NAMES.flatMap(
  (step) => [`before-${step}`, `after-${step}`] as const,
);

/** The variable by which a fault worker learns where the plan lies. */
export const PLAN_VARIABLE = 'ECERT_FAULT_PLAN';

/** Ways in which a fault worker misbehaves as long as told so. */
export type Misbehaviour = 'naive' | 'diskFull' | 'doneButFailed';

/**
 * What the harness and the workers say to each other: a folder in which every fact is a file, so that it survives
 * whoever is killed. An armed point is taken by renaming its file, which only one process can do.
 */
export class FailPlan {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    for (const kind of ['armed', 'hits', 'held', 'ways']) mkdirSync(join(folder, kind), { recursive: true });
  }

  arm(point: FailPoint): void {
    writeFileSync(join(this.#folder, 'armed', point), '');
  }

  isArmed(point: FailPoint): boolean {
    return existsSync(join(this.#folder, 'armed', point));
  }

  disarmAll(): void {
    for (const point of FAIL_POINTS) rmSync(join(this.#folder, 'armed', point), { force: true });
  }

  /** Whether this process is the one that dies here; the hit is on record before it does. */
  take(point: FailPoint): boolean {
    try {
      renameSync(
        join(this.#folder, 'armed', point),
        join(this.#folder, 'hits', `${point}.${process.pid}.${Date.now()}`),
      );
      return true;
    } catch {
      return false;
    }
  }

  /** How often each point was hit since the beginning. */
  hits(): Readonly<Record<FailPoint, number>> {
    const names = readdirSync(join(this.#folder, 'hits'));
    return Object.fromEntries(
      FAIL_POINTS.map((point) => [point, names.filter((name) => name.startsWith(`${point}.`)).length]),
    ) as Record<FailPoint, number>;
  }

  /** As long as a step is held, it faults before it begins, and is tried again. */
  hold(step: Step): void {
    writeFileSync(join(this.#folder, 'held', step), '');
  }

  release(step: Step): void {
    rmSync(join(this.#folder, 'held', step), { force: true });
  }

  isHeld(step: Step): boolean {
    return existsSync(join(this.#folder, 'held', step));
  }

  misbehave(way: Misbehaviour, doIt: boolean): void {
    const file = join(this.#folder, 'ways', way);
    if (doIt) writeFileSync(file, '');
    else rmSync(file, { force: true });
  }

  does(way: Misbehaviour): boolean {
    return existsSync(join(this.#folder, 'ways', way));
  }

  /** Counts something that a worker did once more. */
  note(what: string): void {
    mkdirSync(join(this.#folder, 'notes', what), { recursive: true });
    writeFileSync(join(this.#folder, 'notes', what, `${process.pid}.${Date.now()}.${Math.random()}`), '');
  }

  noted(what: string): number {
    try {
      return readdirSync(join(this.#folder, 'notes', what)).length;
    } catch {
      return 0;
    }
  }
}
