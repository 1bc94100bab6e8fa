import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type {
  AnomalyConclusion,
  AnomalyOperation,
  AnomalyState,
  ObjectorKind,
} from '../../../domain/anomaly/lifecycle';
import { applyAnomalyTransition, isAnomalyFinal, isDisputing } from '../../../domain/anomaly/lifecycle';
import type { Claim } from '../../../domain/anomaly/objection';
import type { RecordOutcome } from '../../../ports/anomaly-desk';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { closeCaseClocks } from '../case/case-clock';
import { recordEvent } from '../evidence/record-event';
import { refreshInvestigationMark } from './investigation-mark';

/** Acts and effects of anomaly cases run as the product, because they reach beyond the scope of who asked for them. */
export const ANOMALY_DESK = { kind: 'system', component: 'anomaly' } as const;

export interface AnomalyRow {
  readonly id: string;
  readonly number: string;
  readonly state: AnomalyState;
  readonly authority_id: string;
  readonly issuing_authority_id: string;
  readonly trade: string;
  readonly certificate_id: string;
  readonly certificate_version_id: string;
  readonly operator_id: string | null;
  readonly is_disputing: boolean;
  readonly round: number;
  readonly investigator_id: string | null;
  readonly conclusion: AnomalyConclusion | null;
  readonly reason_cipher: Buffer | null;
  readonly wrong_since: Date | null;
  readonly change_id: string | null;
  readonly hand_over: { readonly organ: string; readonly reference: string; readonly receipt: string } | null;
  readonly record_outcome: RecordOutcome | null;
  readonly record_cipher: Buffer | null;
  readonly record_asked_at: Date | null;
  readonly filed_at: Date;
  readonly accepted_at: Date | null;
  readonly decided_at: Date | null;
  readonly replied_at: Date | null;
  readonly updated_at: Date;
  readonly closed_at: Date | null;
}

export interface ObjectionRow {
  readonly id: string;
  readonly anomaly_case_id: string;
  readonly ordinal: number;
  readonly authority_id: string;
  readonly trade: string;
  readonly objector_kind: ObjectorKind;
  readonly principal: string;
  readonly person_id: string | null;
  readonly holder_lookup: Buffer | null;
  readonly is_government: boolean;
  readonly certificate_id: string;
  readonly fields: readonly string[];
  readonly claims_cipher: Buffer;
  readonly contact_cipher: Buffer | null;
  readonly attachment_ids: readonly string[];
  readonly filed_at: Date;
  readonly withdrawn_at: Date | null;
  readonly reply_paper_id: string | null;
  readonly replied_at: Date | null;
  readonly received_at: Date | null;
  readonly received_how: 'opened' | 'announced' | 'internal' | null;
}

/** What an objector wrote, as it is kept encrypted. */
export interface StoredClaims {
  readonly claims: readonly Claim[];
  /** The explanation with the objection, then those that came with later evidence. */
  readonly explanations: readonly string[];
}

/** What an act on a case works with. */
export interface AnomalyWork {
  readonly transaction: Knex.Transaction;
  readonly integrity: RowIntegrity;
  readonly cipher: PersonalDataCipher;
  readonly now: Date;
}

/** Out: the row of a case, locked until the transaction ends; null when there is none. */
export async function lockAnomaly(transaction: Knex.Transaction, caseId: string): Promise<AnomalyRow | null> {
  const row = await transaction<AnomalyRow>('anomaly_case').where({ id: caseId }).forUpdate().first();
  return row ?? null;
}

/** The objections of a case in the order in which they came; those that were withdrawn are among them. */
export async function objectionsOf(
  transaction: Knex.Transaction,
  caseId: string,
): Promise<readonly ObjectionRow[]> {
  return transaction<ObjectionRow>('anomaly_objection').where({ anomaly_case_id: caseId }).orderBy('ordinal');
}

export interface AnomalyMove {
  readonly operation: AnomalyOperation;
  readonly actor: Readonly<Record<string, string | null>>;
  readonly facts?: Readonly<Record<string, string | number | boolean | null>>;
  readonly set?: Partial<AnomalyRow>;
}

/**
 * Moves a locked case by its table, with its event in the same transaction; the certificate's mark and the disputed fields
 * follow, and a case that ends leaves no clock that runs. Throws when the table lacks the transition: callers ask first.
 */
export async function moveAnomaly(
  work: AnomalyWork,
  row: AnomalyRow,
  move: AnomalyMove,
): Promise<AnomalyRow> {
  const { transaction, now } = work;
  const outcome = applyAnomalyTransition(row.state, move.operation);
  if (!outcome.ok)
    throw new Error(`anomaly case ${row.id}: ${move.operation} is not possible in ${row.state}`);
  const isFinal = isAnomalyFinal(outcome.value);
  const { hand_over: handOver, ...set } = move.set ?? {};
  const [moved] = await transaction<AnomalyRow>('anomaly_case')
    .where({ id: row.id })
    .update({
      ...set,
      ...(handOver === undefined
        ? {}
        : { hand_over: transaction.raw('?::jsonb', [JSON.stringify(handOver)]) }),
      state: outcome.value,
      is_disputing: isDisputing(outcome.value),
      updated_at: now,
      closed_at: isFinal ? now : null,
    } as object)
    .returning('*');
  if (moved === undefined) throw new Error(`anomaly case ${row.id} vanished`);
  await noteAnomaly(work, moved, { ...move, facts: { from: row.state, to: outcome.value, ...move.facts } });
  if (row.is_disputing && !moved.is_disputing) {
    await transaction('anomaly_case_field').where({ anomaly_case_id: row.id }).update({ is_disputed: false });
  }
  if (row.is_disputing !== moved.is_disputing)
    await refreshInvestigationMark(transaction, row.certificate_id);
  if (isFinal) await closeCaseClocks(transaction, { caseKind: 'anomalyCase', caseId: row.id }, now);
  return moved;
}

/** Effect: an event of the case stands in the log; nothing personal is in it. */
export async function noteAnomaly(
  { transaction, now }: AnomalyWork,
  row: AnomalyRow,
  note: {
    readonly operation: string;
    readonly actor: Readonly<Record<string, string | null>>;
    readonly facts?: Readonly<Record<string, string | number | boolean | null>>;
  },
): Promise<void> {
  await recordEvent(transaction, {
    id: randomUUID(),
    kind: `anomalyCase.${note.operation}`,
    caseKind: 'anomalyCase',
    caseId: row.id,
    certificateId: row.certificate_id,
    certificateVersionId: row.certificate_version_id,
    authorityId: row.authority_id,
    trade: row.trade,
    actor: note.actor,
    facts: note.facts ?? {},
    occurredAt: now,
    recordedAt: now,
  });
}

/** What an objector wrote, decrypted. */
export function readClaimsOf(cipher: PersonalDataCipher, row: ObjectionRow): StoredClaims {
  return JSON.parse(
    cipher.decrypt(row.claims_cipher, cipherPlace('anomaly_objection.claims_cipher', row.id)),
  ) as StoredClaims;
}

/** What an objector wrote, for its column. */
export function sealClaims(cipher: PersonalDataCipher, objectionId: string, claims: StoredClaims): Buffer {
  return Buffer.from(
    cipher.encrypt(JSON.stringify(claims), cipherPlace('anomaly_objection.claims_cipher', objectionId)),
  );
}
