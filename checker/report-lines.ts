import type { CheckReport } from './check-register';

const SHOWN = 20;

/** In: a report. Out: its lines: JSON lines for programs, or sentences with at most 20 findings of each invariant. */
export function reportLines(report: CheckReport, json: boolean): readonly string[] {
  const { at, head, openCases, violations, invariants } = report;
  if (json) {
    return [
      ...invariants.map(({ invariant, title, checked, findings }) =>
        JSON.stringify({ invariant, title, checked, violations: findings.length, findings }),
      ),
      JSON.stringify({ at, head, openCases, violations }),
    ];
  }
  return [
    ...invariants.flatMap(({ invariant, title, checked, findings }) => [
      `${findings.length === 0 ? '✔' : '✘'} ${invariant} ${title}: ${checked} checked, ${findings.length} found`,
      ...findings.slice(0, SHOWN).map(({ id, what }) => `    ${id}: ${what}`),
      ...(findings.length > SHOWN ? [`    … and ${findings.length - SHOWN} more (--json shows all)`] : []),
    ]),
    ...openCases.map(
      ({ kind, state, cases, oldestAt }) => `  open: ${cases} × ${kind} ${state}, since ${oldestAt}`,
    ),
    `  event log: ${head.position} entries, head ${head.head === '' ? '(empty)' : head.head}`,
    violations === 0 ? 'nothing found' : `${violations} found`,
  ];
}
