import type { PaperKind } from '../domain/official-paper/paper-kind';
import type { Principal } from '../domain/shared/principal';
import type { Page, PageRequest } from './page';

export interface PaperView {
  readonly id: string;
  readonly kind: PaperKind;
  readonly number: string;
  readonly authorityId: string;
  readonly caseKind: string;
  readonly caseId: string;
  readonly issuedAt: string;
  /** When the addressee had it; null while nothing proves that. */
  readonly receivedAt: string | null;
}

/** What a paper says, as it is printed. */
export interface PaperText extends PaperView {
  readonly title: string;
  readonly addressee: string;
  readonly paragraphs: readonly string[];
  readonly issuedBy: string;
  readonly issuedOn: string;
}

/** Numbered papers (公文) for whoever wrote them and whom they are for. */
export interface OfficialPaperDesk {
  list(principal: Principal, page: PageRequest): Promise<Page<PaperView>>;
  /**
   * The paper with its text. Opening it as its addressee is a receipt; every read of it is recorded with its purpose.
   * Null when it is none of the principal's.
   */
  open(principal: Principal, paperId: string, purpose: string, traceId: string): Promise<PaperText | null>;
}
