import type { Knex } from 'knex';
import type { ChosenSeal, NewSealingIntent } from '../../../ports/production-ledger';
import type { IssuanceRow } from '../issuance/issuance-row';

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

/** Whether something of a case is still to be sealed by a seal that was chosen. */
export async function hasOpenIntents(transaction: Knex.Transaction, issuanceId: string): Promise<boolean> {
  const open = await transaction('sealing_intent')
    .where({ issuance_id: issuanceId, state: 'open' })
    .first('id');
  return open !== undefined;
}

/** Writes the intents of a seal; their containers are in the store already. */
export async function insertIntents(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  seal: ChosenSeal,
  intents: readonly NewSealingIntent[],
  now: Date,
): Promise<void> {
  await rememberFiles(
    transaction,
    intents.map((intent) => ({
      digest: intent.containerDigest,
      sizeBytes: intent.containerSizeBytes,
      kind: intent.fileKind,
    })),
    now,
  );
  await transaction('sealing_intent').insert(
    intents.map((intent) => ({
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
    })),
  );
}

export interface FileToRemember {
  readonly digest: string;
  readonly sizeBytes: number;
  readonly kind: 'ofd' | 'pdf';
}

/** Says that files exist; they were written and flushed before. Harmless to repeat. */
export async function rememberFiles(
  transaction: Knex.Transaction,
  files: readonly FileToRemember[],
  now: Date,
): Promise<void> {
  await transaction('stored_file')
    .insert(
      files.map(({ digest, sizeBytes, kind }) => ({
        digest,
        size_bytes: sizeBytes,
        media_type: kind === 'ofd' ? 'application/ofd' : 'application/pdf',
        stored_at: now,
      })),
    )
    .onConflict('digest')
    .ignore();
}
