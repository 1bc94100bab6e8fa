import { legalDateAt } from '../../../domain/shared/legal-date';
import type { Principal, SystemPrincipal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import { boardDays } from '../../../domain/sla/board-standing';
import { computeDeadline, describeDue } from '../../../domain/sla/deadline';
import type { SlaPolicy } from '../../../domain/sla/sla-policy';
import type { Clock } from '../../../ports/clock';
import type {
  DeadlineAnswer,
  DeadlineBoard,
  DeadlineDesk,
  DeadlineDetail,
  DeadlineFilter,
  DeadlineQuestion,
  DeadlineView,
} from '../../../ports/deadline-desk';
import type { Page, PageRequest } from '../../../ports/page';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { pageOf, readCursor } from '../register/list-page';
import type { Register } from '../register/register';
import { loadOfficeClock } from './clock-rules';
import { readBoard } from './deadline-board';
import { boardInstants, deadlinePageStatement, monthInstants, WITH_NAMES } from './deadline-list';
import type { DeadlineDetailRow, DeadlineViewRow, RingRow } from './deadline-view';
import { deadlineDetail, deadlineView } from './deadline-view';
import { listSlaPolicies, loadSlaPolicy } from './sla-policies';

/** 期限试算 is for everybody and reads nothing that belongs to anybody. */
const PREVIEW: SystemPrincipal = { kind: 'system', component: 'deadlinePreview' };

export interface DeadlineDeskOptions {
  readonly register: Register;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
}

/** Deadlines on the register, as people look at them. */
export class PostgresDeadlineDesk implements DeadlineDesk {
  readonly #options: DeadlineDeskOptions;

  constructor(options: DeadlineDeskOptions) {
    this.#options = options;
  }

  async list(principal: Principal, filter: DeadlineFilter, page: PageRequest): Promise<Page<DeadlineView>> {
    const { register, clock } = this.#options;
    const now = clock.now();
    const after = readCursor(page.cursor);
    return register.within(principal, async (transaction) => {
      const office = await loadOfficeClock(transaction);
      const days = boardDays(office.calendar, legalDateAt(now.getTime()), office.rule.nearWorkingDays);
      const { rows } = await transaction.raw<{ rows: DeadlineViewRow[] }>(
        deadlinePageStatement(filter.state, after !== null),
        {
          ...boardInstants(days),
          ...monthInstants(filter.closedIn),
          ...authoritiesOf(principal, filter),
          caseKind: filter.caseKind ?? null,
          trade: filter.trade ?? null,
          key: filter.key ?? null,
          dueBefore: filter.dueBefore ?? null,
          now,
          afterAt: after?.at ?? null,
          afterId: after?.id ?? null,
          limit: page.limit + 1,
        },
      );
      return pageOf(
        rows,
        page.limit,
        (row) => ({ at: row.listed_at, id: row.id }),
        (row) => deadlineView(row, office, days, now),
      );
    });
  }

  async find(principal: Principal, deadlineId: string): Promise<DeadlineDetail | null> {
    const { register, clock, integrity } = this.#options;
    const now = clock.now();
    return register.within(principal, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: DeadlineDetailRow[] }>(
        `SELECT page.*, page.sort_due_at AS listed_at, t.subject, t.reference, p.name AS policy_name
         FROM deadline page ${WITH_NAMES} WHERE page.id = ?`,
        [deadlineId],
      );
      const [row] = rows;
      if (row === undefined) return null;
      const office = await loadOfficeClock(transaction);
      const days = boardDays(office.calendar, legalDateAt(now.getTime()), office.rule.nearWorkingDays);
      const policy = await loadSlaPolicy(transaction, integrity, row.key, row.policy_version);
      const rings = await transaction<RingRow>('deadline_ring')
        .where({ deadline_id: row.id })
        .orderBy(['rang_at', 'due_at']);
      return deadlineDetail(row, { policy, rings, office, days, now });
    });
  }

  async board(
    principal: Principal,
    filter: Pick<DeadlineFilter, 'caseKind' | 'authorityId' | 'trade'>,
  ): Promise<DeadlineBoard> {
    const { register, clock } = this.#options;
    const today = legalDateAt(clock.now().getTime());
    return register.within(principal, async (transaction) => {
      const { calendar, rule } = await loadOfficeClock(transaction);
      return readBoard(transaction, boardDays(calendar, today, rule.nearWorkingDays), filter);
    });
  }

  async preview(question: DeadlineQuestion): Promise<Result<DeadlineAnswer, Refusal>> {
    const { register, integrity } = this.#options;
    return register.within(PREVIEW, async (transaction) => {
      const limit = await limitOf(question, () => listSlaPolicies(transaction, integrity));
      if (limit === null) return refused<Refusal>({ code: 'timeLimitUnknown' });
      const { calendar, rule } = await loadOfficeClock(transaction);
      const computed = computeDeadline(limit, question.startAt, calendar, {
        suspensions: question.suspensions,
        receivedOutsideHours:
          rule.receivedOutsideHours === 'asFiled'
            ? { policy: 'asFiled' }
            : { policy: 'nextWorkingDay', officeHours: rule.officeHours },
      });
      const isDue = computed.kind === 'due';
      return accepted({
        key: 'key' in question.limit ? question.limit.key : null,
        value: limit.value,
        unit: limit.unit,
        startAt: question.startAt,
        state: computed.kind,
        dueAt: isDue ? computed.dueAt : null,
        dueDate: isDue ? computed.dueDate : null,
        dueText: describeDue(computed),
        missingYear: isDue ? null : computed.missingYear,
        explanation: computed.explanation,
      });
    });
  }
}

async function limitOf(
  { limit }: DeadlineQuestion,
  policies: () => Promise<readonly SlaPolicy[]>,
): Promise<Pick<SlaPolicy, 'key' | 'value' | 'unit' | 'version'> | null> {
  if (!('key' in limit)) return { ...limit, key: 'preview', version: 1 };
  return (await policies()).find(({ key }) => key === limit.key) ?? null;
}

/** The authorities whose rows are offered; what the principal may see of them the row policies decide. */
function authoritiesOf(
  principal: Principal,
  { authorityId }: DeadlineFilter,
): { readonly everywhere: boolean; readonly authorities: readonly string[] } {
  if (authorityId !== undefined) return { everywhere: false, authorities: [authorityId] };
  if (principal.kind !== 'person' && principal.kind !== 'agency') {
    return { everywhere: principal.kind === 'system', authorities: [] };
  }
  const { everything, authorityIds, trades, pairs } = principal.scope;
  return {
    everywhere: everything || trades.length > 0,
    authorities: [...authorityIds, ...pairs.map((pair) => pair.slice(0, pair.indexOf(':')))],
  };
}
