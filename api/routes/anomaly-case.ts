import type { z } from 'zod';
import type { Principal } from '../../domain/shared/principal';
import type { Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import type {
  AffectedUses,
  AnomalyCaseView,
  NamedCertificate,
  ObjectionView,
  ReplyView,
} from '../../ports/anomaly-desk';
import {
  acceptAnomalyCase,
  decideAnomalyCase,
  fileObjection,
  getAffectedUses,
  getAnomalyCase,
  getAnomalyComparison,
  getAnomalyEvidence,
  getAnomalyReplies,
  handOverAnomalyCase,
  listAnomalyCases,
  recordContactAttempt,
  replyToObjectors,
  sendBackAnomalyCase,
  supplyAnomalyEvidence,
  transferAnomalyCase,
  withdrawObjection,
} from '../contract/anomaly-case';
import type { anomalyCaseSchema, newObjectionSchema } from '../contract/anomaly-shapes';
import { instantText, instantTextOrNull } from '../contract/shapes';
import type { Outcome } from '../http/answer';
import { bytes, created, empty, ok, refuse } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import { idempotencyOf } from '../http/idempotency-of';
import { pageAnswer, pageRequest } from '../http/page-answer';
import type { Call, Route } from '../http/route';
import { route } from '../http/route';

/** Whoever opens the values of a case does so in order to investigate it, unless another purpose is given. */
const INVESTIGATION_PURPOSE = '办理异常数据核查';

/** Objections to the data of certificates, and their cases (art. 20). */
export const anomalyCaseRoutes: readonly Route[] = [
  route(fileObjection, async ({ body }, call) => {
    const { claims, explanation, contact, attachmentIds } = body;
    const objection = { certificate: named(body), claims, explanation, contact, attachmentIds };
    const filed = await call.ports.anomalies.file(call.principal, objection, idempotencyOf(call));
    if (!filed.ok) return filed;
    const { caseId, joined, replayed } = filed.value;
    const view = await call.ports.anomalies.find(call.principal, caseId);
    if (view === null) return refuse('notFound');
    const location = `${API_ROOT}/anomaly-cases/${caseId}`;
    return joined || replayed ? ok(showCase(view), { location }) : created(showCase(view), location);
  }),

  route(listAnomalyCases, async ({ query }, { ports, principal, path }) => {
    const filter = { state: query.state ?? null, certificateId: query.certificateId ?? null };
    const page = await ports.anomalies.list(principal, filter, pageRequest(query));
    return pageAnswer(page, showCase, path, query);
  }),

  route(getAnomalyCase, ({ params }, call) => showAgain(params.id, call)),

  route(getAnomalyComparison, async ({ params }, { ports, principal, usePurpose, traceId }) => {
    const purpose = usePurpose ?? INVESTIGATION_PURPOSE;
    const compared = await ports.anomalies.comparison(principal, params.id, { purpose, traceId });
    if (!compared.ok) return compared;
    const { view, record, ...comparison } = compared.value;
    const asked = {
      ...record,
      askedAt: instantText(record.askedAt),
      answeredAt: instantTextOrNull(record.answeredAt),
    };
    return ok({
      ...statusOf(view),
      record: asked,
      ...comparison,
      availableActions: view.availableOperations,
    });
  }),

  route(getAffectedUses, async ({ params }, call) => {
    const uses = await call.ports.anomalies.affectedUses(call.principal, params.id);
    return uses.ok ? besideCase(params.id, call, showUses(uses.value)) : uses;
  }),

  route(getAnomalyReplies, async ({ params }, call) => {
    const replies = await call.ports.anomalies.replies(call.principal, params.id);
    return replies.ok ? besideCase(params.id, call, { replies: replies.value.map(showReply) }) : replies;
  }),

  route(getAnomalyEvidence, async ({ params }, { ports, principal, usePurpose, traceId }) => {
    const purpose = usePurpose ?? INVESTIGATION_PURPOSE;
    const found = await ports.anomalies.evidence(principal, params.id, params.attachmentId, {
      purpose,
      traceId,
    });
    if (!found.ok) return found;
    const { bytes: content, fileName } = found.value;
    // Never as what the objector called it: a browser must not run what a stranger uploaded.
    return bytes(content, 'application/octet-stream', {
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
      'x-content-type-options': 'nosniff',
    });
  }),

  route(acceptAnomalyCase, async ({ params, body }, call) => {
    const { anomalies } = call.ports;
    if (body.admissible) return caseAfter(await anomalies.accept(call.principal, params.id), params.id, call);
    if (body.reason === null) return refuse('reasonRequired');
    return caseAfter(
      await anomalies.refuseAdmission(call.principal, params.id, body.reason),
      params.id,
      call,
    );
  }),

  route(sendBackAnomalyCase, async ({ params, body }, call) =>
    caseAfter(await call.ports.anomalies.sendBack(call.principal, params.id, body.reason), params.id, call),
  ),

  route(decideAnomalyCase, async ({ params, body }, call) =>
    caseAfter(await call.ports.anomalies.decide(call.principal, params.id, body), params.id, call),
  ),

  route(transferAnomalyCase, async ({ params, body }, { ports, principal }) => {
    const done = await ports.anomalies.transfer(principal, params.id, body.authorityId, body.reason);
    return done.ok ? empty() : done;
  }),

  route(handOverAnomalyCase, async ({ params, body }, call) =>
    caseAfter(await call.ports.anomalies.handOver(call.principal, params.id, body), params.id, call),
  ),

  route(replyToObjectors, async ({ params }, call) =>
    caseAfter(await call.ports.anomalies.reply(call.principal, params.id), params.id, call),
  ),

  route(recordContactAttempt, async ({ params, body }, call) =>
    caseAfter(await call.ports.anomalies.recordAttempt(call.principal, params.id, body), params.id, call),
  ),

  route(withdrawObjection, async ({ params, body }, call) =>
    caseAfter(await call.ports.anomalies.withdraw(call.principal, params.id, body.reason), params.id, call),
  ),

  route(supplyAnomalyEvidence, async ({ params, body }, call) =>
    caseAfter(await call.ports.anomalies.supplyEvidence(call.principal, params.id, body), params.id, call),
  ),
];

/** The shape makes sure that exactly one way of naming is there. */
function named(body: z.output<typeof newObjectionSchema>): NamedCertificate {
  if (body.certificateId !== undefined) return { by: 'id', id: body.certificateId };
  if (body.identifier !== undefined) return { by: 'identifier', identifier: body.identifier };
  return { by: 'verificationCode', code: body.verificationCode ?? '' };
}

/** The case as it is after an act, or the act's refusal. */
async function caseAfter(
  done: Result<null, Refusal>,
  caseId: string,
  call: Call<Principal>,
): Promise<Outcome> {
  return done.ok ? showAgain(caseId, call) : done;
}

async function showAgain(caseId: string, { ports, principal }: Call<Principal>): Promise<Outcome> {
  const view = await ports.anomalies.find(principal, caseId);
  return view === null ? refuse('notFound') : ok(showCase(view));
}

async function besideCase(
  caseId: string,
  { ports, principal }: Call<Principal>,
  part: object,
): Promise<Outcome> {
  const view = await ports.anomalies.find(principal, caseId);
  return view === null ? refuse('notFound') : ok({ ...statusOf(view), ...part, availableActions: [] });
}

function statusOf({ id, state }: AnomalyCaseView) {
  return { id, state };
}

function showCase({ availableOperations, ...view }: AnomalyCaseView): z.input<typeof anomalyCaseSchema> {
  return {
    ...view,
    fields: [...view.fields],
    objections: view.objections.map(showObjection),
    filedAt: instantText(view.filedAt),
    acceptedAt: instantTextOrNull(view.acceptedAt),
    decidedAt: instantTextOrNull(view.decidedAt),
    repliedAt: instantTextOrNull(view.repliedAt),
    closedAt: instantTextOrNull(view.closedAt),
    dueAt: instantTextOrNull(view.dueAt),
    availableActions: [...availableOperations],
  };
}

function showObjection(view: ObjectionView) {
  return {
    ...view,
    fields: [...view.fields],
    attachmentIds: [...view.attachmentIds],
    filedAt: instantText(view.filedAt),
    withdrawnAt: instantTextOrNull(view.withdrawnAt),
    repliedAt: instantTextOrNull(view.repliedAt),
    receivedAt: instantTextOrNull(view.receivedAt),
  };
}

function showUses({ since, users, anonymousVerifications }: AffectedUses) {
  return {
    since: instantText(since),
    users: users.map((user) => ({
      ...user,
      firstAt: instantText(user.firstAt),
      lastAt: instantText(user.lastAt),
      toldAt: instantTextOrNull(user.toldAt),
    })),
    anonymousVerifications,
  };
}

function showReply(view: ReplyView) {
  return {
    ...view,
    repliedAt: instantTextOrNull(view.repliedAt),
    receivedAt: instantTextOrNull(view.receivedAt),
  };
}
