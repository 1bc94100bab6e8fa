import {
  type FinalReportFacts,
  finalReportText,
  progressOf,
} from '../../../domain/force-majeure/final-report';

const FACTS: FinalReportFacts = {
  reportNumber: '不可抗力结〔2026〕1号',
  eventNumber: '不可抗力〔2026〕7号',
  cause: 'flood',
  declaringAuthority: '准格尔旗行政审批和政务服务局',
  authorities: ['准格尔旗交通运输局', '准格尔旗行政审批和政务服务局'],
  certificateNames: ['道路运输证'],
  operations: ['issue', 'cancel'],
  occurredAt: '2026-11-23T08:05:00+08:00',
  knownAt: '2026-11-23T08:10:00+08:00',
  reportedAt: '2026-11-23T09:00:00+08:00',
  enteredAfterwards: true,
  receiptNumber: '不可抗力收〔2026〕7号',
  reportedInTime: true,
  recognisedAt: '2026-11-23T15:00:00+08:00',
  recurrences: 1,
  clearedAt: '2026-11-24T18:00:00+08:00',
  clearanceDisputes: 1,
  recoveryDueAt: '2026-11-28T00:00:00+08:00',
  closedAt: '2026-11-27T10:30:00+08:00',
  recoveredInTime: true,
  progress: progressOf([
    { operation: 'cancel', state: 'done', count: 4 },
    { operation: 'issue', state: 'done', count: 10 },
    { operation: 'issue', state: 'excepted', count: 2 },
  ]),
  doubtsSet: 4,
  doubtsStanding: 0,
};

describe('the final report of a force-majeure event', () => {
  it('says everything that its facts say, in the words of the office', () => {
    const text = finalReportText(FACTS);
    for (const part of [
      '编号：不可抗力结〔2026〕1号',
      '2026年11月23日8时05分',
      '以电话报告',
      '其间复发 1 次',
      '制发：共 12 件，补办 10 件，说明理由不再补办 2 件',
      '注销：共 4 件，补办 4 件',
      '2026年11月27日24时前完成',
      '在期限内',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('does not invent a due date where no calendar reached it, and says when it was late', () => {
    const text = finalReportText({ ...FACTS, recoveryDueAt: null, recoveredInTime: false, progress: [] });
    expect(text).toContain('工作日历发布后确定的期限');
    expect(text).toContain('超过期限');
    expect(text).toContain('没有受影响事项');
  });

  it('counts done, excepted and open items of each operation, in the order of art. 10', () => {
    expect(
      progressOf([
        { operation: 'cancel', state: 'open', count: 1 },
        { operation: 'issue', state: 'done', count: 2 },
        { operation: 'issue', state: 'open', count: 3 },
      ]),
    ).toEqual([
      { operation: 'issue', total: 5, done: 2, excepted: 0, open: 3 },
      { operation: 'cancel', total: 1, done: 0, excepted: 0, open: 1 },
    ]);
  });
});
