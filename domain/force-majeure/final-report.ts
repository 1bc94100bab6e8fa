import { civilDate, legalDateAt, startOfLegalDateMs } from '../shared/legal-date';
import type { AffectedOperation } from './affected-item';
import { AFFECTED_OPERATION_NAMES, AFFECTED_OPERATIONS } from './affected-item';
import type { ForceMajeureCause } from './declaration';
import { FORCE_MAJEURE_CAUSES } from './declaration';

export interface OperationProgress {
  readonly operation: AffectedOperation;
  readonly total: number;
  readonly done: number;
  readonly excepted: number;
  readonly open: number;
}

/** The facts of an event at its end, all from the register and none personal; instants RFC 3339, dates YYYY-MM-DD. */
export interface FinalReportFacts {
  readonly reportNumber: string;
  readonly eventNumber: string;
  readonly cause: ForceMajeureCause;
  readonly declaringAuthority: string;
  readonly authorities: readonly string[];
  readonly certificateNames: readonly string[];
  readonly operations: readonly AffectedOperation[];
  readonly occurredAt: string;
  readonly knownAt: string;
  readonly reportedAt: string;
  readonly enteredAfterwards: boolean;
  readonly receiptNumber: string;
  readonly reportedInTime: boolean;
  readonly recognisedAt: string;
  /** How often the fault came back. */
  readonly recurrences: number;
  readonly clearedAt: string;
  readonly clearanceDisputes: number;
  /** The end of the recovery; null while no calendar reached it. */
  readonly recoveryDueAt: string | null;
  readonly closedAt: string;
  readonly recoveredInTime: boolean;
  readonly progress: readonly OperationProgress[];
  readonly doubtsSet: number;
  readonly doubtsStanding: number;
}

/** In: items counted by operation and state. Out: done and total per operation, in the order of art. 10; only those that occur. */
export function progressOf(
  counts: readonly {
    readonly operation: AffectedOperation;
    readonly state: string;
    readonly count: number;
  }[],
): readonly OperationProgress[] {
  return AFFECTED_OPERATIONS.flatMap((operation) => {
    const of = (state: string): number =>
      counts.find((row) => row.operation === operation && row.state === state)?.count ?? 0;
    const [done, excepted, open] = [of('done'), of('excepted'), of('open')];
    const total = done + excepted + open + of('released');
    return total === 0 ? [] : [{ operation, total, done, excepted, open }];
  });
}

/** What the final report says, paragraph by paragraph; everything in it is in the facts. */
export function finalReportParagraphs(facts: Omit<FinalReportFacts, 'reportNumber'>): readonly string[] {
  const rows = facts.progress.map(
    ({ operation, total, done, excepted }) =>
      `${AFFECTED_OPERATION_NAMES[operation]}：共 ${total} 件，补办 ${done} 件，说明理由不再补办 ${excepted} 件。`,
  );
  return [
    `一、事件　${facts.eventNumber}，${FORCE_MAJEURE_CAUSES[facts.cause]}。申报单位：${facts.declaringAuthority}。`,
    `影响单位：${facts.authorities.join('、')}。`,
    `影响证照：${facts.certificateNames.join('、')}；环节：${facts.operations.map((each) => AFFECTED_OPERATION_NAMES[each]).join('、')}。`,
    `发生于 ${minuteText(facts.occurredAt)}，知悉于 ${minuteText(facts.knownAt)}。`,
    `二、报告与认定　${minuteText(facts.reportedAt)}${facts.enteredAfterwards ? '以电话' : ''}报告市电子证照管理部门，回执 ${facts.receiptNumber}，${facts.reportedInTime ? '在时限内' : '超过时限'}；${minuteText(facts.recognisedAt)}认定。`,
    `三、排除　故障于 ${minuteText(facts.clearedAt)}消除${facts.recurrences === 0 ? '' : `，其间复发 ${facts.recurrences} 次`}${facts.clearanceDisputes === 0 ? '' : `，对消除时间提出异议 ${facts.clearanceDisputes} 次`}。`,
    `四、补办　应于 ${facts.recoveryDueAt === null ? '工作日历发布后确定的期限' : dueText(facts.recoveryDueAt)}前完成，${minuteText(facts.closedAt)}办结，${facts.recoveredInTime ? '在期限内' : '超过期限'}。`,
    ...(rows.length === 0 ? ['没有受影响事项。'] : rows),
    `五、状态存疑　其间标注 ${facts.doubtsSet} 份，办结时仍存疑 ${facts.doubtsStanding} 份。`,
    '依据：《鄂尔多斯市电子证照管理办法(暂行)》第十条。',
  ];
}

/** The final report as the page that is filed. */
export function finalReportText(facts: FinalReportFacts): string {
  return [
    '不可抗力补办情况报告',
    `编号：${facts.reportNumber}`,
    '',
    ...finalReportParagraphs(facts),
    '',
  ].join('\n');
}

/** The end of a day is its 24:00, never the next day's 0:00 (民法典 203). */
function dueText(instant: string): string {
  const ms = Date.parse(instant);
  const { year, month, day } = civilDate(legalDateAt(ms - 1));
  return startOfLegalDateMs(legalDateAt(ms)) === ms ? `${year}年${month}月${day}日24时` : minuteText(instant);
}

function minuteText(instant: string): string {
  const ms = Date.parse(instant);
  const date = legalDateAt(ms);
  const { year, month, day } = civilDate(date);
  const minutes = Math.floor((ms - startOfLegalDateMs(date)) / 60_000);
  const clock = `${Math.floor(minutes / 60)}时${String(minutes % 60).padStart(2, '0')}分`;
  return `${year}年${month}月${day}日${clock}`;
}
