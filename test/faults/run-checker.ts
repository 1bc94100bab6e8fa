import { execFile } from 'node:child_process';
import { CHECKOUT, type FaultStack } from './fault-stack';

/** What the checker said of a stack. */
export interface CheckerVerdict {
  readonly invariants: Readonly<Record<string, number>>;
  /** The first findings of each invariant, in words. */
  readonly findings: readonly string[];
  readonly head: { readonly position: number; readonly head: string };
}

const SHOWN = 5;
const LARGEST_OUTPUT_BYTES = 256 * 1024 * 1024;

/**
 * Runs the independent checker as a process of its own over a stack. `drained` also counts what is still open.
 * In: a head of the event log seen before the fault, which the log must extend. Throws when it cannot check.
 */
export async function runChecker(
  stack: FaultStack,
  options: {
    readonly drained: boolean;
    readonly seenHead?: CheckerVerdict['head'] | undefined;
    readonly at?: Date;
  },
): Promise<CheckerVerdict> {
  const { drained, seenHead, at } = options;
  const lines = await checkerLines(stack, [
    '--json',
    ...(drained ? ['--expect-drained', '0'] : []),
    ...(seenHead === undefined || seenHead.position === 0
      ? []
      : ['--extends', `${seenHead.position}:${seenHead.head}`]),
    ...(at === undefined ? [] : ['--at', at.toISOString()]),
  ]);
  const reports = lines.filter(isReport);
  const summary = lines.find(isSummary);
  if (summary === undefined || reports.length === 0) throw new Error('the checker gave no report');
  return {
    invariants: Object.fromEntries(reports.map(({ invariant, violations }) => [invariant, violations])),
    findings: reports.flatMap(({ invariant, findings }) =>
      findings.slice(0, SHOWN).map(({ id, what }) => `${invariant} ${id}: ${what}`),
    ),
    head: summary.head,
  };
}

interface ReportLine {
  readonly invariant: string;
  readonly violations: number;
  readonly findings: readonly { readonly id: string; readonly what: string }[];
}

function isReport(line: object): line is ReportLine {
  return 'invariant' in line && 'violations' in line && 'findings' in line;
}

function isSummary(line: object): line is { readonly head: CheckerVerdict['head'] } {
  return 'head' in line;
}

function checkerLines(stack: FaultStack, args: readonly string[]): Promise<readonly object[]> {
  const environment = { ...process.env, DATA_DIR: stack.dataDir, DATABASE_AUDITOR_URL: undefined };
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'checker/run.ts', ...args],
      { cwd: CHECKOUT, env: environment, maxBuffer: LARGEST_OUTPUT_BYTES },
      (fault, stdout, stderr) => {
        if (fault !== null && fault.code !== 1)
          reject(new Error(`the checker could not check: ${stderr || fault.message}`));
        else
          resolve(
            stdout
              .split('\n')
              .filter((line) => line.startsWith('{'))
              .map((line) => JSON.parse(line)),
          );
      },
    );
  });
}
