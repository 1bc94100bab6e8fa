import { REAL_ESTATE_CERTIFICATE } from '../../../domain/catalog/built-in/real-estate-certificate';
import type { Principal } from '../../../domain/shared/principal';
import { accepted, refused } from '../../../domain/shared/result';
import type { IssuanceDraft, IssuanceDraftDesk } from '../../../ports/issuance-desk';
import { INSTANT } from './fake-ids';

/** Drafts with revisions. */
export class FakeDraftDesk implements IssuanceDraftDesk {
  readonly drafts = new Map<string, IssuanceDraft>();

  async create(_: Principal, { catalogCode, body }: Parameters<IssuanceDraftDesk['create']>[1]) {
    const id = `00000000-0000-4000-8000-0000000d${String(this.drafts.size + 1).padStart(4, '0')}`;
    const draft = { id, catalogCode, revision: 1, updatedAt: INSTANT, body };
    this.drafts.set(id, draft);
    return accepted(draft);
  }
  async find(_: Principal, draftId: string) {
    return this.drafts.get(draftId) ?? null;
  }
  async list() {
    return { items: [...this.drafts.values()], nextCursor: null };
  }
  async save(_: Principal, draftId: string, revision: number, body: IssuanceDraft['body']) {
    const draft = this.drafts.get(draftId);
    if (draft === undefined) return refused({ code: 'notFound' as const });
    if (draft.revision !== revision) return refused({ code: 'revisionConflict' as const });
    const saved = { ...draft, revision: revision + 1, body };
    this.drafts.set(draftId, saved);
    return accepted(saved);
  }
  async discard(_: Principal, draftId: string) {
    return this.drafts.delete(draftId) ? accepted(null) : refused({ code: 'notFound' as const });
  }
  async copyFromLast(_: Principal, catalogCode: string) {
    return catalogCode === REAL_ESTATE_CERTIFICATE.code ? { face: { 用途: '住宅' } } : null;
  }
}
