import type { Knex } from 'knex';
import type { PaperKind } from '../../../domain/official-paper/paper-kind';
import { PAPER_KINDS } from '../../../domain/official-paper/paper-kind';
import { paperNumber } from '../../../domain/official-paper/paper-number';
import { legalDateAt } from '../../../domain/shared/legal-date';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { deterministicId } from '../register/deterministic-id';

/** What a paper says, as it is printed; kept encrypted. */
export interface PaperContent {
  readonly title: string;
  readonly addressee: string;
  readonly paragraphs: readonly string[];
  /** The name of the unit that gives it. */
  readonly issuedBy: string;
  /** YYYY-MM-DD of Beijing time. */
  readonly issuedOn: string;
}

export interface NewOfficialPaper {
  readonly kind: PaperKind;
  readonly authorityId: string;
  readonly trade: string;
  readonly caseKind: string;
  readonly caseId: string;
  /** Distinguishes several papers of one kind in one case: a round, an objector. */
  readonly part: string;
  readonly addressee: {
    readonly name: string;
    readonly holderLookup?: Uint8Array | null;
    readonly personId?: string | null;
  };
  readonly paragraphs: readonly string[];
  readonly now: Date;
}

export interface OfficialPaper {
  readonly id: string;
  readonly number: string;
}

interface PaperRow {
  readonly id: string;
  readonly number: string;
}

/**
 * Effect: the paper exists with the next number of its unit and year (鄂…〔2026〕N号), in the caller's transaction, so no
 * number is lost. Idempotent by kind, case and part: the paper that is there is answered. Runs as the product itself
 * (a system principal), because a counter belongs to no reader. Throws for an unknown authority.
 */
export async function issueOfficialPaper(
  transaction: Knex.Transaction,
  cipher: PersonalDataCipher,
  paper: NewOfficialPaper,
): Promise<OfficialPaper> {
  const naturalKey = `${paper.kind}/${paper.caseKind}/${paper.caseId}/${paper.part}`;
  const known = await transaction<PaperRow>('official_paper')
    .where({ natural_key: naturalKey } as object)
    .first('id', 'number');
  if (known !== undefined) return known;
  const unit = await transaction<{ id: string; name: string; document_word: string | null }>('authority')
    .where({ id: paper.authorityId })
    .first('name', 'document_word');
  if (unit === undefined) throw new Error(`authority ${paper.authorityId} is not in the register`);
  const issuedOn = legalDateAt(paper.now.getTime());
  const year = Number(issuedOn.slice(0, 4));
  const sequence = await nextSequence(transaction, paper.authorityId, year);
  const id = deterministicId('official paper', naturalKey);
  const number = paperNumber(unit.document_word, year, sequence);
  const content: PaperContent = {
    title: PAPER_KINDS[paper.kind],
    addressee: paper.addressee.name,
    paragraphs: paper.paragraphs,
    issuedBy: unit.name,
    issuedOn,
  };
  await transaction('official_paper').insert({
    id,
    natural_key: naturalKey,
    kind: paper.kind,
    authority_id: paper.authorityId,
    trade: paper.trade,
    year,
    sequence,
    number,
    case_kind: paper.caseKind,
    case_id: paper.caseId,
    addressee_holder_lookup:
      paper.addressee.holderLookup == null ? null : Buffer.from(paper.addressee.holderLookup),
    addressee_person_id: paper.addressee.personId ?? null,
    content_cipher: cipher.encrypt(JSON.stringify(content), cipherPlace('official_paper.content_cipher', id)),
    issued_at: paper.now,
  });
  return { id, number };
}

/** Effect: the first receipt of a paper is on record. Idempotent; out: whether this was the first. */
export async function recordPaperReceipt(
  transaction: Knex.Transaction,
  receipt: {
    readonly paperId: string;
    readonly receivedBy: string;
    readonly how: 'openedInApplication' | 'signedAtCounter' | 'portalReceipt';
    readonly now: Date;
  },
): Promise<boolean> {
  const written = await transaction('official_paper_receipt')
    .insert({
      official_paper_id: receipt.paperId,
      received_by: receipt.receivedBy,
      how: receipt.how,
      received_at: receipt.now,
    })
    .onConflict('official_paper_id')
    .ignore()
    .returning('official_paper_id');
  return written.length > 0;
}

async function nextSequence(
  transaction: Knex.Transaction,
  authorityId: string,
  year: number,
): Promise<number> {
  const { rows } = await transaction.raw<{ rows: { last_sequence: number }[] }>(
    `INSERT INTO official_paper_counter (authority_id, year, last_sequence) VALUES (?, ?, 1)
     ON CONFLICT (authority_id, year) DO UPDATE SET last_sequence = official_paper_counter.last_sequence + 1
     RETURNING last_sequence`,
    [authorityId, year],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a counter answered nothing');
  return row.last_sequence;
}
