import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import { recordEvent } from '../evidence/record-event';
import type { ChangeRow } from './certificate-change-row';

/** Effect: the event that a change was received, and from whom. */
export async function recordChangeReceived(
  transaction: Knex.Transaction,
  row: ChangeRow,
  principal: Principal,
  now: Date,
): Promise<void> {
  await recordEvent(transaction, {
    id: randomUUID(),
    kind: 'certificateChange.receive',
    caseKind: 'certificateChange',
    caseId: row.id,
    certificateId: row.certificate_id,
    certificateVersionId: row.certificate_version_id,
    authorityId: row.authority_id,
    trade: row.trade,
    actor: changeActor(principal),
    facts: { operation: row.operation, to: 'received' },
    occurredAt: now,
    recordedAt: now,
  });
}

/** Who acts, as events name him. */
export function changeActor(principal: Principal): Readonly<Record<string, string | null>> {
  const [kind, id] = principalName(principal).split(':', 2);
  return { kind: kind ?? null, id: id ?? null };
}
