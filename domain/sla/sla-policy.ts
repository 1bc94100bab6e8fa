import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';

export const SLA_UNITS = ['workingDays', 'hours', 'minutes', 'calendarDay'] as const;
export type SlaUnit = (typeof SLA_UNITS)[number];
export const SLA_UNIT_NAMES = {
  workingDays: '个工作日',
  hours: '小时',
  minutes: '分钟',
  calendarDay: '个自然日',
} as const satisfies Record<SlaUnit, string>;

/** Citation of the text a limit rests on; data, because the copies of the measure disagree about their own date. */
export interface SlaBasis {
  readonly title: string;
  /** 文号; null for a law, which has none here. */
  readonly documentNumber: string | null;
  readonly article: string | null;
  readonly note: string | null;
}

/** One row of the table of time limits. */
export interface SlaPolicy {
  readonly key: string;
  /** What the limit is for, in Chinese. */
  readonly name: string;
  /** What starts the clock, in Chinese. */
  readonly startsAt: string;
  readonly value: number;
  readonly unit: SlaUnit;
  /** The law's own limit: may be tightened, never loosened. */
  readonly hard: boolean;
  readonly basis: SlaBasis;
  readonly version: number;
}

export interface PolicyChange {
  readonly value: number;
  readonly unit: SlaUnit;
  readonly basis: SlaBasis;
}

export interface PolicyChangeRefusal {
  readonly code: 'hardLimitLoosened' | 'limitIllFormed' | 'basisMissing';
  readonly expected: string;
}

const LARGEST = { workingDays: 250, hours: 720, minutes: 43_200, calendarDay: 366 } as const satisfies Record<
  SlaUnit,
  number
>;

/**
 * The next version of a policy with a change of the city administrator, or a refusal: a hard limit stays in
 * its unit and does not grow, every limit is a whole number above zero, and the change names its basis.
 */
export function checkPolicyChange(
  policy: SlaPolicy,
  change: PolicyChange,
): Result<SlaPolicy, PolicyChangeRefusal> {
  const largest = LARGEST[change.unit];
  if (!Number.isInteger(change.value) || change.value < 1 || change.value > largest) {
    return refused({ code: 'limitIllFormed', expected: `时限应为 1 至 ${largest} 的整数` });
  }
  if (policy.hard && (change.unit !== policy.unit || change.value > policy.value)) {
    const limit = `${policy.value}${SLA_UNIT_NAMES[policy.unit]}`;
    return refused({
      code: 'hardLimitLoosened',
      expected: `法定时限为 ${limit}，只能缩短，不能放宽或改换单位`,
    });
  }
  if (change.basis.title.trim() === '')
    return refused({ code: 'basisMissing', expected: '应写明修改时限的依据' });
  return accepted({ ...policy, ...change, version: policy.version + 1 });
}
