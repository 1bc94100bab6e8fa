import type { Knex } from 'knex';
import type { Face } from '../../../domain/catalog/face-schema';
import type { Clock } from '../../../ports/clock';
import type { Standing } from '../../../ports/issuance-ledger';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import type {
  Correspondence,
  FileToCorrespond,
  OpenIntent,
  RedeemedIntent,
  SealingLedger,
} from '../../../ports/sealing-ledger';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { pinnedDefinition } from '../catalog/catalog-rules';
import {
  bringIntoForce,
  enqueueCallback,
  openDeliveries,
  recordFinalFiles,
  reportIssue,
  versionOf,
} from '../certificate/bring-into-force';
import { supersedePrevious } from '../certificate/supersede-version';
import type { IssuanceRow } from '../issuance/issuance-row';
import { CONDUCTOR, CONDUCTOR_ACTOR, lockIssuance, moveIssuance, standingOf } from '../issuance/issuance-row';
import type { Register } from '../register/register';
import { closeDeadline } from '../sla/deadlines';
import { SYNC_ALARM } from '../sla/sync-alarm';
import { useSeal } from './seal-choice';
import { beginSealWait, endSealWait } from './seal-wait';
import { rememberFiles, voidOpenIntents } from './sealing-intents';

export interface SealingLedgerOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
}

interface IntentRow {
  readonly id: string;
  readonly file_kind: 'ofd' | 'pdf';
  readonly seal_ordinal: number;
  readonly seal_id: string;
  readonly mandate_id: string | null;
  readonly container_digest: string;
  readonly to_be_signed: Buffer;
  readonly finishing: Readonly<Record<string, unknown>>;
  readonly state: 'open' | 'redeemed' | 'voided';
  readonly ofd_key_id: string;
  readonly pdf_key_id: string;
}

interface SignatureRow {
  readonly certificate_version_id: string;
  readonly identifier: string;
  readonly number: string;
  readonly face_cipher: Buffer;
  readonly file_kind: 'ofd' | 'pdf';
  readonly seal_ordinal: number;
  readonly signature: Buffer;
  readonly sealed_digest: string;
  readonly to_be_signed: Buffer;
}

const OPEN_INTENTS = `
SELECT i.*, s.ofd_key_id, s.pdf_key_id FROM sealing_intent i JOIN seal s ON s.id = i.seal_id
WHERE i.issuance_id = ? AND i.state = 'open' ORDER BY i.file_kind`;

const SEALED_SO_FAR = `
SELECT v.id AS certificate_version_id, v.identifier, v.face_cipher, c.number,
       s.file_kind, s.seal_ordinal, s.signature, s.sealed_digest, t.to_be_signed
FROM issuance i
JOIN certificate_version v ON v.id = i.certificate_version_id
JOIN certificate c ON c.id = v.certificate_id
LEFT JOIN (seal_signature s JOIN sealing_intent t ON t.id = s.sealing_intent_id) ON s.certificate_version_id = v.id
WHERE i.id = ? ORDER BY s.seal_ordinal`;

const SEALING_PROGRESS = `
SELECT (SELECT count(*)::int FROM sealing_intent WHERE issuance_id = ? AND state = 'open') AS open,
       (SELECT count(DISTINCT seal_ordinal)::int FROM seal_signature WHERE certificate_version_id = ?) AS sealed`;

/** Steps ④ to ⑥ on the register. */
export class PostgresSealingLedger implements SealingLedger {
  readonly #options: SealingLedgerOptions;

  constructor(options: SealingLedgerOptions) {
    this.#options = options;
  }

  async openIntents(issuanceId: string): Promise<readonly OpenIntent[]> {
    const intents = await this.#options.register.statement<IntentRow>(CONDUCTOR, OPEN_INTENTS, [issuanceId]);
    return intents.map((intent) => ({
      id: intent.id,
      fileKind: intent.file_kind,
      sealOrdinal: intent.seal_ordinal,
      keyId: intent.file_kind === 'ofd' ? intent.ofd_key_id : intent.pdf_key_id,
      containerDigest: intent.container_digest,
      toBeSigned: intent.to_be_signed,
      finishing: intent.finishing,
    }));
  }

  redeem(issuanceId: string, redeemed: readonly RedeemedIntent[]): Promise<Standing> {
    const { register, clock } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const row = await lockIssuance(transaction, issuanceId);
      const now = clock.now();
      if (row.state !== 'prepared') {
        await voidOpenIntents(transaction, row.id, `case is ${row.state}`, now);
        return standingOf(transaction, row, clock.now());
      }
      const open: readonly IntentRow[] = await openIntentRows(transaction, issuanceId);
      const [first] = open;
      if (first === undefined) return standingOf(transaction, row, clock.now());
      const usable = await useSeal(
        transaction,
        this.#options.integrity,
        first.seal_id,
        first.mandate_id ?? '',
        now,
      );
      if (!usable.ok) {
        const waiting = await beginSealWait(transaction, this.#options.integrity, row, usable.refusal, now);
        return standingOf(transaction, waiting, now);
      }
      const signed = open.map((intent): Signed => {
        const result = redeemed.find((candidate) => candidate.intentId === intent.id);
        if (result === undefined)
          throw new Error(`intent ${intent.id} of issuance ${issuanceId} was not redeemed`);
        return { intent, result };
      });
      await recordSignatures(transaction, row, signed, now);
      await endSealWait(transaction, row.id, now);
      return standingOf(transaction, row, clock.now());
    });
  }

  async whatWasSealed(issuanceId: string): Promise<Correspondence> {
    const { register, cipher } = this.#options;
    const rows = await register.statement<SignatureRow>(CONDUCTOR, SEALED_SO_FAR, [issuanceId]);
    const [version] = rows;
    if (version === undefined) throw new Error(`issuance ${issuanceId} has no certificate version`);
    return {
      files: filesOf(rows),
      identifier: version.identifier,
      number: version.number,
      face: JSON.parse(
        cipher.decrypt(
          version.face_cipher,
          cipherPlace('certificate_version.face_cipher', version.certificate_version_id),
        ),
      ) as Face,
    };
  }

  completeSealing(issuanceId: string): Promise<Standing> {
    const { register, clock, integrity } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const row = await lockIssuance(transaction, issuanceId);
      if (row.state !== 'prepared') return standingOf(transaction, row, clock.now());
      const { rows } = await transaction.raw<{ rows: { open: number; sealed: number }[] }>(SEALING_PROGRESS, [
        row.id,
        row.certificate_version_id,
      ]);
      const [progress] = rows;
      if (progress === undefined || progress.open > 0) return standingOf(transaction, row, clock.now());
      const definition = await pinnedDefinition(transaction, integrity, row.catalog_entry_version_id);
      const isComplete = progress.sealed === definition.requiredSeals.length;
      const moved = await moveIssuance(transaction, row, {
        operation: isComplete ? 'completeSealing' : 'continueSealing',
        now: clock.now(),
        actor: CONDUCTOR_ACTOR,
      });
      return standingOf(transaction, moved, clock.now());
    });
  }

  issue(issuanceId: string): Promise<Standing> {
    const { register, clock, integrity } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const row = await lockIssuance(transaction, issuanceId);
      if (row.state !== 'sealed') return standingOf(transaction, row, clock.now());
      const now = clock.now();
      const definition = await pinnedDefinition(transaction, integrity, row.catalog_entry_version_id);
      const version = await versionOf(transaction, row);
      const files = await recordFinalFiles(transaction, row, version.id, now);
      const { continues } = await supersedePrevious(transaction, this.#options, row, version.valid_from, now);
      const { state, eventId } = await bringIntoForce(transaction, row, version, files, { now, continues });
      await reportIssue(transaction, row, version, eventId, now);
      await openDeliveries(transaction, row, version, now);
      await transaction('uniqueness_reservation')
        .where({ issuance_id: row.id })
        .update({ certificate_id: version.certificate_id });
      await transaction('number_record').where({ issuance_id: row.id }).update({ state: 'used' });
      await closeDeadline(transaction, {
        caseKind: 'issuance',
        caseId: row.id,
        key: ['SYNCHRONISED_ISSUANCE', SYNC_ALARM],
        round: 1,
        now,
      });
      if (row.callback_url !== null) await enqueueCallback(transaction, row, version, state, now);
      const moved = await moveIssuance(transaction, row, {
        operation: 'issue',
        now,
        actor: CONDUCTOR_ACTOR,
        facts: { state, catalogCode: definition.code },
      });
      return standingOf(transaction, moved, clock.now());
    });
  }
}

async function openIntentRows(transaction: Knex.Transaction, issuanceId: string): Promise<IntentRow[]> {
  const { rows } = await transaction.raw<{ rows: IntentRow[] }>(OPEN_INTENTS, [issuanceId]);
  return rows;
}

interface Signed {
  readonly intent: IntentRow;
  readonly result: RedeemedIntent;
}

async function recordSignatures(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  signed: readonly Signed[],
  now: Date,
): Promise<void> {
  const scope = { authority_id: row.authority_id, trade: row.trade };
  await rememberFiles(
    transaction,
    signed.map(({ intent, result }) => ({
      digest: result.sealedDigest,
      sizeBytes: result.sealedSizeBytes,
      kind: intent.file_kind,
    })),
    now,
  );
  await transaction('seal_signature').insert(
    signed.map(({ intent, result }) => ({
      ...scope,
      sealing_intent_id: intent.id,
      certificate_version_id: row.certificate_version_id,
      file_kind: intent.file_kind,
      seal_ordinal: intent.seal_ordinal,
      signature: Buffer.from(result.signature),
      sealed_digest: result.sealedDigest,
      sealed_at: now,
    })),
  );
  await transaction('seal_use').insert(
    signed.map(({ intent }) => ({
      ...scope,
      sealing_intent_id: intent.id,
      seal_id: intent.seal_id,
      mandate_id: intent.mandate_id,
      used_at: now,
    })),
  );
  await transaction.raw(
    `UPDATE sealing_intent SET state = 'redeemed', closed_at = ? WHERE id = ANY (?::uuid[])`,
    [now, signed.map(({ intent }) => intent.id)],
  );
}

function filesOf(signatures: readonly SignatureRow[]): readonly FileToCorrespond[] {
  return (['ofd', 'pdf'] as const).flatMap((fileKind) => {
    const seals = signatures.filter((signature) => signature.file_kind === fileKind);
    const last = seals.at(-1);
    if (last === undefined) return [];
    return [
      {
        fileKind,
        sealedDigest: last.sealed_digest,
        seals: seals.map((seal) => ({
          ordinal: seal.seal_ordinal,
          toBeSigned: seal.to_be_signed,
          signature: seal.signature,
        })),
      },
    ];
  });
}
