import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { Face } from '../../domain/catalog/face-schema';
import { formatNumber } from '../../domain/catalog/format-number';
import { maskFace, publicFace } from '../../domain/catalog/mask-face';
import { completeFace } from '../../domain/catalog/parse-face';
import {
  formatCertificateIdentifier,
  serialFromNumber,
} from '../../domain/certificate/certificate-identifier';
import { boundValuesOf } from '../../domain/issuance/bound-values';
import type { IssuanceRequest } from '../../domain/issuance/issuance-request';
import type { SealWait } from '../../domain/sealing/choose-seal';
import { SEAL_WAITS } from '../../domain/sealing/choose-seal';
import { civilDate } from '../../domain/shared/legal-date';
import { maskIdentityNumber, maskName } from '../../domain/shared/mask-text';
import type { Clock } from '../../ports/clock';
import type { IssuanceRules } from '../../ports/issuance-desk';
import type { Standing } from '../../ports/issuance-ledger';
import type { PersonalDataCipher, RowIntegrity } from '../../ports/personal-data-cipher';
import type {
  ChosenSeal,
  NewSealingIntent,
  ProductionLedger,
  ProductionOrder,
} from '../../ports/production-ledger';
import { cipherPlace } from '../cipher/encrypted-columns';
import { loadPinnedRules } from './catalog-rules';
import { closeDeadline, openDeadline } from './deadlines';
import { deterministicId } from './deterministic-id';
import { readRequest, reject } from './issuance-ledger';
import type { IssuanceRow } from './issuance-row';
import { CONDUCTOR, CONDUCTOR_ACTOR, lockIssuance, moveIssuance, standingOf } from './issuance-row';
import { postNotice } from './post-notice';
import type { Register } from './register';
import { chooseNextSeal } from './seal-choice';

export interface ProductionLedgerOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
}

interface VersionRow {
  readonly id: string;
  readonly certificate_id: string;
  readonly state: string;
  readonly version: string;
  readonly identifier: string;
  readonly face_cipher: Buffer;
  readonly verification_code_cipher: Buffer;
  readonly prepared_at: Date;
}

interface NumberRow {
  readonly catalog_entry_id: string;
  readonly authority_id: string;
  readonly issuance_id: string;
  readonly certificate_id: string;
  readonly number: string;
}

const FIRST_VERSION = '001';
/** 128 bits in an alphabet without letters that are read as digits: cannot be guessed, can be typed from paper. */
const CODE_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 26;

/** Step ③ on the register. */
export class PostgresProductionLedger implements ProductionLedger {
  readonly #options: ProductionLedgerOptions;

  constructor(options: ProductionLedgerOptions) {
    this.#options = options;
  }

  order(issuanceId: string): ReturnType<ProductionLedger['order']> {
    const { register, cipher, integrity, clock } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const row = await lockIssuance(transaction, issuanceId);
      if (row.state !== 'approved' && row.state !== 'awaitingSeal') {
        return { kind: 'stands', standing: await standingOf(transaction, row, clock.now()) };
      }
      const written = await this.#writtenVersion(transaction, row);
      if (written !== null) return { kind: 'order', order: written };
      const rules = await loadPinnedRules(transaction, integrity, row);
      const request = readRequest(cipher, row);
      const number = await giveNumber(transaction, row, rules, request, clock.now());
      if (number === null) {
        const moved = await reject(
          transaction,
          row,
          clock.now(),
          'numberTaken',
          '该证照编号已被另一份证照使用',
        );
        return { kind: 'stands', standing: await standingOf(transaction, moved, clock.now()) };
      }
      return { kind: 'order', order: await this.#writeVersion(transaction, row, rules, request, number) };
    });
  }

  async nextSeal(issuanceId: string): ReturnType<ProductionLedger['nextSeal']> {
    const { register, integrity, clock } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const row = await lockIssuance(transaction, issuanceId);
      const rules = await loadPinnedRules(transaction, integrity, row);
      return chooseNextSeal(transaction, integrity, row, rules, clock.now());
    });
  }

  async recordIntents(
    issuanceId: string,
    seal: ChosenSeal,
    intents: readonly NewSealingIntent[],
  ): Promise<Standing> {
    const { register, clock } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const row = await lockIssuance(transaction, issuanceId);
      if (row.state !== 'approved' && row.state !== 'awaitingSeal')
        return standingOf(transaction, row, clock.now());
      const now = clock.now();
      await voidOpenIntents(transaction, row.id, 'preparedAnew', now);
      for (const intent of intents) await insertIntent(transaction, row, seal, intent, now);
      const moved = await moveIssuance(transaction, row, {
        operation: 'prepare',
        now,
        actor: CONDUCTOR_ACTOR,
        facts: { sealOrdinal: seal.ordinal, sealId: seal.sealId },
      });
      await closeDeadline(transaction, {
        caseKind: 'issuance',
        caseId: row.id,
        key: 'AWAITING_SEAL',
        round: row.revision,
        now,
      });
      return standingOf(transaction, moved, clock.now());
    });
  }

  async awaitSeal(issuanceId: string, why: SealWait): Promise<Standing> {
    const { register, clock, integrity } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const row = await lockIssuance(transaction, issuanceId);
      const now = clock.now();
      if (row.state === 'awaitingSeal') {
        await transaction<IssuanceRow>('issuance').where({ id: row.id }).update({ waiting_for: why });
        return standingOf(transaction, row, clock.now());
      }
      if (row.state !== 'approved' && row.state !== 'prepared')
        return standingOf(transaction, row, clock.now());
      return standingOf(transaction, await beginSealWait(transaction, integrity, row, why, now), clock.now());
    });
  }

  async stopProduction(issuanceId: string, code: string, detail: string): Promise<Standing> {
    const { register, clock } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const row = await lockIssuance(transaction, issuanceId);
      if (row.state !== 'approved') return standingOf(transaction, row, clock.now());
      await transaction('certificate_version')
        .where({ id: row.certificate_version_id, state: 'awaitingSeal' })
        .update({ state: 'draft' });
      const moved = await moveIssuance(transaction, row, {
        operation: 'stopProduction',
        now: clock.now(),
        actor: CONDUCTOR_ACTOR,
        reason: { code, detail },
      });
      return standingOf(transaction, moved, clock.now());
    });
  }

  async #writtenVersion(transaction: Knex.Transaction, row: IssuanceRow): Promise<ProductionOrder | null> {
    if (row.certificate_version_id === null) return null;
    const version = await transaction<VersionRow>('certificate_version')
      .where({ id: row.certificate_version_id, state: 'awaitingSeal' })
      .first();
    if (version === undefined) return null;
    const certificate = await transaction<{ id: string; number: string }>('certificate')
      .where({ id: version.certificate_id })
      .first('number');
    if (certificate === undefined) throw new Error(`certificate ${version.certificate_id} vanished`);
    return this.#orderOf(version, certificate.number);
  }

  #orderOf(version: VersionRow, number: string): ProductionOrder {
    const { cipher } = this.#options;
    return {
      certificateId: version.certificate_id,
      certificateVersionId: version.id,
      number,
      identifier: version.identifier,
      version: version.version,
      face: JSON.parse(
        cipher.decrypt(version.face_cipher, cipherPlace('certificate_version.face_cipher', version.id)),
      ) as Face,
      verificationCode: cipher.decrypt(
        version.verification_code_cipher,
        cipherPlace('certificate_version.verification_code_cipher', version.id),
      ),
      preparedAt: version.prepared_at,
    };
  }

  /** Writes certificate, version and holders; a version that fell back to draft is written anew under its own number. */
  async #writeVersion(
    transaction: Knex.Transaction,
    row: IssuanceRow,
    rules: IssuanceRules,
    request: IssuanceRequest,
    number: string,
  ): Promise<ProductionOrder> {
    const { cipher, clock } = this.#options;
    const now = clock.now();
    const certificateId = deterministicId('certificate', row.id);
    const versionId = deterministicId('certificateVersion', row.id, FIRST_VERSION);
    const schema = rules.definition.faceSchema;
    const face = completeFace(
      schema,
      request.face,
      boundValuesOf(request, {
        certificateName: rules.definition.name,
        authorityName: rules.authority.name,
        authorityCode: rules.authority.creditCode,
        number,
        registerNumbers: false,
      }),
    );
    const identifier = formatCertificateIdentifier({
      typeCode: rules.definition.code,
      authorityCode: rules.authority.creditCode,
      serial: serialFromNumber(number) ?? freeSerial(row.id),
      version: FIRST_VERSION,
    });
    const code = newVerificationCode();
    await transaction('certificate')
      .insert({
        id: certificateId,
        catalog_entry_id: row.catalog_entry_id,
        authority_id: row.authority_id,
        trade: row.trade,
        number,
        created_by_issuance_id: row.id,
        created_at: now,
      })
      .onConflict('id')
      .merge(['number']);
    await transaction('certificate_number')
      .insert({
        catalog_entry_id: row.catalog_entry_id,
        authority_id: row.authority_id,
        number,
        certificate_id: certificateId,
      })
      .onConflict(['catalog_entry_id', 'authority_id', 'number'])
      .ignore();
    const version = {
      id: versionId,
      certificate_id: certificateId,
      authority_id: row.authority_id,
      trade: row.trade,
      version: FIRST_VERSION,
      identifier,
      state: 'awaitingSeal',
      catalog_entry_version_id: row.catalog_entry_version_id,
      issuance_id: row.id,
      face_cipher: cipher.encrypt(
        JSON.stringify(face),
        cipherPlace('certificate_version.face_cipher', versionId),
      ),
      masked_face: JSON.stringify(maskFace(schema, face)),
      public_face: JSON.stringify(publicFace(schema, face)),
      masked_holders: JSON.stringify(maskedHolders(request)),
      verification_code_digest: cipher.lookup('verificationCode', code),
      verification_code_cipher: cipher.encrypt(
        code,
        cipherPlace('certificate_version.verification_code_cipher', versionId),
      ),
      valid_from: request.validFrom,
      valid_until: request.validUntil,
      issued_on: request.issuedOn,
      prepared_at: now,
    };
    await transaction('certificate_version').insert(version).onConflict('id').merge();
    await this.#writeHolders(transaction, row, versionId, request);
    await transaction<IssuanceRow>('issuance')
      .where({ id: row.id })
      .update({ certificate_id: certificateId, certificate_version_id: versionId });
    return this.#orderOf(version, number);
  }

  async #writeHolders(
    transaction: Knex.Transaction,
    row: IssuanceRow,
    versionId: string,
    request: IssuanceRequest,
  ): Promise<void> {
    const { cipher } = this.#options;
    await transaction('certificate_holder').where({ certificate_version_id: versionId }).delete();
    await transaction('certificate_holder').insert(
      request.holders.map((holder, index) => ({
        certificate_version_id: versionId,
        ordinal: index + 1,
        authority_id: row.authority_id,
        trade: row.trade,
        kind: holder.kind,
        name_cipher: cipher.encrypt(
          holder.name,
          cipherPlace('certificate_holder.name_cipher', versionId, index + 1),
        ),
        name_lookup: cipher.lookup('holderName', holder.name),
        code_type: holder.codeType,
        code_cipher:
          holder.code === null
            ? null
            : cipher.encrypt(
                holder.code,
                cipherPlace('certificate_holder.code_cipher', versionId, index + 1),
              ),
        code_lookup: holder.code === null ? null : cipher.lookup('holderCode', holder.code),
        share: holder.share,
      })),
    );
  }
}

/** Puts a case and its version to wait for a seal, says why, and starts the clock of the wait. */
export async function beginSealWait(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  row: IssuanceRow,
  why: SealWait,
  now: Date,
): Promise<IssuanceRow> {
  await voidOpenIntents(transaction, row.id, why, now);
  const moved = await moveIssuance(transaction, row, {
    operation: 'awaitSeal',
    now,
    actor: CONDUCTOR_ACTOR,
    facts: { why },
    reason: { code: why, detail: SEAL_WAITS[why] },
    set: { waiting_for: why },
  });
  await openDeadline(transaction, integrity, {
    caseKind: 'issuance',
    caseId: row.id,
    key: 'AWAITING_SEAL',
    round: row.revision,
    authorityId: row.authority_id,
    trade: row.trade,
    startAt: now,
  });
  await postNotice(transaction, {
    naturalKey: `issuance/${row.id}/seal/${why}`,
    recipient: { role: 'sealKeeper', authorityId: row.authority_id },
    title: '签发事项等待电子印章',
    body: `业务编号 ${row.business_number}：${SEAL_WAITS[why]}。`,
    link: `/issuances/${row.id}`,
    createdAt: now,
  });
  return moved;
}

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

async function insertIntent(
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

/** The number of the case: the agency's own, or the register's next, which it keeps at every repetition; null when taken. */
async function giveNumber(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  rules: IssuanceRules,
  request: IssuanceRequest,
  now: Date,
): Promise<string | null> {
  const numbering = rules.definition.numberedBy;
  if (numbering.by === 'agency') {
    const number = request.face[numbering.element];
    if (typeof number !== 'string') throw new Error(`issuance ${row.id} has no number in its face`);
    const holder = await transaction<NumberRow>('certificate_number')
      .where({ catalog_entry_id: row.catalog_entry_id, authority_id: row.authority_id, number })
      .first('certificate_id');
    return holder === undefined || holder.certificate_id === deterministicId('certificate', row.id)
      ? number
      : null;
  }
  const kept = await transaction<NumberRow>('number_record').where({ issuance_id: row.id }).first('number');
  if (kept !== undefined) return kept.number;
  const { year } = civilDate(request.issuedOn);
  const { rows } = await transaction.raw<{ rows: { sequence: number }[] }>(
    `INSERT INTO number_counter AS counter (authority_id, catalog_entry_id, year, next_sequence) VALUES (?, ?, ?, 2)
     ON CONFLICT (authority_id, catalog_entry_id, year) DO UPDATE SET next_sequence = counter.next_sequence + 1
     RETURNING next_sequence - 1 AS sequence`,
    [row.authority_id, row.catalog_entry_id, year],
  );
  const sequence = rows[0]?.sequence;
  if (sequence === undefined) throw new Error('the number counter did not answer');
  const number = formatNumber(numbering.pattern, { year, sequence, area: rules.entitlement.areaName });
  if (!number.ok) throw new Error(`numbering of ${rules.definition.code}: ${number.refusal.expected}`);
  await transaction('number_record').insert({
    authority_id: row.authority_id,
    catalog_entry_id: row.catalog_entry_id,
    year,
    sequence,
    number: number.value,
    issuance_id: row.id,
    state: 'reserved',
    recorded_at: now,
  });
  return number.value;
}

/** 32 capital hexadecimal characters fixed by the case, for numbers that do not fit into an identifier. */
function freeSerial(issuanceId: string): string {
  return deterministicId('serial', issuanceId).replaceAll('-', '').toUpperCase();
}

function newVerificationCode(): string {
  return Array.from(randomBytes(CODE_LENGTH), (byte) => CODE_ALPHABET[byte % CODE_ALPHABET.length]).join('');
}

function maskedHolders(request: IssuanceRequest): readonly object[] {
  return request.holders.map((holder) => ({
    name: holder.kind === 'person' ? maskName(holder.name) : holder.name,
    code: holder.code === null ? null : maskIdentityNumber(holder.code),
    share: holder.share,
  }));
}
