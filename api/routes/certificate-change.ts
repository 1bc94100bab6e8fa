import type { z } from 'zod';
import type { ChangeKind } from '../../domain/certificate-change/change-kind';
import { opensVersion } from '../../domain/certificate-change/change-kind';
import { isChangeFinal } from '../../domain/certificate-change/lifecycle';
import type { ChangeRequestBody } from '../../domain/certificate-change/parse-change-request';
import { parseChangeRequest } from '../../domain/certificate-change/parse-change-request';
import type { IssuanceRequestBody } from '../../domain/issuance/parse-issuance-request';
import { parseIssuanceRequest } from '../../domain/issuance/parse-issuance-request';
import type { Principal } from '../../domain/shared/principal';
import type { Problem, Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import { accepted, refused } from '../../domain/shared/result';
import type { CertificateChangeView, NewCertificateChange } from '../../ports/certificate-change-desk';
import {
  amendCertificate,
  cancelCertificate,
  type certificateChangeSchema,
  correctCertificate,
  getCertificateChange,
  inspectCertificate,
  listCertificateChanges,
  recallCertificate,
  reinstateCertificate,
  reissueCertificate,
  renewCertificate,
  rescindCertificate,
  resubmitCertificateChange,
  resumeCertificate,
  revokeCertificate,
  suspendCertificate,
  transferCertificateIn,
  transferCertificateOut,
  undoTransferOut,
  voidCertificate,
  withdrawCertificateChange,
} from '../contract/certificate-change';
import { instantText, instantTextOrNull } from '../contract/shapes';
import type { Outcome } from '../http/answer';
import { created, ok, pending, refuse } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import { idempotencyOf } from '../http/idempotency-of';
import { pageAnswer, pageRequest } from '../http/page-answer';
import type { Call, Route } from '../http/route';
import { route } from '../http/route';

type StatusBody = Omit<
  ChangeRequestBody,
  'reissueReason' | 'correctedElements' | 'inspection' | 'toAuthorityId' | 'destination'
>;
type VersionBody = Omit<IssuanceRequestBody, 'backEntryReason'> & StatusBody;

const NOTHING_MORE = {
  reissueReason: null,
  correctedElements: [],
  inspection: null,
  toAuthorityId: null,
  destination: null,
} as const;

/** What a caller asks for, in one form for every kind. */
interface Asked {
  readonly act: ChangeRequestBody;
  readonly version: IssuanceRequestBody | null;
}

function status(body: StatusBody, more: Partial<ChangeRequestBody> = {}): Asked {
  return { act: { ...NOTHING_MORE, ...actOf(body), ...more }, version: null };
}

function withVersion(body: VersionBody, more: Partial<ChangeRequestBody> = {}): Asked {
  return {
    act: { ...NOTHING_MORE, ...actOf(body), ...more },
    version: { ...body, backEntryReason: null },
  };
}

function actOf({
  businessNumber,
  decidedAt,
  reason,
  legalGround,
  decision,
  attachments,
}: StatusBody): StatusBody {
  return { businessNumber, decidedAt, reason, legalGround, decision, attachments };
}

/** Changes of a certificate: what alters its state is done as it is received, what opens a version is a case. */
export const certificateChangeRoutes: readonly Route[] = [
  route(amendCertificate, ({ params, body }, call) => begin('amend', params.id, withVersion(body), call)),
  route(renewCertificate, ({ params, body }, call) => begin('renew', params.id, withVersion(body), call)),
  route(correctCertificate, ({ params, body }, call) =>
    begin('correct', params.id, withVersion(body, { correctedElements: body.correctedElements }), call),
  ),
  route(reissueCertificate, ({ params, body }, call) =>
    begin('reissue', params.id, withVersion(body, { reissueReason: body.reissueReason }), call),
  ),
  route(reinstateCertificate, ({ params, body }, call) =>
    begin('reinstate', params.id, withVersion(body), call),
  ),
  route(transferCertificateIn, ({ params, body }, call) =>
    begin('transferIn', params.id, withVersion(body), call),
  ),
  route(inspectCertificate, ({ params, body }, call) => {
    const { inspectedOn, result, nextDueOn } = body;
    const inspection = { inspectedOn, result, nextDueOn };
    return begin('inspectPeriodically', params.id, status(body, { inspection }), call);
  }),
  route(transferCertificateOut, ({ params, body }, call) => {
    const { toAuthorityId, destination } = body;
    return begin('transferOut', params.id, status(body, { toAuthorityId, destination }), call);
  }),
  route(undoTransferOut, ({ params, body }, call) => begin('undoTransferOut', params.id, status(body), call)),
  route(suspendCertificate, ({ params, body }, call) => begin('suspend', params.id, status(body), call)),
  route(resumeCertificate, ({ params, body }, call) => begin('resume', params.id, status(body), call)),
  route(cancelCertificate, ({ params, body }, call) => begin('cancel', params.id, status(body), call)),
  route(rescindCertificate, ({ params, body }, call) => begin('rescind', params.id, status(body), call)),
  route(recallCertificate, ({ params, body }, call) => begin('recall', params.id, status(body), call)),
  route(revokeCertificate, ({ params, body }, call) => begin('revoke', params.id, status(body), call)),
  route(voidCertificate, ({ params, body }, call) => begin('void', params.id, status(body), call)),

  route(listCertificateChanges, async ({ query }, { ports, principal, path }) => {
    const filter = {
      state: query.state ?? null,
      operation: query.operation ?? null,
      certificateId: query.certificateId ?? null,
    };
    const page = await ports.certificateChanges.list(principal, filter, pageRequest(query));
    return pageAnswer(page, showChange, path, query);
  }),

  route(getCertificateChange, async ({ params }, call) => {
    const view = await viewWithinWait(params.id, call);
    return view === null ? refuse('notFound') : ok(showChange(view), preferenceApplied(call));
  }),

  route(withdrawCertificateChange, async ({ params, body }, { ports, principal }) => {
    const withdrawn = await ports.certificateChanges.withdraw(principal, params.id, body.reason);
    if (!withdrawn.ok) return withdrawn;
    const view = await ports.certificateChanges.find(principal, params.id);
    return view === null ? refuse('notFound') : ok(showChange(view));
  }),

  route(resubmitCertificateChange, async ({ params, body }, call) => {
    const before = await call.ports.certificateChanges.find(call.principal, params.id);
    if (before === null) return refuse('notFound');
    if (!opensVersion(before.operation)) return refuse('transitionNotAllowed');
    const { correctedElements, reissueReason } = body;
    const asked = withVersion(body, { correctedElements, reissueReason });
    const change = await judge(before.operation, before.certificateId, asked, call);
    if (!change.ok) return change;
    const done = await call.ports.certificateChanges.resubmit(call.principal, params.id, change.value);
    return done.ok ? answerChange(params.id, true, call) : done;
  }),
];

/** What the same key began before is answered again; otherwise type and entitlement, then content, then the register. */
async function begin(
  kind: ChangeKind,
  certificateId: string,
  asked: Asked,
  call: Call<Principal>,
): Promise<Outcome> {
  const idempotency = idempotencyOf(call);
  const earlier = await call.ports.replays.replayOf(call.principal, idempotency);
  if (!earlier.ok) return earlier;
  if (earlier.value !== null) return answerChange(earlier.value.issuanceId, true, call);
  const change = await judge(kind, certificateId, asked, call);
  if (!change.ok) return change;
  const begun = await call.ports.certificateChanges.begin(call.principal, change.value, idempotency);
  if (!begun.ok) return begun;
  return answerChange(begun.value.changeId, begun.value.replayed, call);
}

async function judge(
  kind: ChangeKind,
  certificateId: string,
  { act, version }: Asked,
  { ports, principal, nowMs }: Call<Principal>,
): Promise<Result<NewCertificateChange, Refusal>> {
  const rules = await ports.certificateChanges.rulesFor(principal, certificateId, kind);
  if (!rules.ok) return rules;
  if (rules.value === null || version === null) {
    const parsed = parseChangeRequest(kind, act, null, nowMs);
    if (!parsed.ok) return refused({ code: 'contentInvalid', problems: parsed.refusal });
    return accepted({ kind, certificateId, request: parsed.value, newVersion: null });
  }
  const followed = parseIssuanceRequest(version, rules.value, nowMs);
  const request = parseChangeRequest(kind, act, followed.ok ? followed.value.request : null, nowMs);
  if (!followed.ok || !request.ok) {
    return refused(
      contentRefusal([...(followed.ok ? [] : followed.refusal), ...(request.ok ? [] : request.refusal)]),
    );
  }
  const { uniquenessKey } = followed.value;
  return accepted({
    kind,
    certificateId,
    request: request.value,
    newVersion: { rules: rules.value, uniquenessKey },
  });
}

/** One mistake is one problem, also where act and version share a member. */
function contentRefusal(problems: readonly Problem[]): Refusal {
  const known = new Set<string>();
  const once = problems.filter(({ pointer, code }) => {
    const key = `${pointer} ${code}`;
    return known.has(key) ? false : known.add(key);
  });
  const isFace = once.every(({ pointer }) => pointer.startsWith('/face'));
  return { code: isFace ? 'faceInvalid' : 'contentInvalid', problems: once };
}

/** 201 (200 for a replay) when the change is final, else 202 with where it is looked up. */
async function answerChange(changeId: string, isReplay: boolean, call: Call<Principal>): Promise<Outcome> {
  const view = await viewWithinWait(changeId, call);
  if (view === null) return refuse('notFound');
  const location = `${API_ROOT}/certificate-changes/${changeId}`;
  const headers = preferenceApplied(call);
  if (!isChangeFinal(view.state)) return pending(showChange(view), location, headers);
  return isReplay
    ? ok(showChange(view), { location, ...headers })
    : created(showChange(view), location, headers);
}

async function viewWithinWait(
  changeId: string,
  call: Call<Principal>,
): Promise<CertificateChangeView | null> {
  const { ports, principal, waitMs } = call;
  const view = await ports.certificateChanges.find(principal, changeId);
  if (view === null || isChangeFinal(view.state) || waitMs === 0 || ports.draining.aborted) return view;
  const stopped = new Promise<void>((resolve) => {
    ports.draining.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([ports.certificateChanges.waitForOutcome(principal, changeId, waitMs), stopped]);
  return ports.certificateChanges.find(principal, changeId);
}

function preferenceApplied({ waitMs }: Call<Principal>): Record<string, string> {
  return waitMs > 0 ? { 'preference-applied': `wait=${waitMs / 1000}` } : {};
}

/** A change as the API shows it. */
function showChange(view: CertificateChangeView): z.input<typeof certificateChangeSchema> {
  const { availableOperations, attachmentIds, correctedElements, ...rest } = view;
  return {
    ...rest,
    attachmentIds: [...attachmentIds],
    correctedElements: [...correctedElements],
    decidedAt: instantText(view.decidedAt),
    receivedAt: instantText(view.receivedAt),
    updatedAt: instantText(view.updatedAt),
    closedAt: instantTextOrNull(view.closedAt),
    availableActions: [...availableOperations],
  };
}
