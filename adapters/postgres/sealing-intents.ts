import type { Knex } from 'knex';
import type { ChosenSeal, NewSealingIntent } from '../../ports/production-ledger';
import type { IssuanceRow } from './issuance-row';

/** Intents that will never be redeemed stay in the register with the reason. */
export async function voidOpenIntents(
  transaction: Knex.Transaction,
  issuanceId: string,
  reason: string,
  now: Date,
): Promise<void> {
  await transaction('sealing_intent')
    .where({ issuance_id: issuanceId, state: 'open' })
    .update({ state: 'voided', void_reason: reason, closed_at: now });
}

/** Writes one intent of a seal; its container is in the store already. */
export async function insertIntent(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  seal: ChosenSeal,
  intent: NewSealingIntent,
  now: Date,
): Promise<void> {
  await rememberFile(transaction, intent.containerDigest, intent.containerSizeBytes, intent.fileKind, now);
  await transaction('sealing_intent').insert({
    id: intent.id,
    issuance_id: row.id,
    certificate_version_id: row.certificate_version_id,
    authority_id: row.authority_id,
    trade: row.trade,
    file_kind: intent.fileKind,
    seal_ordinal: seal.ordinal,
    seal_id: seal.sealId,
    mandate_id: seal.mandateId,
    container_digest: intent.containerDigest,
    to_be_signed: Buffer.from(intent.toBeSigned),
    finishing: JSON.stringify(intent.finishing),
    signed_at_claim: intent.signedAtClaim,
    state: 'open',
    prepared_at: now,
  });
}

/** Says that a file exists; it was written and flushed before. Harmless to repeat. */
export async function rememberFile(
  transaction: Knex.Transaction,
  digest: string,
  sizeBytes: number,
  kind: 'ofd' | 'pdf',
  now: Date,
): Promise<void> {
  await transaction('stored_file')
    .insert({
      digest,
      size_bytes: sizeBytes,
      media_type: kind === 'ofd' ? 'application/ofd' : 'application/pdf',
      stored_at: now,
    })
    .onConflict('digest')
    .ignore();
}
