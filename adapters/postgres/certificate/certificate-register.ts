import type { Knex } from 'knex';
import type { CatalogDefinition } from '../../../domain/catalog/catalog-entry';
import type { Face } from '../../../domain/catalog/face-schema';
import { legalDateAt } from '../../../domain/shared/legal-date';
import { type Principal, principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import { accepted, refused } from '../../../domain/shared/result';
import type {
  CertificateList,
  CertificateRegister,
  CertificateView,
  DownloadKind,
  EventView,
  ReadPurpose,
  UseView,
} from '../../../ports/certificate-register';
import type { Clock } from '../../../ports/clock';
import type { FileStore } from '../../../ports/file-store';
import type { Page, PageRequest } from '../../../ports/page';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { recordRead } from '../evidence/read-audit';
import { recordSecurityEvent } from '../evidence/record-security-event';
import { pageOf, readCursor } from '../register/list-page';
import type { Register } from '../register/register';
import { searchTerm } from '../register/search-term';
import { listTerm } from './certificate-list';
import {
  CERTIFICATE_ROWS,
  type CertificateRow,
  certificateView,
  eventView,
  NEWEST_ISSUED,
  useView,
} from './certificate-rows';
import { maySeeUnmasked } from './may-see-unmasked';

/** What is needed to draw the face of a certificate as a picture. */
export interface CertificatePicture {
  readonly definition: CatalogDefinition;
  readonly face: Face;
  readonly number: string;
  readonly identifier: string;
  readonly verificationCode: string;
}

export interface CertificateRegisterOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly fileStore: FileStore;
  readonly clock: Clock;
  /** Draws the face as PNG for people to look at; the sealed files are OFD and PDF only. */
  readonly drawCertificate: (picture: CertificatePicture) => Promise<Uint8Array>;
}

interface FaceRow extends CertificateRow {
  readonly definition: CatalogDefinition;
  readonly face_cipher: Buffer;
  readonly verification_code_cipher: Buffer;
}

const MEDIA_TYPES = {
  ofd: 'application/ofd',
  pdf: 'application/pdf',
  png: 'image/png',
} as const satisfies Record<DownloadKind, string>;

/** Certificates of the register. Scope is the database's: what the row policies hide is not found. */
export class PostgresCertificateRegister implements CertificateRegister {
  readonly #options: CertificateRegisterOptions;

  constructor(options: CertificateRegisterOptions) {
    this.#options = options;
  }

  /** The newest issued version of each certificate. A name or code finds by its keyed digest, so only as a whole. */
  async search(
    principal: Principal,
    query: string | null,
    page: PageRequest,
    list?: CertificateList,
  ): Promise<Page<CertificateView>> {
    const after = readCursor(page.cursor);
    const today = legalDateAt(this.#options.clock.now().getTime());
    const listed = listTerm(list, today, after);
    const wanted =
      query === null || query.trim() === '' ? null : searchTerm(this.#options.cipher, query.trim());
    const rows = await this.#options.register.within(principal, async (transaction) => {
      const found = await transaction.raw<{ rows: CertificateRow[] }>(
        `${CERTIFICATE_ROWS} WHERE ${NEWEST_ISSUED}
         ${wanted === null ? '' : `AND ${wanted.condition}`}
         AND ${listed.condition} ORDER BY ${listed.order} LIMIT :limit`,
        {
          ...wanted?.bindings,
          ...listed.bindings,
          limit: page.limit + 1,
        },
      );
      return found.rows;
    });
    return pageOf(
      rows,
      page.limit,
      (row) => ({ at: listed.positionOf(row), id: row.id }),
      (row) => certificateView(row, principal),
    );
  }

  async find(principal: Principal, certificateId: string): Promise<CertificateView | null> {
    const row = await this.#options.register.within(principal, (transaction) =>
      newestVersion(transaction, certificateId),
    );
    return row === null ? null : certificateView(row, principal);
  }

  async face(
    principal: Principal,
    certificateId: string,
    read: ReadPurpose & { readonly unmask: boolean },
  ): ReturnType<CertificateRegister['face']> {
    const { register, clock } = this.#options;
    return register.within(principal, async (transaction) => {
      const row = await issuedVersion(transaction, certificateId, read.version);
      if (row === null) return refused<Refusal>({ code: 'notFound' });
      if (read.unmask && !maySeeUnmasked(principal)) return refused<Refusal>({ code: 'notPermitted' });
      const now = clock.now();
      const face = read.unmask ? this.#openFace(row) : row.masked_face;
      await this.#recordRead(transaction, principal, row, read, Object.keys(face), read.unmask, now);
      if (read.unmask && principal.kind === 'person') {
        await recordSecurityEvent(transaction, {
          kind: 'faceUnmasked',
          principal: principalName(principal),
          detail: { certificateVersionId: row.id, traceId: read.traceId },
          occurredAt: now,
        });
      }
      return accepted({ faceSchema: row.definition.faceSchema, face, masked: !read.unmask });
    });
  }

  /** The sealed bytes, checked against their digest while read; the read is recorded before they are handed out. */
  async file(
    principal: Principal,
    certificateId: string,
    kind: DownloadKind,
    read: ReadPurpose,
  ): ReturnType<CertificateRegister['file']> {
    const { register, clock } = this.#options;
    const found = await register.within(principal, async (transaction) => {
      const row = await issuedVersion(transaction, certificateId, read.version);
      if (row === null || !maySeeUnmasked(principal)) return row === null ? null : 'notPermitted';
      const digest =
        kind === 'png'
          ? null
          : await transaction<{ digest: string }>('certificate_file')
              .where({ certificate_version_id: row.id, file_kind: kind } as object)
              .first('digest');
      if (digest === undefined) return null;
      const fields = row.definition.faceSchema.map(({ name }) => name);
      await this.#recordRead(transaction, principal, row, read, fields, true, clock.now());
      return { row, digest: digest?.digest ?? null };
    });
    if (found === null) return refused({ code: 'notFound' });
    if (found === 'notPermitted') return refused({ code: 'notPermitted' });
    return this.#fileOf(found.row, kind, found.digest);
  }

  async events(
    principal: Principal,
    certificateId: string,
    page: PageRequest,
  ): Promise<Page<EventView> | null> {
    const after = readCursor(page.cursor);
    return this.#options.register.within(principal, async (transaction) => {
      if ((await newestVersion(transaction, certificateId)) === null) return null;
      const query = transaction<Parameters<typeof eventView>[0]>('event')
        .whereRaw(
          '(certificate_id = :id OR certificate_version_id IN (SELECT id FROM certificate_version WHERE certificate_id = :id))',
          { id: certificateId },
        )
        .orderBy([
          { column: 'recorded_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(page.limit + 1);
      if (after !== null) query.whereRaw('(recorded_at, id) < (?, ?::uuid)', [after.at, after.id]);
      const rows: readonly Parameters<typeof eventView>[0][] = await query;
      return pageOf(rows, page.limit, (row) => ({ at: row.recorded_at, id: row.id }), eventView);
    });
  }

  async versions(principal: Principal, certificateId: string): Promise<readonly CertificateView[] | null> {
    const rows = await this.#options.register.within(principal, async (transaction) => {
      const found = await transaction.raw<{ rows: CertificateRow[] }>(
        `${CERTIFICATE_ROWS} WHERE v.certificate_id = ? AND v.issued_at IS NOT NULL ORDER BY v.version DESC`,
        [certificateId],
      );
      return found.rows;
    });
    return rows.length === 0 ? null : rows.map((row, index) => certificateView(row, principal, index === 0));
  }

  async uses(principal: Principal, certificateId: string, page: PageRequest): Promise<Page<UseView> | null> {
    const after = readCursor(page.cursor);
    return this.#options.register.within(principal, async (transaction) => {
      if ((await newestVersion(transaction, certificateId)) === null) return null;
      const found = await transaction.raw<{ rows: Parameters<typeof useView>[0][] }>(
        `SELECT r.*, a.name AS authority_name FROM read_audit r LEFT JOIN authority a ON a.id = r.authority_id
         WHERE r.resource_kind = 'certificate' AND r.resource_id = :certificateId
         ${after === null ? '' : 'AND (r.read_at, r.id) < (:at, :afterId::uuid)'}
         ORDER BY r.read_at DESC, r.id DESC LIMIT :limit`,
        {
          certificateId,
          ...(after === null ? {} : { at: after.at, afterId: after.id }),
          limit: page.limit + 1,
        },
      );
      return pageOf(found.rows, page.limit, (row) => ({ at: row.read_at, id: row.id }), useView);
    });
  }

  #openFace(row: FaceRow): Face {
    const face: Face = JSON.parse(
      this.#options.cipher.decrypt(row.face_cipher, cipherPlace('certificate_version.face_cipher', row.id)),
    );
    return face;
  }

  async #recordRead(
    transaction: Knex.Transaction,
    principal: Principal,
    row: FaceRow,
    read: ReadPurpose,
    fields: readonly string[],
    unmasked: boolean,
    readAt: Date,
  ): Promise<void> {
    await recordRead(transaction, {
      principal,
      purpose: read.purpose,
      traceId: read.traceId,
      resourceKind: 'certificate',
      resourceId: row.certificate_id,
      certificateVersionId: row.id,
      fields,
      unmasked,
      readAt,
    });
  }

  async #fileOf(
    row: FaceRow,
    kind: DownloadKind,
    digest: string | null,
  ): ReturnType<CertificateRegister['file']> {
    const { fileStore, cipher, drawCertificate } = this.#options;
    const fileName = `${row.certificate_name}-${row.number}.${kind}`;
    if (digest === null) {
      const bytes = await drawCertificate({
        definition: row.definition,
        face: this.#openFace(row),
        number: row.number,
        identifier: row.identifier,
        verificationCode: cipher.decrypt(
          row.verification_code_cipher,
          cipherPlace('certificate_version.verification_code_cipher', row.id),
        ),
      });
      return accepted({ bytes, mediaType: MEDIA_TYPES.png, digest: '', fileName });
    }
    const bytes = await fileStore.get(digest);
    if (bytes === null) throw new Error(`the file ${digest} of a certificate is not in the store`);
    return accepted({ bytes, mediaType: MEDIA_TYPES[kind], digest, fileName });
  }
}

/** The version that was asked for, as far as it was issued; old files stay retrievable. */
async function issuedVersion(
  transaction: Knex.Transaction,
  certificateId: string,
  version: string | undefined,
): Promise<FaceRow | null> {
  if (version === undefined) return newestVersion(transaction, certificateId);
  const { rows } = await transaction.raw<{ rows: FaceRow[] }>(
    `${CERTIFICATE_ROWS} WHERE c.id = ? AND v.version = ? AND v.issued_at IS NOT NULL`,
    [certificateId, version],
  );
  return rows[0] ?? null;
}

async function newestVersion(transaction: Knex.Transaction, certificateId: string): Promise<FaceRow | null> {
  const { rows } = await transaction.raw<{ rows: FaceRow[] }>(
    `${CERTIFICATE_ROWS} WHERE c.id = ? AND ${NEWEST_ISSUED}`,
    [certificateId],
  );
  return rows[0] ?? null;
}
