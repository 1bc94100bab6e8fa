import { legalDate } from '../../../domain/shared/legal-date';
import type { Principal } from '../../../domain/shared/principal';
import { accepted, refused } from '../../../domain/shared/result';
import { INITIAL_SLA_POLICIES } from '../../../domain/sla/policies';
import type {
  BoardCounts,
  DeadlineBoard,
  DeadlineDesk,
  DeadlineDetail,
  DeadlineFilter,
  DeadlineQuestion,
} from '../../../ports/deadline-desk';
import { AGENCY } from './fake-identity';
import { TASK_ID } from './fake-ids';

const INSTANT = '2026-11-23T10:00:00+08:00';

const COUNTS: BoardCounts = { enough: 1, near: 0, today: 0, overdue: 0, awaitingCalendar: 0, suspended: 0 };

/** One running deadline, and the filter with which it was last asked for. */
export class FakeDeadlineDesk implements DeadlineDesk {
  asked: DeadlineFilter | null = null;

  readonly deadline: DeadlineDetail = {
    id: TASK_ID,
    state: 'running',
    standing: 'enough',
    caseKind: 'issuance',
    caseId: TASK_ID,
    key: 'ISSUANCE_REVIEW',
    name: '签发审核',
    round: 1,
    authorityId: AGENCY.authorityId,
    trade: 'transport',
    subject: '道路运输证',
    reference: '150602-2026-000123',
    startAt: INSTANT,
    dueAt: '2026-11-25T00:00:00+08:00',
    dueText: '11月24日24时前',
    originalDueAt: '2026-11-25T00:00:00+08:00',
    closedAt: null,
    remainingMinutes: 2280,
    remainingOfficeMinutes: 990,
    limit: { value: 1, unit: 'workingDays', policyVersion: 1 },
    basis: INITIAL_SLA_POLICIES[0].basis,
    hard: false,
    explanation: [
      { date: legalDate('2026-11-24'), counted: true, ordinal: 1, reason: '工作日', notice: null },
    ],
    moves: [],
    suspensions: [],
    postponedTo: null,
    rings: [],
    nextRingAt: '2026-11-24T13:00:00+08:00',
  };

  async list(_: Principal, filter: DeadlineFilter) {
    this.asked = filter;
    const { limit, basis, hard, explanation, moves, suspensions, postponedTo, rings, nextRingAt, ...view } =
      this.deadline;
    return { items: [view], nextCursor: null };
  }
  async find(_: Principal, deadlineId: string) {
    return deadlineId === this.deadline.id ? this.deadline : null;
  }
  async board(): Promise<DeadlineBoard> {
    return {
      today: legalDate('2026-11-23'),
      nearUntil: legalDate('2026-11-25'),
      total: COUNTS,
      lifecycles: [{ caseKind: 'issuance', ...COUNTS }],
      authorities: [{ authorityId: AGENCY.authorityId, name: '东胜区行政审批和政务服务局', ...COUNTS }],
      onTime: [{ month: '2026-11', met: 3, late: 1, rate: 0.75 }],
    };
  }
  async preview({ limit, startAt }: DeadlineQuestion) {
    if ('key' in limit && limit.key === 'NO_SUCH_LIMIT')
      return refused({ code: 'timeLimitUnknown' as const });
    return accepted({
      key: 'key' in limit ? limit.key : null,
      value: 3,
      unit: 'workingDays' as const,
      startAt,
      state: 'due' as const,
      dueAt: '2026-11-27T00:00:00+08:00',
      dueDate: legalDate('2026-11-26'),
      dueText: '11月26日24时前',
      missingYear: null,
      explanation: [],
    });
  }
}
