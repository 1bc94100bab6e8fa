import type { Problem } from '../shared/refusals';

/** What happened, for lists and statistics; the words of the declaration say how. */
export const FORCE_MAJEURE_CAUSES = {
  flood: '洪涝',
  snowstorm: '暴雪冰冻',
  earthquake: '地震',
  fire: '火灾',
  powerFailure: '大面积停电',
  networkFailure: '通信网络中断',
  equipmentFailure: '机房或设备突发故障',
  cyberAttack: '网络攻击',
  epidemic: '疫情',
  other: '其他',
} as const satisfies Record<string, string>;
export type ForceMajeureCause = keyof typeof FORCE_MAJEURE_CAUSES;
export const FORCE_MAJEURE_CAUSE_CODES = Object.keys(FORCE_MAJEURE_CAUSES) as readonly ForceMajeureCause[];

/** 不能预见、不能避免且不能克服 (art. 10, after 民法典 180): each is explained, none may be left out. */
export interface ForceMajeureGround {
  readonly unforeseeable: string;
  readonly unavoidable: string;
  readonly insurmountable: string;
}

/** A piece of evidence: what it shows, and the attachment where there is a file. */
export interface Evidence {
  readonly description: string;
  readonly attachmentId: string | null;
}

/** What is stated in the course of an event, with a reason and evidence. */
export const STATEMENT_KINDS = {
  recognised: '认定',
  rejected: '不予认定',
  extended: '扩大范围',
  cleared: '故障消除',
  changed: '更正消除时间',
  disputed: '对消除时间的异议',
  settled: '核定消除时间',
  recurred: '复发',
} as const satisfies Record<string, string>;
export type StatementKind = keyof typeof STATEMENT_KINDS;

/** A report that came by telephone while the system was out of reach, entered afterwards. */
export interface TelephoneReport {
  readonly calledAt: string;
  readonly caller: string;
  readonly receivedBy: string;
}

/**
 * In: the instants of a declaration, RFC 3339. Out: what is wrong with their order: nothing happens after it is known, is
 * known after it was told, or is told in the future.
 */
export function declarationTimeProblems(
  {
    occurredAt,
    knownAt,
    calledAt,
  }: {
    readonly occurredAt: string;
    readonly knownAt: string;
    readonly calledAt: string | null;
  },
  nowMs: number,
): readonly Problem[] {
  const [occurredMs, knownMs] = [Date.parse(occurredAt), Date.parse(knownAt)];
  const problems: Problem[] = [];
  if (knownMs < occurredMs) {
    problems.push(problem('/knownAt', 'beforeOccurrence', '知道的时间不得早于发生的时间'));
  }
  if (knownMs > nowMs) problems.push(problem('/knownAt', 'inTheFuture', '知道的时间不得晚于现在'));
  if (occurredMs > nowMs) problems.push(problem('/occurredAt', 'inTheFuture', '发生的时间不得晚于现在'));
  if (calledAt === null) return problems;
  const calledMs = Date.parse(calledAt);
  if (calledMs < knownMs) {
    problems.push(problem('/telephoneReport/calledAt', 'beforeKnown', '电话报告的时间不得早于知道的时间'));
  }
  if (calledMs > nowMs) {
    problems.push(problem('/telephoneReport/calledAt', 'inTheFuture', '电话报告的时间不得晚于现在'));
  }
  return problems;
}

/**
 * In: the instant at which the fault is said to have been cleared, and that of the (last) occurrence. Out: what is wrong:
 * a fault is not cleared before it occurs, and not in the future.
 */
export function clearanceTimeProblems(
  clearedAt: string,
  occurredAtMs: number,
  nowMs: number,
): readonly Problem[] {
  const clearedMs = Date.parse(clearedAt);
  const problems: Problem[] = [];
  if (clearedMs < occurredAtMs) {
    problems.push(problem('/clearedAt', 'beforeOccurrence', '故障消除的时间不得早于其发生(或复发)的时间'));
  }
  if (clearedMs > nowMs) problems.push(problem('/clearedAt', 'inTheFuture', '故障消除的时间不得晚于现在'));
  return problems;
}

/** As {@link clearanceTimeProblems} for a recurrence: not before the fault was cleared, not in the future. */
export function recurrenceTimeProblems(
  recurredAt: string,
  clearedAtMs: number,
  nowMs: number,
): readonly Problem[] {
  const recurredMs = Date.parse(recurredAt);
  const problems: Problem[] = [];
  if (recurredMs < clearedAtMs) {
    problems.push(problem('/recurredAt', 'beforeClearance', '复发的时间不得早于故障消除的时间'));
  }
  if (recurredMs > nowMs) problems.push(problem('/recurredAt', 'inTheFuture', '复发的时间不得晚于现在'));
  return problems;
}

function problem(pointer: string, code: string, expected: string): Problem {
  return { pointer, code, expected };
}
