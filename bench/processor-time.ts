/**
 * Processor time (user and system) that this process spends on the work, in milliseconds. Other work on the machine does
 * not count, but threads of this process do.
 */
export async function cpuMsOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000;
}

/** A work that is measured against others. */
export class Contestant {
  readonly work: () => unknown;
  /** Milliseconds of processor time that one run of the work took, a figure per round. */
  readonly roundsMs: number[] = [];

  constructor(work: () => unknown) {
    this.work = work;
  }
}

/** Effect: the works are run in turn, after one round that is thrown away, so that a slow minute of the machine hits them all. */
export async function measureInTurn(
  contestants: readonly Contestant[],
  times: { readonly rounds: number; readonly perRound: number },
): Promise<void> {
  const run = async ({ work }: Contestant): Promise<number> => {
    const totalMs = await cpuMsOf(async () => {
      for (let i = 0; i < times.perRound; i += 1) await work();
    });
    return totalMs / times.perRound;
  };
  for (const contestant of contestants) await run(contestant);
  for (let round = 0; round < times.rounds; round += 1) {
    for (const contestant of contestants) contestant.roundsMs.push(await run(contestant));
  }
}
