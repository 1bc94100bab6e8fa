import type { Knex } from 'knex';
import { certificateTransition } from '../../../domain/certificate/lifecycle';
import { opensVersion } from '../../../domain/certificate-change/change-kind';
import {
  CHANGE_REVIEW_REASONS,
  changeReviewNeed,
} from '../../../domain/certificate-change/change-review-need';
import { sampleDrawOf } from '../../../domain/issuance/review-need';
import type { ReviewDecision } from '../../../domain/task/task-kind';
import { openTask } from '../case/case-tasks';
import { type CatalogVersionRow, checkCatalogVersion } from '../catalog/catalog-version-row';
import { takeStatusEffect } from '../certificate/status-effect';
import type { ChangeTools } from '../certificate/supersede-version';
import { CONDUCTOR_ACTOR } from '../issuance/issuance-row';
import { closeDeadline } from '../sla/deadlines';
import type { ChangeRow } from './certificate-change-row';
import { moveChange, readChangeRequest } from './certificate-change-row';
import { lockNewestVersion, setMark } from './changed-version';
import { lockOpenIssuanceOf, openIssuanceOfChange, resubmitIssuanceOfChange } from './issuance-of-change';

interface DecidedTask {
  readonly id: string;
  readonly state: string;
  readonly decision: ReviewDecision | null;
  readonly decision_reason: string | null;
  readonly decided_by: string | null;
  readonly takes_effect_at: Date | null;
}

/** Who acts, for the events of what happens at once; the product itself where only time or a decision has come. */
export interface Advance {
  readonly actor: Readonly<Record<string, string | null>>;
  readonly now: Date;
}

/**
 * Effect: a locked change goes as far as it can go now: to its review, past a decision that has taken effect, to the
 * issuance line, or, when it opens no version, to its end. Idempotent: where it waits it stays. Out: how it then stands.
 */
export async function advanceChange(
  transaction: Knex.Transaction,
  tools: ChangeTools,
  row: ChangeRow,
  advance: Advance,
): Promise<ChangeRow> {
  let standing = row;
  for (;;) {
    const next = await step(transaction, tools, standing, advance);
    if (next === null) return standing;
    standing = next;
  }
}

async function step(
  transaction: Knex.Transaction,
  tools: ChangeTools,
  row: ChangeRow,
  advance: Advance,
): Promise<ChangeRow | null> {
  switch (row.state) {
    case 'received':
      return review(transaction, tools, row, advance.now);
    case 'underReview':
      return settleReview(transaction, row, advance.now);
    case 'approved':
      return takeEffect(transaction, tools, row, advance);
    case 'sentBack':
    case 'inProduction':
    case 'done':
    case 'refused':
    case 'withdrawn':
    case 'preempted':
      return null;
  }
}

async function review(
  transaction: Knex.Transaction,
  { integrity }: ChangeTools,
  row: ChangeRow,
  now: Date,
): Promise<ChangeRow> {
  const entry = await transaction<CatalogVersionRow>('catalog_entry_version')
    .where({ id: row.catalog_entry_version_id })
    .first();
  if (entry === undefined) throw new Error('the catalogue version of a change is not in the register');
  const { definition } = checkCatalogVersion(integrity, entry);
  const need = changeReviewNeed(row.operation, definition.reviewPolicy, sampleDrawOf(row.id));
  if (need === null) {
    return moveChange(transaction, row, { operation: 'passWithoutReview', now, actor: CONDUCTOR_ACTOR });
  }
  await openTask(transaction, integrity, {
    kind: 'changeReview',
    caseId: row.id,
    round: row.revision,
    authorityId: row.authority_id,
    trade: row.trade,
    subject: `${definition.name}${certificateTransition(row.operation).name}`,
    reference: row.business_number,
    excludedPersonId: row.operator_id,
    deadlineKey: 'ISSUANCE_REVIEW',
    link: `/certificate-changes/${row.id}`,
    why: CHANGE_REVIEW_REASONS[need],
    now,
  });
  return moveChange(transaction, row, {
    operation: 'openReview',
    now,
    actor: CONDUCTOR_ACTOR,
    reason: { code: need, detail: CHANGE_REVIEW_REASONS[need] },
  });
}

/** A decision counts once its ten seconds are over. */
async function settleReview(
  transaction: Knex.Transaction,
  row: ChangeRow,
  now: Date,
): Promise<ChangeRow | null> {
  const task = await transaction<DecidedTask>('task')
    .where({ kind: 'changeReview', case_id: row.id, round: row.revision } as object)
    .first();
  if (task?.state !== 'decided' || task.decision === null || task.takes_effect_at === null) return null;
  if (task.takes_effect_at.getTime() > now.getTime()) return null;
  await closeDeadline(transaction, {
    caseKind: 'certificateChange',
    caseId: row.id,
    key: 'ISSUANCE_REVIEW',
    round: row.revision,
    now,
  });
  const moved = await moveChange(transaction, row, {
    operation: task.decision,
    now,
    actor: { kind: 'person', id: task.decided_by },
    facts: { taskId: task.id },
    reason: task.decision === 'approve' ? null : { code: task.decision, detail: task.decision_reason ?? '' },
  });
  if (task.decision === 'refuse') {
    await setMark(transaction, row.certificate_version_id, 'renewalPending', false);
  }
  return moved;
}

async function takeEffect(
  transaction: Knex.Transaction,
  tools: ChangeTools,
  row: ChangeRow,
  { actor, now }: Advance,
): Promise<ChangeRow> {
  const request = readChangeRequest(tools.cipher, row);
  const version = await lockNewestVersion(transaction, row.certificate_id);
  const { from } = certificateTransition(row.operation);
  if (version === null || version.id !== row.certificate_version_id || !from.includes(version.state)) {
    await setMark(transaction, row.certificate_version_id, 'renewalPending', false);
    return moveChange(transaction, row, {
      operation: 'reject',
      now,
      actor: CONDUCTOR_ACTOR,
      reason: { code: 'transitionNotAllowed', detail: '证照状态已变更，不能再办理此项变动' },
    });
  }
  if (opensVersion(row.operation)) {
    const sentBack = await lockOpenIssuanceOf(transaction, row.id);
    if (sentBack !== null) await resubmitIssuanceOfChange(transaction, tools, sentBack, row, request, now);
    const issuanceId = sentBack?.id ?? (await openIssuanceOfChange(transaction, tools, row, request, now));
    return moveChange(transaction, row, {
      operation: 'produce',
      now,
      actor: CONDUCTOR_ACTOR,
      facts: { issuanceId },
    });
  }
  await takeStatusEffect(transaction, tools, row, request, version, { actor, now });
  return moveChange(transaction, row, { operation: 'complete', now, actor });
}
