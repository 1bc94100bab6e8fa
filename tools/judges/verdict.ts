import { spawnSync } from 'node:child_process';

/** What one judge says of one file. */
export interface Verdict {
  readonly judge: string;
  readonly file: string;
  readonly ok: boolean;
  /** Why not, or what was counted. */
  readonly detail: string;
}

export interface Outcome {
  /** Null when the program could not be started or was killed. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, at most ten minutes. */
export function run(command: string, args: readonly string[], cwd?: string): Outcome {
  const done = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    timeout: 600_000,
    ...(cwd === undefined ? {} : { cwd }),
  });
  return {
    status: done.error === undefined ? done.status : null,
    stdout: done.stdout ?? '',
    stderr: done.stderr ?? '',
  };
}

/** Runs a program that must succeed and answers what it printed. */
export function mustRun(command: string, args: readonly string[], cwd?: string): string {
  const { status, stdout, stderr } = run(command, args, cwd);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stderr.slice(-2_000)}`);
  return stdout;
}

/** Which of the texts a reader did not find; blanks and line ends do not count, readers break lines where they like. */
export function missingTexts(found: string, wanted: readonly string[]): readonly string[] {
  const bare = (text: string): string => text.replaceAll(/\s/g, '');
  const everything = bare(found);
  return wanted.filter((text) => !everything.includes(bare(text)));
}
