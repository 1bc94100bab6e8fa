import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { Face } from '../../../domain/catalog/face-schema';
import { maskFace, publicFace } from '../../../domain/catalog/mask-face';
import { completeFace } from '../../../domain/catalog/parse-face';
import {
  formatCertificateIdentifier,
  serialFromNumber,
} from '../../../domain/certificate/certificate-identifier';
import { boundValuesOf } from '../../../domain/issuance/bound-values';
import type { IssuanceRequest } from '../../../domain/issuance/issuance-request';
import { maskIdentityNumber, maskName } from '../../../domain/shared/mask-text';
import type { Clock } from '../../../ports/clock';
import type { IssuanceRules } from '../../../ports/issuance-desk';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import type { ProductionOrder } from '../../../ports/production-ledger';
import { cipherPlace } from '../../cipher/encrypted-columns';
import type { IssuanceRow } from '../issuance/issuance-row';
import { deterministicId } from '../register/deterministic-id';
import { versionPlace } from './version-place';

export interface CertificateVersionWriterOptions {
  readonly cipher: PersonalDataCipher;
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

/** 128 bits in an alphabet without letters that are read as digits: cannot be guessed, can be typed from paper. */
const CODE_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_LENGTH = 26;

/** Writes the certificate, version and holders of a case, once, and reads them back for every repetition of ③. */
export class CertificateVersionWriter {
  readonly #options: CertificateVersionWriterOptions;

  constructor(options: CertificateVersionWriterOptions) {
    this.#options = options;
  }

  /** What an earlier try wrote, or null when there is nothing or it fell back to draft. */
  async written(transaction: Knex.Transaction, row: IssuanceRow): Promise<ProductionOrder | null> {
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
  async write(
    transaction: Knex.Transaction,
    row: IssuanceRow,
    rules: IssuanceRules,
    request: IssuanceRequest,
    number: string,
  ): Promise<ProductionOrder> {
    const { cipher, clock } = this.#options;
    const now = clock.now();
    const place = await versionPlace(transaction, row);
    const { certificateId, versionId } = place;
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
      serial: serialFromNumber(number) ?? freeSerial(place.serialOf),
      version: place.version,
    });
    const code = newVerificationCode();
    await writeCertificate(transaction, row, certificateId, number, now);
    const version = {
      id: versionId,
      certificate_id: certificateId,
      authority_id: row.authority_id,
      trade: row.trade,
      version: place.version,
      identifier,
      state: 'awaitingSeal',
      catalog_entry_version_id: row.catalog_entry_version_id,
      issuance_id: row.id,
      previous_version_id: place.previousVersionId,
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

/** Writes the certificate of a new issue and who bears the number; a further version finds its certificate there. */
async function writeCertificate(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  certificateId: string,
  number: string,
  now: Date,
): Promise<void> {
  if (row.certificate_change_id === null) {
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
    // An amended request may bring another number; the first one is free again.
    await transaction('certificate_number')
      .where({ certificate_id: certificateId })
      .whereNot({ number })
      .delete();
  }
  await transaction('certificate_number')
    .insert({
      catalog_entry_id: row.catalog_entry_id,
      authority_id: row.authority_id,
      number,
      certificate_id: certificateId,
    })
    .onConflict(['catalog_entry_id', 'authority_id', 'number'])
    .ignore();
}

/** 32 capital hexadecimal characters fixed by the certificate, for numbers that do not fit into an identifier. */
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
