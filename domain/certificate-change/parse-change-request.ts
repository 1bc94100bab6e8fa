import { certificateTransition, type ReissueReason } from '../certificate/lifecycle';
import type { DecisionReference, IssuanceRequest } from '../issuance/issuance-request';
import { findForbiddenCharacter } from '../shared/forbidden-character';
import type { LegalDate } from '../shared/legal-date';
import { legalDateAt, parseLegalDate } from '../shared/legal-date';
import type { Problem } from '../shared/refusals';
import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';
import { characterCount } from '../shared/text-form';
import type { ChangeKind } from './change-kind';
import { changeKind, opensVersion } from './change-kind';
import type { ChangeRequest, InspectionResult, LegalGround } from './change-request';

/** A change whose shape was judged at the edge; members that its kind does not know are null or empty. */
export interface ChangeRequestBody {
  readonly businessNumber: string;
  readonly decidedAt: string;
  readonly reason: string;
  readonly legalGround: LegalGround | null;
  readonly decision: {
    readonly name: string;
    readonly number: string;
    readonly date: string;
    readonly organ: string;
  } | null;
  readonly attachments: readonly string[];
  readonly reissueReason: ReissueReason | null;
  readonly correctedElements: readonly string[];
  readonly inspection: {
    readonly inspectedOn: string;
    readonly result: InspectionResult;
    readonly nextDueOn: string | null;
  } | null;
  readonly toAuthorityId: string | null;
  readonly destination: string | null;
}

/** Clocks of agency systems may run ahead by as much as their signatures may. */
const ALLOWED_SKEW_MS = 300_000;
const LONGEST_REASON = 500;
const LONGEST_NAME = 100;

/**
 * Judges the act itself (reading 8; the table of a certificate's transitions says what a kind needs): the decision with
 * name, 文号, date, organ and its attachment where it is required, the provision of law, the dates. `newVersion` is the
 * request of the version that follows, judged already. Out: the change, or every problem with its JSON pointer; no
 * problem repeats a value that was sent.
 */
export function parseChangeRequest(
  kind: ChangeKind,
  body: ChangeRequestBody,
  newVersion: IssuanceRequest | null,
  nowMs: number,
): Result<ChangeRequest, readonly Problem[]> {
  const problems: Problem[] = textProblems(body);
  const latest = legalDateAt(nowMs + ALLOWED_SKEW_MS);
  decidedAtProblems(body, nowMs, problems);
  // The decision of a version that follows was judged with it.
  const decision = opensVersion(kind) ? (newVersion?.decision ?? null) : readDecision(body, latest, problems);
  const isDecisionRequired = certificateTransition(kind).decision === 'required';
  if (isDecisionRequired && decision === null && body.decision === null) {
    problems.push({
      pointer: '/decision',
      code: 'missing',
      expected: '应填写所依据的决定(名称、文号、日期、机关)',
    });
  }
  if (isDecisionRequired && body.attachments.length === 0) {
    problems.push({ pointer: '/attachments', code: 'missing', expected: '应附决定书' });
  }
  if (changeKind(kind).legalGround === 'required' && body.legalGround === null) {
    problems.push({ pointer: '/legalGround', code: 'missing', expected: '应写明法律依据(名称、条款)' });
  }
  const inspection = readInspection(body, latest, problems);
  if (kind === 'transferOut' && body.toAuthorityId === null && body.destination === null) {
    problems.push({ pointer: '/destination', code: 'missing', expected: '应写明转往何处' });
  }
  if (problems.length > 0) return refused(problems);
  return accepted({
    businessNumber: body.businessNumber,
    decidedAt: body.decidedAt,
    reason: body.reason,
    legalGround: body.legalGround,
    decision,
    attachmentIds: body.attachments,
    reissueReason: body.reissueReason,
    correctedElements: body.correctedElements,
    inspection,
    toAuthorityId: body.toAuthorityId,
    destination: body.destination,
    newVersion,
  });
}

function textProblems(body: ChangeRequestBody): Problem[] {
  const texts: readonly (readonly [string, string | null, number])[] = [
    ['/businessNumber', body.businessNumber, 64],
    ['/reason', body.reason, LONGEST_REASON],
    ['/legalGround/law', body.legalGround?.law ?? null, LONGEST_NAME],
    ['/legalGround/article', body.legalGround?.article ?? null, LONGEST_NAME],
    ['/decision/name', body.decision?.name ?? null, LONGEST_NAME],
    ['/decision/number', body.decision?.number ?? null, LONGEST_NAME],
    ['/decision/organ', body.decision?.organ ?? null, LONGEST_NAME],
    ['/destination', body.destination, LONGEST_NAME],
  ];
  return texts.flatMap(([pointer, text, maxLength]) =>
    text === null ? [] : textProblem(pointer, text, maxLength),
  );
}

function textProblem(pointer: string, text: string, maxLength: number): Problem[] {
  if (text.trim() === '') return [{ pointer, code: 'missing', expected: '不得为空' }];
  if (characterCount(text) > maxLength) {
    return [{ pointer, code: 'tooLong', expected: `不超过 ${maxLength} 个字` }];
  }
  const forbidden = findForbiddenCharacter(text, pointer === '/reason');
  if (forbidden === null) return [];
  const expected = `第 ${forbidden.position} 个字符为控制字符或不可见字符，请删除`;
  return [{ pointer, code: 'forbiddenCharacter', expected }];
}

function decidedAtProblems({ decidedAt }: ChangeRequestBody, nowMs: number, problems: Problem[]): void {
  const instantMs = Date.parse(decidedAt);
  if (Number.isNaN(instantMs)) {
    const expected = '应为带时区的时刻，例如 2026-11-23T09:30:00+08:00';
    problems.push({ pointer: '/decidedAt', code: 'instantIllFormed', expected });
  } else if (instantMs > nowMs + ALLOWED_SKEW_MS) {
    problems.push({ pointer: '/decidedAt', code: 'inTheFuture', expected: '作出决定的时刻不得晚于当前时刻' });
  }
}

function readDecision(
  { decision }: ChangeRequestBody,
  latest: LegalDate,
  problems: Problem[],
): DecisionReference | null {
  if (decision === null) return null;
  const date = readDate('/decision/date', decision.date, problems);
  if (date === null) return null;
  if (date > latest) {
    problems.push({ pointer: '/decision/date', code: 'inTheFuture', expected: '决定日期不得晚于今天' });
  }
  return { ...decision, date };
}

function readInspection(
  { inspection }: ChangeRequestBody,
  latest: LegalDate,
  problems: Problem[],
): ChangeRequest['inspection'] {
  if (inspection === null) return null;
  const inspectedOn = readDate('/inspectedOn', inspection.inspectedOn, problems);
  const nextDueOn =
    inspection.nextDueOn === null ? null : readDate('/nextDueOn', inspection.nextDueOn, problems);
  if (inspectedOn === null) return null;
  if (inspectedOn > latest) {
    problems.push({ pointer: '/inspectedOn', code: 'inTheFuture', expected: '年检日期不得晚于今天' });
  }
  if (nextDueOn !== null && nextDueOn <= inspectedOn) {
    problems.push({ pointer: '/nextDueOn', code: 'beforeInspection', expected: '下次年检日期应晚于本次' });
  }
  return { inspectedOn, result: inspection.result, nextDueOn };
}

function readDate(pointer: string, text: string, problems: Problem[]): LegalDate | null {
  const date = parseLegalDate(text);
  if (date.ok) return date.value;
  problems.push({ pointer, ...date.refusal });
  return null;
}
