import type { PaperText, PaperView } from '../../ports/official-paper-desk';
import { listPapers, openPaper } from '../contract/official-paper';
import { instantText, instantTextOrNull } from '../contract/shapes';
import { ok, refuse } from '../http/answer';
import { pageAnswer, pageRequest } from '../http/page-answer';
import type { Route } from '../http/route';
import { route } from '../http/route';
import { PAPER_HEADERS, renderPaper } from '../official-paper-page';

const DEFAULT_PURPOSE = '查阅公文';

/** Numbered papers, for whoever wrote them and whom they are for. */
export const officialPaperRoutes: readonly Route[] = [
  route(listPapers, async ({ query }, { ports, principal, path }) =>
    pageAnswer(await ports.papers.list(principal, pageRequest(query)), showPaper, path, query),
  ),

  route(openPaper, async ({ params }, { ports, principal, usePurpose, traceId, wantsHtml }) => {
    const paper = await ports.papers.open(principal, params.id, usePurpose ?? DEFAULT_PURPOSE, traceId);
    if (paper === null) return refuse('notFound');
    if (!wantsHtml) return ok(showText(paper), PAPER_HEADERS);
    return {
      ok: true,
      value: { kind: 'html', status: 200, html: renderPaper(paper), headers: PAPER_HEADERS },
    };
  }),
];

function showPaper(paper: PaperView) {
  return {
    ...paper,
    state: paper.receivedAt === null ? ('issued' as const) : ('received' as const),
    issuedAt: instantText(paper.issuedAt),
    receivedAt: instantTextOrNull(paper.receivedAt),
    availableActions: [],
  };
}

function showText({ title, addressee, paragraphs, issuedBy, issuedOn, ...paper }: PaperText) {
  return { ...showPaper(paper), title, addressee, paragraphs: [...paragraphs], issuedBy, issuedOn };
}
