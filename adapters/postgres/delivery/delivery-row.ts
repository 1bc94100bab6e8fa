import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { DeliveryOperation, DeliveryState } from '../../../domain/delivery/lifecycle';
import { applyDeliveryTransition } from '../../../domain/delivery/lifecycle';
import { recordEvent } from '../evidence/record-event';

export interface DeliveryRow {
  readonly id: string;
  readonly certificate_version_id: string;
  readonly holder_ordinal: number;
  readonly authority_id: string;
  readonly trade: string;
  readonly channel: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly reminders: number;
  readonly last_error: string | null;
  readonly next_attempt_at: Date | null;
  readonly portal_receipt: string | null;
  readonly created_at: Date;
  readonly delivered_at: Date | null;
}

/** Out: the row, locked until the transaction ends. Throws when there is none. */
export async function lockDelivery(transaction: Knex.Transaction, deliveryId: string): Promise<DeliveryRow> {
  const row = await transaction<DeliveryRow>('delivery').where({ id: deliveryId }).forUpdate().first();
  if (row === undefined) throw new Error(`delivery ${deliveryId} is not in the register`);
  return row;
}

export interface DeliveryMove {
  readonly operation: DeliveryOperation;
  readonly now: Date;
  readonly actor: Readonly<Record<string, string | null>>;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly set: Readonly<Record<string, unknown>>;
}

/**
 * Moves a locked delivery by its table, with its event and log leaf in the same transaction. Throws when the table lacks
 * the transition: callers ask first.
 */
export async function moveDelivery(
  transaction: Knex.Transaction,
  row: DeliveryRow,
  { operation, now, actor, facts, set }: DeliveryMove,
): Promise<DeliveryRow> {
  const outcome = applyDeliveryTransition(row.state, operation);
  if (!outcome.ok) throw new Error(`delivery ${row.id}: ${operation} is not possible in ${row.state}`);
  const [moved] = await transaction<DeliveryRow>('delivery')
    .where({ id: row.id })
    .update({
      ...set,
      state: outcome.value,
      attempts: transaction.raw('attempts + 1'),
      updated_at: now,
    } as object)
    .returning('*');
  if (moved === undefined) throw new Error(`delivery ${row.id} vanished`);
  await recordEvent(transaction, {
    id: randomUUID(),
    kind: `delivery.${operation}`,
    caseKind: 'delivery',
    caseId: row.id,
    certificateVersionId: row.certificate_version_id,
    authorityId: row.authority_id,
    trade: row.trade,
    actor,
    facts: { from: row.state, to: outcome.value, ...facts },
    occurredAt: now,
    recordedAt: now,
  });
  return moved;
}

interface SubjectRow {
  readonly certificate_name: string;
  readonly number: string;
  readonly is_licence: boolean;
  readonly decided_at: Date;
}

/** What is delivered, as tasks and papers name it, and when the decision was made. */
export async function deliverySubject(
  transaction: Knex.Transaction,
  row: DeliveryRow,
): Promise<{
  readonly name: string;
  readonly number: string;
  readonly isLicence: boolean;
  readonly decidedAt: Date;
}> {
  const { rows } = await transaction.raw<{ rows: SubjectRow[] }>(
    `SELECT k.name AS certificate_name, c.number, i.decided_at,
            coalesce((k.definition->>'administrativeLicence')::boolean, false) AS is_licence
     FROM certificate_version v
     JOIN certificate c ON c.id = v.certificate_id
     JOIN catalog_entry_version k ON k.id = v.catalog_entry_version_id
     JOIN issuance i ON i.id = v.issuance_id
     WHERE v.id = ?`,
    [row.certificate_version_id],
  );
  const [subject] = rows;
  if (subject === undefined) throw new Error(`delivery ${row.id} delivers no version`);
  return {
    name: subject.certificate_name,
    number: subject.number,
    isLicence: subject.is_licence,
    decidedAt: subject.decided_at,
  };
}
