import type { z } from 'zod';
import type { IssuanceDraft } from '../../ports/issuance-desk';
import { issuanceRequestSchema } from '../contract/issuance';
import {
  copyLastIssuance,
  createIssuanceDraft,
  discardIssuanceDraft,
  getIssuanceDraft,
  type issuanceDraftSchema,
  listIssuanceDrafts,
  saveIssuanceDraft,
  submitIssuanceDraft,
} from '../contract/issuance-draft';
import { instantText } from '../contract/shapes';
import type { Headers, Outcome } from '../http/answer';
import { created, empty, ok, refuse } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import { idempotencyOf } from '../http/idempotency-of';
import { pageAnswer, pageRequest } from '../http/page-answer';
import type { Route } from '../http/route';
import { route } from '../http/route';
import { shapeProblems } from '../http/shape-problems';
import { acceptIssuance, answerCase } from './issuance';

/** An operator's unfinished forms; nothing of them counts until submitted. */
export const issuanceDraftRoutes: readonly Route[] = [
  route(createIssuanceDraft, async ({ body }, call) => {
    const wanted = { catalogCode: body.catalogCode, body: draftBody(body.body) };
    const draft = await call.ports.drafts.create(call.principal, wanted, idempotencyOf(call));
    return draft.ok ? createdDraft(draft.value) : draft;
  }),

  route(copyLastIssuance, async ({ body }, call) => {
    const { ports, principal } = call;
    const last = await ports.drafts.copyFromLast(principal, body.catalogCode);
    if (last === null) return refuse('notFound');
    const wanted = { catalogCode: body.catalogCode, body: last };
    const draft = await ports.drafts.create(principal, wanted, idempotencyOf(call));
    return draft.ok ? createdDraft(draft.value) : draft;
  }),

  route(listIssuanceDrafts, async ({ query }, { ports, principal, path }) =>
    pageAnswer(await ports.drafts.list(principal, pageRequest(query)), showDraft, path, query),
  ),

  route(getIssuanceDraft, async ({ params }, { ports, principal }) => {
    const draft = await ports.drafts.find(principal, params.id);
    return draft === null ? refuse('notFound') : ok(showDraft(draft), etag(draft));
  }),

  route(saveIssuanceDraft, async ({ params, body }, { ports, principal, ifMatch }) => {
    const saved = await ports.drafts.save(principal, params.id, ifMatch, draftBody(body.body));
    return saved.ok ? ok(showDraft(saved.value), etag(saved.value)) : saved;
  }),

  route(discardIssuanceDraft, async ({ params }, { ports, principal }) => {
    const discarded = await ports.drafts.discard(principal, params.id);
    return discarded.ok ? empty() : discarded;
  }),

  route(submitIssuanceDraft, async ({ params }, call) => {
    const { ports, principal } = call;
    const draft = await ports.drafts.find(principal, params.id);
    if (draft === null) {
      const earlier = await ports.replays.replayOf(principal, idempotencyOf(call));
      if (!earlier.ok) return earlier;
      return earlier.value === null ? refuse('notFound') : answerCase(earlier.value.issuanceId, true, call);
    }
    const body = { ...draft.body, catalogCode: draft.catalogCode };
    const shaped = issuanceRequestSchema.safeParse(body, { reportInput: true });
    if (!shaped.success) return refuse('contentInvalid', shapeProblems(shaped.error));
    return acceptIssuance(shaped.data, call, async () => {
      const discarded = await ports.drafts.discard(principal, draft.id);
      if (!discarded.ok)
        ports.log.warn({ traceId: call.traceId, draftId: draft.id }, 'submitted draft stays');
    });
  }),
];

/** The port types one member of a draft more closely than anybody can know before it is judged. */
function draftBody(body: Readonly<Record<string, unknown>>): IssuanceDraft['body'] {
  return body as IssuanceDraft['body'];
}

function createdDraft(draft: IssuanceDraft): Outcome {
  return created(showDraft(draft), `${API_ROOT}/issuance-drafts/${draft.id}`, etag(draft));
}

function etag({ revision }: IssuanceDraft): Headers {
  return { etag: `"${revision}"` };
}

function showDraft({ updatedAt, ...draft }: IssuanceDraft): z.input<typeof issuanceDraftSchema> {
  return {
    ...draft,
    state: 'draft',
    updatedAt: instantText(updatedAt),
    availableActions: ['save', 'submit', 'discard'],
  };
}
