import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { tellCase } from '../case/tell-case';

/** Cases that wait for a seal of an authority: its own, and joint issues in which it is named as a sealing organ. */
const WAITING = `
SELECT i.id FROM issuance i
JOIN catalog_entry_version k ON k.id = i.catalog_entry_version_id
JOIN authority a ON a.id = :authorityId
WHERE i.state = 'awaitingSeal'
  AND (i.authority_id = a.id
       OR k.definition->'requiredSeals' @> jsonb_build_array(jsonb_build_object('organ', a.credit_code)))
ORDER BY i.id`;

/** Effect: every case that waits for a seal of the authority is told, by the outbox, to look again (rule 5). Out: how many. */
export async function tellSealsChanged(
  transaction: Knex.Transaction,
  authorityId: string,
  now: Date,
): Promise<number> {
  const change = randomUUID();
  const { rows } = await transaction.raw<{ rows: { id: string }[] }>(WAITING, { authorityId });
  for (const { id } of rows) {
    await tellCase(transaction, { kind: 'issuance', caseId: id, change: `sealsChanged/${change}`, now });
  }
  return rows.length;
}
