import type { Principal } from '../../../domain/shared/principal';
import type { OfficialPaperDesk, PaperText } from '../../../ports/official-paper-desk';
import { AGENCY } from './fake-identity';
import { DELIVERY_ID, INSTANT } from './fake-ids';

export const PAPER: PaperText = {
  id: DELIVERY_ID,
  kind: 'deliveryReceipt',
  number: '鄂东审服〔2026〕12号',
  authorityId: AGENCY.authorityId,
  caseKind: 'delivery',
  caseId: DELIVERY_ID,
  issuedAt: INSTANT,
  receivedAt: null,
  title: '电子证照送达回证',
  addressee: '阿拉腾其其格 <𠅤>',
  paragraphs: ['送达文书：道路运输证。'],
  issuedBy: '东胜区行政审批和政务服务局',
  issuedOn: '2026-11-23',
};

/** One paper. */
export class FakeOfficialPaperDesk implements OfficialPaperDesk {
  async list() {
    const { title, addressee, paragraphs, issuedBy, issuedOn, ...view } = PAPER;
    return { items: [view], nextCursor: null };
  }
  async open(_: Principal, paperId: string) {
    return paperId === PAPER.id ? PAPER : null;
  }
}
