/** Why a container is refused. The words people read stand in `verification/reason-wording.ts`. */
export const CONTAINER_PROBLEMS = [
  'notAContainer',
  'truncatedContainer',
  'hiddenData',
  'headerMismatch',
  'unsupportedContainer',
  'tooManyEntries',
  'tooLarge',
  'ratioTooHigh',
  'unsafeName',
  'duplicateName',
  'damagedEntry',
] as const;

export type ContainerProblem = (typeof CONTAINER_PROBLEMS)[number];

/** Carries a refusal from the depths of the reader to its face, which turns it into a value. */
export class ContainerRefusal extends Error {
  override readonly name = 'ContainerRefusal';
  readonly problem: ContainerProblem;

  constructor(problem: ContainerProblem, detail: string) {
    super(detail);
    this.problem = problem;
  }
}
