import type { z } from 'zod';
import type { CertificateState } from '../../domain/certificate/lifecycle';
import { CERTIFICATE_STATES } from '../../domain/certificate/lifecycle';
import { isIssuanceFinal } from '../../domain/issuance/lifecycle';
import { parseIssuanceRequest } from '../../domain/issuance/parse-issuance-request';
import { legalDateAt } from '../../domain/shared/legal-date';
import type { Principal } from '../../domain/shared/principal';
import type { Problem, Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import { accepted, refused } from '../../domain/shared/result';
import type { IssuanceView, NewIssuance } from '../../ports/issuance-desk';
import {
  createIssuance,
  getIssuance,
  getIssuanceRequest,
  type issuanceRequestSchema,
  type issuanceSchema,
  listIssuances,
  resubmitIssuance,
  withdrawIssuance,
} from '../contract/issuance';
import { instantText, instantTextOrNull } from '../contract/shapes';
import type { Outcome } from '../http/answer';
import { created, ok, pending, refuse } from '../http/answer';
import { API_ROOT } from '../http/api-root';
import { idempotencyOf } from '../http/idempotency-of';
import { pageAnswer, pageRequest } from '../http/page-answer';
import type { Call, Route } from '../http/route';
import { route } from '../http/route';

type RequestBody = z.output<typeof issuanceRequestSchema>;

/** Issuance cases: an agency's signed request, or an operator's form. */
export const issuanceRoutes: readonly Route[] = [
  route(createIssuance, ({ body }, call) => acceptIssuance(body, call)),

  route(listIssuances, async ({ query }, { ports, principal, path }) => {
    const filter = { state: query.state ?? null, businessNumber: query.businessNumber ?? null };
    return pageAnswer(
      await ports.issuances.list(principal, filter, pageRequest(query)),
      showIssuance,
      path,
      query,
    );
  }),

  route(getIssuance, async ({ params }, call) => {
    const view = await viewWithinWait(params.id, call);
    return view === null ? refuse('notFound') : ok(showIssuance(view), preferenceApplied(call));
  }),

  route(getIssuanceRequest, async ({ params }, { ports, principal, usePurpose, traceId }) => {
    const view = await ports.issuances.find(principal, params.id);
    if (view === null) return refuse('notFound');
    const purpose = usePurpose ?? '取回申请内容补正';
    const request = await ports.issuances.request(principal, params.id, { purpose, traceId });
    if (!request.ok) return request;
    const { attachmentIds, ...rest } = request.value;
    return ok({
      id: view.id,
      state: view.state,
      request: { ...rest, attachments: attachmentIds },
      availableActions: [...view.availableOperations],
    });
  }),

  route(withdrawIssuance, async ({ params, body }, { ports, principal }) => {
    const withdrawn = await ports.issuances.withdraw(principal, params.id, body.reason);
    if (!withdrawn.ok) return withdrawn;
    const view = await ports.issuances.find(principal, params.id);
    return view === null ? refuse('notFound') : ok(showIssuance(view));
  }),

  route(resubmitIssuance, async ({ params, body }, call) => {
    const before = await call.ports.issuances.find(call.principal, params.id);
    if (before === null) return refuse('notFound');
    if (before.catalogCode !== body.catalogCode) {
      return refuse('contentInvalid', [
        {
          pointer: '/catalogCode',
          code: 'mayNotChange',
          expected: '补正时不得更换证照类型，请撤件后重新申请',
        },
      ]);
    }
    const issuance = await judgeContent(body, call, before.origin === 'agency');
    if (!issuance.ok) return issuance;
    const resubmitted = await call.ports.issuances.resubmit(call.principal, params.id, issuance.value);
    if (!resubmitted.ok) return resubmitted;
    const view = await viewAfterWait(params.id, call);
    if (view === null) return refuse('notFound');
    const headers = preferenceApplied(call);
    return isIssuanceFinal(view.state)
      ? ok(showIssuance(view), headers)
      : pending(showIssuance(view), locationOf(params.id), headers);
  }),
];

/**
 * Accepts a request whose shape is right: what the same key created before is answered again without judging
 * the content anew; otherwise type and entitlement, then content. Nothing is stored on a refusal.
 */
export async function acceptIssuance(
  body: RequestBody,
  call: Call<Principal>,
  afterAcceptance: () => Promise<void> = async () => {},
): Promise<Outcome> {
  const idempotency = idempotencyOf(call);
  const earlier = await call.ports.replays.replayOf(call.principal, idempotency);
  if (!earlier.ok) return earlier;
  if (earlier.value !== null) return answerCase(earlier.value.issuanceId, true, call);
  const issuance = await judgeContent(body, call, call.principal.kind === 'agency');
  if (!issuance.ok) return issuance;
  const stored = await call.ports.issuances.accept(call.principal, issuance.value, idempotency);
  if (!stored.ok) return stored;
  await afterAcceptance();
  return answerCase(stored.value.issuanceId, stored.value.replayed, call);
}

/** Answers a case once it is final or the wait is over: 201 (or 200 for a replay) when final, else 202. */
export async function answerCase(
  issuanceId: string,
  isReplay: boolean,
  call: Call<Principal>,
): Promise<Outcome> {
  const view = isReplay ? await viewWithinWait(issuanceId, call) : await viewAfterWait(issuanceId, call);
  if (view === null) return refuse('notFound');
  const body = showIssuance(view);
  const headers = preferenceApplied(call);
  if (!isIssuanceFinal(view.state)) return pending(body, locationOf(issuanceId), headers);
  return isReplay
    ? ok(body, { location: locationOf(issuanceId), ...headers })
    : created(body, locationOf(issuanceId), headers);
}

async function judgeContent(
  body: RequestBody,
  { ports, principal, nowMs }: Call<Principal>,
  fromAgency: boolean,
): Promise<Result<NewIssuance, Refusal>> {
  const rules = await ports.issuances.rulesFor(principal, body.catalogCode, legalDateAt(nowMs));
  if (!rules.ok) return refused(withPointer(rules.refusal));
  if (fromAgency && body.backEntryReason !== null) {
    const expected = '补录由经办人在系统中办理，业务系统不得填写';
    return refused({
      code: 'contentInvalid',
      problems: [{ pointer: '/backEntryReason', code: 'notAllowed', expected }],
    });
  }
  const parsed = parseIssuanceRequest(body, rules.value, nowMs);
  if (!parsed.ok) return refused({ code: contentCode(parsed.refusal), problems: parsed.refusal });
  const origin = fromAgency ? 'agency' : body.backEntryReason === null ? 'form' : 'backEntry';
  return accepted({ rules: rules.value, origin, ...parsed.value });
}

/** An unknown type or a missing entitlement is the fault of one member. */
function withPointer(refusal: Refusal): Refusal {
  if (refusal.problems !== undefined) return refusal;
  const expected = '应为已发布且贵单位有权签发的证照类型';
  return { ...refusal, problems: [{ pointer: '/catalogCode', code: refusal.code, expected }] };
}

function contentCode(problems: readonly Problem[]): Refusal['code'] {
  return problems.every(({ pointer }) => pointer.startsWith('/face')) ? 'faceInvalid' : 'contentInvalid';
}

/** A case as it stands when it is final or the wait is over; what is final already or not there is answered at once. */
async function viewWithinWait(issuanceId: string, call: Call<Principal>): Promise<IssuanceView | null> {
  const view = await call.ports.issuances.find(call.principal, issuanceId);
  const isSettled = view === null || isIssuanceFinal(view.state);
  return isSettled || call.waitMs === 0 ? view : viewAfterWait(issuanceId, call);
}

/** A case that has just been set going. */
async function viewAfterWait(issuanceId: string, call: Call<Principal>): Promise<IssuanceView | null> {
  if (call.waitMs > 0) await waitForOutcome(issuanceId, call);
  return call.ports.issuances.find(call.principal, issuanceId);
}

/** Waits without holding anything; ends early when the process is asked to stop. */
async function waitForOutcome(
  issuanceId: string,
  { ports, principal, waitMs }: Call<Principal>,
): Promise<void> {
  const { draining } = ports;
  if (draining.aborted) return;
  let stop: () => void = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
    draining.addEventListener('abort', stop, { once: true });
  });
  try {
    await Promise.race([ports.issuances.waitForOutcome(principal, issuanceId, waitMs), stopped]);
  } finally {
    draining.removeEventListener('abort', stop);
  }
}

function preferenceApplied({ waitMs }: Call<Principal>): Record<string, string> {
  return waitMs > 0 ? { 'preference-applied': `wait=${waitMs / 1000}` } : {};
}

function locationOf(issuanceId: string): string {
  return `${API_ROOT}/issuances/${issuanceId}`;
}

/** A case as the API shows it. */
export function showIssuance(view: IssuanceView): z.input<typeof issuanceSchema> {
  const { availableOperations, decidedAt, receivedAt, updatedAt, closedAt, certificate, ...rest } = view;
  return {
    ...rest,
    decidedAt: instantText(decidedAt),
    receivedAt: instantText(receivedAt),
    updatedAt: instantText(updatedAt),
    closedAt: instantTextOrNull(closedAt),
    certificateId: view.certificate?.id ?? null,
    certificate: certificate === null ? null : { ...certificate, state: certificateState(certificate.state) },
    availableActions: [...availableOperations],
  };
}

/** The port hands the state out as text; one that the domain does not know is a fault of the register. */
function certificateState(text: string): CertificateState {
  const state = CERTIFICATE_STATES.find((known) => known === text);
  if (state === undefined) throw new Error('the register answered an unknown certificate state');
  return state;
}
