import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { ReissueReason } from '../../../domain/certificate/lifecycle';
import { certificateTransition } from '../../../domain/certificate/lifecycle';
import type { ChangeKind } from '../../../domain/certificate-change/change-kind';
import type { ChangeRequest } from '../../../domain/certificate-change/change-request';
import type { ChangeOperation, ChangeState } from '../../../domain/certificate-change/lifecycle';
import { applyChangeTransition, isChangeFinal } from '../../../domain/certificate-change/lifecycle';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { closeCaseClocks } from '../case/case-clock';
import { recordEvent } from '../evidence/record-event';
import { announce } from '../issuance/issuance-row';

export interface ChangeRow {
  readonly id: string;
  readonly certificate_id: string;
  readonly certificate_version_id: string;
  readonly operation: ChangeKind;
  readonly state: ChangeState;
  readonly authority_id: string;
  readonly trade: string;
  readonly catalog_entry_version_id: string;
  readonly agency_system_id: string | null;
  readonly operator_id: string | null;
  readonly business_number: string;
  readonly decided_at: Date;
  readonly request_cipher: Buffer;
  readonly uniqueness_digest: Buffer | null;
  readonly reissue_reason: ReissueReason | null;
  readonly to_authority_id: string | null;
  readonly revision: number;
  readonly state_reason: { readonly code: string; readonly detail: string } | null;
  readonly preempted_by: string | null;
  readonly received_at: Date;
  readonly updated_at: Date;
  readonly closed_at: Date | null;
}

/** Out: the row of a change, locked until the transaction ends. Throws when there is none. */
export async function lockChange(transaction: Knex.Transaction, changeId: string): Promise<ChangeRow> {
  const row = await transaction<ChangeRow>('certificate_change').where({ id: changeId }).forUpdate().first();
  if (row === undefined) throw new Error(`certificate change ${changeId} is not in the register`);
  return row;
}

export interface ChangeMove {
  readonly operation: ChangeOperation;
  readonly now: Date;
  readonly actor: Readonly<Record<string, string | null>>;
  readonly reason?: { readonly code: string; readonly detail: string } | null;
  readonly facts?: Readonly<Record<string, string | number | boolean | null>>;
  readonly set?: Partial<Pick<ChangeRow, 'revision' | 'preempted_by'>>;
}

/**
 * Moves a locked change by its table, with its event and log leaf in the same transaction; announces it. A change that
 * ends leaves no clock that runs. Throws when the table lacks the transition: callers ask the state first.
 */
export async function moveChange(
  transaction: Knex.Transaction,
  row: ChangeRow,
  move: ChangeMove,
): Promise<ChangeRow> {
  const outcome = applyChangeTransition(row.state, move.operation);
  if (!outcome.ok) throw new Error(`change ${row.id}: ${move.operation} is not possible in ${row.state}`);
  const isFinal = isChangeFinal(outcome.value);
  const [moved] = await transaction<ChangeRow>('certificate_change')
    .where({ id: row.id })
    .update({
      state: outcome.value,
      state_reason: move.reason ?? null,
      updated_at: move.now,
      closed_at: isFinal ? move.now : null,
      ...move.set,
    })
    .returning('*');
  if (moved === undefined) throw new Error(`certificate change ${row.id} vanished`);
  await recordEvent(transaction, {
    id: randomUUID(),
    kind: `certificateChange.${move.operation}`,
    caseKind: 'certificateChange',
    caseId: row.id,
    certificateId: row.certificate_id,
    certificateVersionId: row.certificate_version_id,
    authorityId: row.authority_id,
    trade: row.trade,
    operationCode: certificateTransition(row.operation).ministryCode,
    actor: move.actor,
    facts: {
      operation: row.operation,
      from: row.state,
      to: outcome.value,
      ...(move.reason == null ? {} : { reason: move.reason.code }),
      ...move.facts,
    },
    occurredAt: move.now,
    recordedAt: move.now,
  });
  if (isFinal) {
    await closeCaseClocks(transaction, { caseKind: 'certificateChange', caseId: row.id }, move.now);
  }
  await announce(transaction, row.id);
  return moved;
}

/** What was asked for, decrypted. */
export function readChangeRequest(cipher: PersonalDataCipher, row: ChangeRow): ChangeRequest {
  return JSON.parse(
    cipher.decrypt(row.request_cipher, cipherPlace('certificate_change.request_cipher', row.id)),
  ) as ChangeRequest;
}

/** Legal ground and decision as events keep them: law and documents, never a person. */
export function groundOf(request: ChangeRequest): Readonly<Record<string, unknown>> | null {
  const { legalGround, decision } = request;
  if (legalGround === null && decision === null) return null;
  return {
    ...(legalGround === null ? {} : { law: legalGround.law, article: legalGround.article }),
    ...(decision === null ? {} : { decision: { ...decision } }),
  };
}
