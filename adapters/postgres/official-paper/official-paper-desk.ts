import type { Knex } from 'knex';
import type { PaperKind } from '../../../domain/official-paper/paper-kind';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { Principal, SystemPrincipal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Clock } from '../../../ports/clock';
import type { OfficialPaperDesk, PaperText, PaperView } from '../../../ports/official-paper-desk';
import type { Page, PageRequest } from '../../../ports/page';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { recordRead } from '../evidence/read-audit';
import { pageOf, readCursor } from '../register/list-page';
import type { Register } from '../register/register';
import type { PaperContent } from './official-papers';
import { recordPaperReceipt } from './official-papers';

const RECEIPTS: SystemPrincipal = { kind: 'system', component: 'paperReceipts' };

interface PaperRow {
  readonly id: string;
  readonly kind: PaperKind;
  readonly number: string;
  readonly authority_id: string;
  readonly case_kind: string;
  readonly case_id: string;
  readonly addressee_holder_lookup: Buffer | null;
  readonly addressee_person_id: string | null;
  readonly content_cipher: Buffer;
  readonly issued_at: Date;
  readonly received_at: Date | null;
}

const PAPERS = `SELECT p.*, r.received_at FROM official_paper p
  LEFT JOIN official_paper_receipt r ON r.official_paper_id = p.id`;

/** Papers on the register; whose they are the row policies decide. */
export class PostgresOfficialPaperDesk implements OfficialPaperDesk {
  readonly #options: {
    readonly register: Register;
    readonly cipher: PersonalDataCipher;
    readonly clock: Clock;
  };

  constructor(options: {
    readonly register: Register;
    readonly cipher: PersonalDataCipher;
    readonly clock: Clock;
  }) {
    this.#options = options;
  }

  async list(principal: Principal, page: PageRequest): Promise<Page<PaperView>> {
    const after = readCursor(page.cursor);
    const { rows } = await this.#options.register.within(principal, (transaction) =>
      transaction.raw<{ rows: PaperRow[] }>(
        `${PAPERS} ${after === null ? '' : 'WHERE (p.issued_at, p.id) < (:at, :id::uuid)'}
         ORDER BY p.issued_at DESC, p.id DESC LIMIT :limit`,
        { limit: page.limit + 1, at: after?.at ?? null, id: after?.id ?? null },
      ),
    );
    return pageOf(rows, page.limit, (row) => ({ at: row.issued_at, id: row.id }), viewOf);
  }

  async open(
    principal: Principal,
    paperId: string,
    purpose: string,
    traceId: string,
  ): Promise<PaperText | null> {
    const { register, cipher, clock } = this.#options;
    const row = await register.within(principal, async (transaction) => {
      const found = await readPaper(transaction, paperId);
      if (found === null) return null;
      await recordRead(transaction, {
        principal,
        purpose,
        traceId,
        resourceKind: 'officialPaper',
        resourceId: found.id,
        certificateVersionId: null,
        fields: ['addressee', 'paragraphs'],
        unmasked: true,
        readAt: clock.now(),
      });
      return found;
    });
    if (row === null) return null;
    const receivedAt = row.received_at ?? (isAddressee(principal, row) ? clock.now() : null);
    if (row.received_at === null && receivedAt !== null) {
      await register.within(RECEIPTS, (transaction) =>
        recordPaperReceipt(transaction, {
          paperId: row.id,
          receivedBy: principalName(principal),
          how: 'openedInApplication',
          now: receivedAt,
        }),
      );
    }
    const content = JSON.parse(
      cipher.decrypt(row.content_cipher, cipherPlace('official_paper.content_cipher', row.id)),
    ) as PaperContent;
    return { ...viewOf({ ...row, received_at: receivedAt }), ...content };
  }
}

async function readPaper(transaction: Knex.Transaction, paperId: string): Promise<PaperRow | null> {
  const { rows } = await transaction.raw<{ rows: PaperRow[] }>(`${PAPERS} WHERE p.id = ?`, [paperId]);
  return rows[0] ?? null;
}

function isAddressee(principal: Principal, row: PaperRow): boolean {
  switch (principal.kind) {
    case 'holder':
      return row.addressee_holder_lookup?.toString('hex') === principal.holderLookup;
    case 'person':
    case 'relyingParty':
      return row.addressee_person_id === principal.personId;
    case 'agency':
    case 'system':
      return false;
  }
}

function viewOf(row: PaperRow): PaperView {
  return {
    id: row.id,
    kind: row.kind,
    number: row.number,
    authorityId: row.authority_id,
    caseKind: row.case_kind,
    caseId: row.case_id,
    issuedAt: shanghaiInstant(row.issued_at.getTime()),
    receivedAt: row.received_at === null ? null : shanghaiInstant(row.received_at.getTime()),
  };
}
