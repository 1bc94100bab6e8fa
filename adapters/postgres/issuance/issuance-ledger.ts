import type { Knex } from 'knex';
import type { RecordComparison } from '../../../domain/issuance/compare-record';
import type { IssuanceRequest } from '../../../domain/issuance/issuance-request';
import type { ReviewReason } from '../../../domain/issuance/review-need';
import { REVIEW_REASONS, reviewNeed, sampleDrawOf } from '../../../domain/issuance/review-need';
import { legalDateAt } from '../../../domain/shared/legal-date';
import type { ReviewDecision } from '../../../domain/task/task-kind';
import type { Clock } from '../../../ports/clock';
import type { IssuanceCase, IssuanceLedger, Standing } from '../../../ports/issuance-ledger';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { tickCaseClocks } from '../case/case-clock';
import { openTask } from '../case/case-tasks';
import { loadPinnedRules, loadRules, pinnedDefinition } from '../catalog/catalog-rules';
import { reviewAsked } from '../certificate-change/change-review';
import { sendChangeBack } from '../certificate-change/send-change-back';
import type { Register } from '../register/register';
import { closeDeadline } from '../sla/deadlines';
import { openSyncAlarm } from '../sla/sync-alarm';
import { giveEverythingBack } from './give-back-issuance';
import type { IssuanceRow } from './issuance-row';
import { announce, CONDUCTOR, CONDUCTOR_ACTOR, lockIssuance, moveIssuance, standingOf } from './issuance-row';

export interface IssuanceLedgerOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
}

interface CaseRow extends IssuanceRow {
  readonly record_url: string | null;
}

/** A case with the place of its agency's own records: that of the system which brought it, or of the authority. */
const CASE_WITH_AGENCY = `
SELECT i.*, (SELECT s.record_url FROM agency_system s
  WHERE s.record_url IS NOT NULL
    AND CASE WHEN i.agency_system_id IS NULL THEN s.authority_id = i.authority_id ELSE s.id = i.agency_system_id END
  ORDER BY s.id LIMIT 1) AS record_url
FROM issuance i WHERE i.id = ?`;

interface DecidedTask {
  readonly id: string;
  readonly case_kind: string;
  readonly case_id: string;
  readonly round: number;
  readonly state: string;
  readonly decision: ReviewDecision | null;
  readonly decision_reason: string | null;
  readonly decided_by: string | null;
  readonly takes_effect_at: Date | null;
}

/** Steps ① and ② on the register. Every method locks the case, asks its state, and does nothing that is done already. */
export class PostgresIssuanceLedger implements IssuanceLedger {
  readonly #options: IssuanceLedgerOptions;

  constructor(options: IssuanceLedgerOptions) {
    this.#options = options;
  }

  async load(issuanceId: string): Promise<IssuanceCase> {
    const { register, cipher, integrity } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: CaseRow[] }>(CASE_WITH_AGENCY, [issuanceId]);
      const [row] = rows;
      if (row === undefined) throw new Error(`issuance ${issuanceId} is not in the register`);
      return {
        id: row.id,
        state: row.state,
        origin: row.origin,
        rules: await loadPinnedRules(transaction, integrity, row),
        request: readRequest(cipher, row),
        comparisonOutcome: row.comparison_outcome,
        recordUrl: row.record_url,
      };
    });
  }

  async whereItStands(issuanceId: string): Promise<Standing> {
    const { register, clock } = this.#options;
    return register.within(CONDUCTOR, async (transaction) =>
      standingOf(transaction, await lockIssuance(transaction, issuanceId), clock.now()),
    );
  }

  async admit(issuanceId: string): Promise<Standing> {
    return this.#locked(issuanceId, ['received'], async (transaction, row, now) => {
      const { integrity, cipher } = this.#options;
      const request = readRequest(cipher, row);
      const rules = await loadRules(
        transaction,
        integrity,
        request.catalogCode,
        row.authority_id,
        legalDateAt(now.getTime()),
      );
      if (!rules.ok) return reject(transaction, row, now, rules.refusal.code, '受理后目录或发证权限已变更');
      const numbering = rules.value.definition.numberedBy;
      const number = numbering.by === 'agency' ? request.face[numbering.element] : undefined;
      if (typeof number === 'string' && (await isNumberTaken(transaction, row, number))) {
        return reject(transaction, row, now, 'numberTaken', '该证照编号已被另一份证照使用');
      }
      if (!(await reserve(transaction, row, now))) {
        return reject(transaction, row, now, 'uniquenessTaken', '同一主体或对象已有有效证照或在办事项');
      }
      return moveIssuance(transaction, row, { operation: 'reserve', now, actor: CONDUCTOR_ACTOR });
    });
  }

  async recordComparison(issuanceId: string, comparison: RecordComparison): Promise<void> {
    const { register, cipher, clock } = this.#options;
    const differences = cipher.encrypt(
      JSON.stringify(comparison.differences),
      cipherPlace('issuance.comparison_cipher', issuanceId),
    );
    await register.statement(
      CONDUCTOR,
      `UPDATE issuance SET comparison_outcome = ?, comparison_cipher = ?, waiting_for = NULL, updated_at = ?
       WHERE id = ? AND state = 'comparing' AND comparison_outcome IS NULL`,
      [comparison.outcome, differences, clock.now(), issuanceId],
    );
  }

  async noteWaiting(issuanceId: string, waitingFor: string | null): Promise<void> {
    const waitsIn = waitingFor === 'correspondenceFailed' ? 'prepared' : 'comparing';
    await this.#locked(issuanceId, [waitsIn], async (transaction, row, now) => {
      if (row.waiting_for !== waitingFor) {
        await transaction<IssuanceRow>('issuance')
          .where({ id: row.id })
          .update({ waiting_for: waitingFor, updated_at: now });
        await announce(transaction, row.id);
        if (waitingFor !== null) await openSyncAlarm(transaction, this.#options.integrity, row);
      }
      return row;
    });
  }

  async openReview(issuanceId: string): Promise<Standing> {
    return this.#locked(issuanceId, ['comparing'], async (transaction, row, now) => {
      if (row.comparison_outcome === null) return row;
      const { integrity } = this.#options;
      const definition = await pinnedDefinition(transaction, integrity, row.catalog_entry_version_id);
      const asked = await reviewAsked(transaction, row, definition.reviewPolicy);
      const need = reviewNeed(asked.policy, row.comparison_outcome, asked.origin, sampleDrawOf(row.id));
      if (need === null) {
        return moveIssuance(transaction, row, {
          operation: 'passWithoutReview',
          now,
          actor: CONDUCTOR_ACTOR,
        });
      }
      await this.#openTask(transaction, row, need, now);
      return moveIssuance(transaction, row, {
        operation: 'openReview',
        now,
        actor: CONDUCTOR_ACTOR,
        facts: { why: need },
        reason: { code: need, detail: REVIEW_REASONS[need] },
      });
    });
  }

  async settleReview(issuanceId: string): Promise<Standing> {
    return this.#locked(issuanceId, ['underReview'], async (transaction, row, now) => {
      const task = await transaction<DecidedTask>('task')
        .where({ case_kind: 'issuance', case_id: row.id, round: row.revision })
        .first();
      if (task?.state !== 'decided' || task.takes_effect_at === null || task.decision === null) return row;
      if (task.takes_effect_at.getTime() > now.getTime()) return row;
      await closeDeadline(transaction, {
        caseKind: 'issuance',
        caseId: row.id,
        key: 'ISSUANCE_REVIEW',
        round: row.revision,
        now,
      });
      const moved = await moveIssuance(transaction, row, {
        operation: task.decision,
        now,
        actor: { kind: 'person', id: task.decided_by },
        facts: { taskId: task.id },
        reason:
          task.decision === 'approve' ? null : { code: task.decision, detail: task.decision_reason ?? '' },
      });
      if (task.decision === 'sendBack') {
        const detail = task.decision_reason ?? '';
        await sendChangeBack(transaction, row, { code: 'sendBack', detail }, now);
      }
      if (task.decision === 'refuse') {
        await giveEverythingBack(transaction, row, `不予签发：${task.decision_reason ?? ''}`, now);
      }
      return moved;
    });
  }

  async confirmDeadline(issuanceId: string): Promise<Standing> {
    return this.#locked(issuanceId, ['underReview', 'awaitingSeal'], async (transaction, row, now) => {
      await tickCaseClocks(transaction, { caseKind: 'issuance', caseId: row.id }, now);
      return row;
    });
  }

  async #openTask(
    transaction: Knex.Transaction,
    row: IssuanceRow,
    need: ReviewReason,
    now: Date,
  ): Promise<void> {
    const rules = await loadPinnedRules(transaction, this.#options.integrity, row);
    await openSyncAlarm(transaction, this.#options.integrity, row);
    await openTask(transaction, this.#options.integrity, {
      kind: need === 'backEntry' ? 'backEntryConfirmation' : 'issuanceReview',
      caseId: row.id,
      round: row.revision,
      authorityId: row.authority_id,
      trade: row.trade,
      subject: rules.definition.name,
      reference: row.business_number,
      excludedPersonId: row.operator_id,
      deadlineKey: 'ISSUANCE_REVIEW',
      link: `/issuances/${row.id}`,
      why: REVIEW_REASONS[need],
      now,
    });
  }

  /** Runs work on the locked case when it is in one of the states; in any other it only answers where it stands. */
  async #locked(
    issuanceId: string,
    states: readonly IssuanceRow['state'][],
    work: (transaction: Knex.Transaction, row: IssuanceRow, now: Date) => Promise<IssuanceRow>,
  ): Promise<Standing> {
    const { register, clock } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const row = await lockIssuance(transaction, issuanceId);
      const after = states.includes(row.state) ? await work(transaction, row, clock.now()) : row;
      return standingOf(transaction, after, clock.now());
    });
  }
}

/** The request of a case, decrypted. */
export function readRequest(cipher: PersonalDataCipher, row: IssuanceRow): IssuanceRequest {
  return JSON.parse(
    cipher.decrypt(row.request_cipher, cipherPlace('issuance.request_cipher', row.id)),
  ) as IssuanceRequest;
}

/** Ends a case with a reason that nobody decided: the rules no longer allow it. */
export async function reject(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  now: Date,
  code: string,
  detail: string,
): Promise<IssuanceRow> {
  const moved = await moveIssuance(transaction, row, {
    operation: 'reject',
    now,
    actor: CONDUCTOR_ACTOR,
    reason: { code, detail },
  });
  await giveEverythingBack(transaction, row, `未予受理：${detail}`, now);
  return moved;
}

async function isNumberTaken(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  number: string,
): Promise<boolean> {
  const holder = await transaction('certificate_number')
    .where({ catalog_entry_id: row.catalog_entry_id, authority_id: row.authority_id, number })
    .whereNot('certificate_id', row.certificate_id ?? row.id)
    .first('certificate_id');
  return holder !== undefined;
}

/** A further version of a certificate finds the place held by the certificate itself. */
async function reserve(transaction: Knex.Transaction, row: IssuanceRow, now: Date): Promise<boolean> {
  const { rowCount } = await transaction.raw<{ rowCount: number }>(
    `INSERT INTO uniqueness_reservation AS held (catalog_entry_id, uniqueness_digest, issuance_id, reserved_at)
     VALUES (?, ?, ?, ?)
     ON CONFLICT ON CONSTRAINT uniqueness_reservation_one_live_certificate
     DO UPDATE SET reserved_at = held.reserved_at
     WHERE held.issuance_id = excluded.issuance_id OR held.certificate_id = ?::uuid`,
    [row.catalog_entry_id, row.uniqueness_digest, row.id, now, row.certificate_id],
  );
  return rowCount === 1;
}
