import type { CatalogDefinition } from '../catalog/catalog-entry';
import type { ValidityDates } from '../catalog/check-validity';
import { checkValidity } from '../catalog/check-validity';
import type { BoundHolder, BoundValues, Face, FaceMetadataCode } from '../catalog/face-schema';
import { LONG_TERM } from '../catalog/face-schema';
import { parseFace } from '../catalog/parse-face';
import { uniquenessKey } from '../catalog/uniqueness-key';
import type { Holder, HolderInput } from '../certificate/holder';
import { holderOnFace, parseHolders } from '../certificate/holder';
import { HOLDER_CODE_TYPES, isHolderCodeType } from '../certificate/holder-code-type';
import { findForbiddenCharacter } from '../shared/forbidden-character';
import { jsonPointer } from '../shared/json-pointer';
import type { LegalDate } from '../shared/legal-date';
import { legalDateAt, parseLegalDate } from '../shared/legal-date';
import type { Problem } from '../shared/refusals';
import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';
import { characterCount } from '../shared/text-form';
import type { DecisionReference, IssuanceRequest, NamedPerson } from './issuance-request';

/** A request whose shape was judged at the edge: every member is there and of its type, nothing more. */
export interface IssuanceRequestBody {
  readonly catalogCode: string;
  readonly businessNumber: string;
  readonly decidedAt: string;
  readonly decision: {
    readonly name: string;
    readonly number: string;
    readonly date: string;
    readonly organ: string;
  } | null;
  readonly holders: readonly HolderInput[];
  /** Judged here by the face schema of the type. */
  readonly face: unknown;
  readonly validFrom: string;
  readonly validUntil: string | null;
  readonly issuedOn: string;
  readonly operator: NamedPerson;
  readonly agent: NamedPerson | null;
  readonly acceptingAuthority: string | null;
  readonly attachments: readonly string[];
  readonly callbackUrl: string | null;
  readonly backEntryReason: string | null;
}

/** What the request is judged against: the type, and the authority that asks. */
export interface IssuanceParsingRules {
  readonly definition: CatalogDefinition;
  readonly authority: { readonly name: string; readonly creditCode: string };
}

export interface ParsedIssuanceRequest {
  readonly request: IssuanceRequest;
  /** Canonical text of what may be live only once; contains personal data, so only a keyed digest is stored. */
  readonly uniquenessKey: string;
}

/** Clocks of agency systems may run ahead by as much as their signatures may (interfaces: ±300 s). */
const ALLOWED_SKEW_MS = 300_000;
const MAX_PROBLEMS = 50;

/**
 * Judges the content of an issuance request by the rules of its type (art. 7, 8): decision, holders with their
 * check digits, dates, validity, numbering and face. `nowMs` is the instant of receipt.
 * Answers the request with its face completed from the metadata and the uniqueness key, or every problem found
 * (at most 50) with its JSON pointer; no problem repeats a value that was sent. Throws nothing.
 */
export function parseIssuanceRequest(
  body: IssuanceRequestBody,
  rules: IssuanceParsingRules,
  nowMs: number,
): Result<ParsedIssuanceRequest, readonly Problem[]> {
  const problems: Problem[] = [...textProblems(body), ...attachmentProblems(body)];
  const isBackEntry = body.backEntryReason !== null;
  const latest = legalDateAt(nowMs + ALLOWED_SKEW_MS);
  const decidedAtMs = readDecidedAt(body, nowMs, problems);
  const decision = readDecision(body, rules.definition, latest, problems);
  const dates = readDates(body, problems);
  if (dates !== null) {
    problems.push(...checkValidity(rules.definition, dates, isBackEntry));
    problems.push(...issuedOnProblems(dates.issuedOn, decision, latest, isBackEntry));
  }
  const holders = parseHolders(rules.definition, body.holders);
  if (!holders.ok) problems.push(...holders.refusal.map(plainProblem));
  const face = readFace(body, rules, holders.ok ? holders.value : null, dates, problems);
  if (problems.length > 0 || dates === null || face === null || !holders.ok || decidedAtMs === null) {
    return refused(problems.slice(0, MAX_PROBLEMS));
  }
  return accepted({
    request: {
      catalogCode: body.catalogCode,
      businessNumber: body.businessNumber,
      decidedAt: body.decidedAt,
      decision,
      holders: holders.value.map(requestedHolder),
      face,
      ...dates,
      operator: body.operator,
      agent: body.agent,
      acceptingAuthority: body.acceptingAuthority,
      attachmentIds: body.attachments,
      callbackUrl: body.callbackUrl,
      backEntryReason: body.backEntryReason,
    },
    uniquenessKey: uniquenessKey(
      rules.definition,
      face,
      holders.value.map(({ name, code }) => ({ name, code: code?.value ?? null })),
    ),
  });
}

function requestedHolder({ kind, name, code, share }: Holder): IssuanceRequest['holders'][number] {
  return { kind, name, codeType: code?.type ?? null, code: code?.value ?? null, share };
}

/** Free texts outside the face, with their longest length in characters. */
function textProblems(body: IssuanceRequestBody): Problem[] {
  const texts: readonly (readonly [string, string | null, number])[] = [
    ['/businessNumber', body.businessNumber, 64],
    ['/decision/name', body.decision?.name ?? null, 100],
    ['/decision/number', body.decision?.number ?? null, 100],
    ['/decision/organ', body.decision?.organ ?? null, 100],
    ['/operator/name', body.operator.name, 50],
    ['/operator/id', body.operator.id, 64],
    ['/agent/name', body.agent?.name ?? null, 50],
    ['/agent/id', body.agent?.id ?? null, 64],
    ['/acceptingAuthority', body.acceptingAuthority, 100],
    ['/backEntryReason', body.backEntryReason, 500],
  ];
  return texts.flatMap(([pointer, text, maxLength]) =>
    text === null ? [] : textProblem(pointer, text, maxLength),
  );
}

function textProblem(pointer: string, text: string, maxLength: number): Problem[] {
  if (text.trim() === '') return [{ pointer, code: 'missing', expected: '不得为空' }];
  if (text.length > maxLength * 2 || characterCount(text) > maxLength) {
    return [{ pointer, code: 'tooLong', expected: `不超过 ${maxLength} 个字` }];
  }
  const forbidden = findForbiddenCharacter(text, false);
  if (forbidden === null) return [];
  return [
    {
      pointer,
      code: 'forbiddenCharacter',
      expected: `第 ${forbidden.position} 个字符为控制字符或不可见字符，请删除`,
    },
  ];
}

function attachmentProblems({ attachments }: IssuanceRequestBody): Problem[] {
  return attachments.flatMap((id, index) =>
    attachments.indexOf(id) < index
      ? [{ pointer: jsonPointer('attachments', index), code: 'givenTwice', expected: '同一附件只能列一次' }]
      : [],
  );
}

function readDecidedAt(
  { decidedAt }: IssuanceRequestBody,
  nowMs: number,
  problems: Problem[],
): number | null {
  const instantMs = Date.parse(decidedAt);
  if (Number.isNaN(instantMs)) {
    problems.push({
      pointer: '/decidedAt',
      code: 'instantIllFormed',
      expected: '应为带时区的时刻，例如 2026-11-23T09:30:00+08:00',
    });
    return null;
  }
  if (instantMs > nowMs + ALLOWED_SKEW_MS) {
    problems.push({ pointer: '/decidedAt', code: 'inTheFuture', expected: '作出决定的时刻不得晚于当前时刻' });
  }
  return instantMs;
}

function readDecision(
  { decision }: IssuanceRequestBody,
  { administrativeLicence }: CatalogDefinition,
  latest: LegalDate,
  problems: Problem[],
): DecisionReference | null {
  if (decision === null) {
    if (administrativeLicence) {
      problems.push({
        pointer: '/decision',
        code: 'missing',
        expected: '行政许可证照应填写准予许可决定(名称、文号、日期、机关)',
      });
    }
    return null;
  }
  const date = readDate('/decision/date', decision.date, problems);
  if (date === null) return null;
  if (date > latest) {
    problems.push({ pointer: '/decision/date', code: 'inTheFuture', expected: '决定日期不得晚于今天' });
  }
  return { ...decision, date };
}

function readDates(body: IssuanceRequestBody, problems: Problem[]): ValidityDates | null {
  const validFrom = readDate('/validFrom', body.validFrom, problems);
  const validUntil = body.validUntil === null ? null : readDate('/validUntil', body.validUntil, problems);
  const issuedOn = readDate('/issuedOn', body.issuedOn, problems);
  const endIsWrong = body.validUntil !== null && validUntil === null;
  return validFrom === null || issuedOn === null || endIsWrong ? null : { validFrom, validUntil, issuedOn };
}

function readDate(pointer: string, text: string, problems: Problem[]): LegalDate | null {
  const date = parseLegalDate(text);
  if (date.ok) return date.value;
  problems.push({ pointer, ...date.refusal });
  return null;
}

/** A certificate is issued after its decision (行政许可法 44); an older one that is entered late may differ on paper. */
function issuedOnProblems(
  issuedOn: LegalDate,
  decision: DecisionReference | null,
  latest: LegalDate,
  isBackEntry: boolean,
): Problem[] {
  if (issuedOn > latest) {
    return [{ pointer: '/issuedOn', code: 'inTheFuture', expected: '发证日期不得晚于今天' }];
  }
  if (!isBackEntry && decision !== null && issuedOn < decision.date) {
    return [{ pointer: '/issuedOn', code: 'issuedBeforeDecision', expected: '发证日期不得早于决定日期' }];
  }
  return [];
}

/**
 * Reads the face. Where a metadata value was itself refused, the face elements bound to it are not judged a
 * second time: one mistake is one problem.
 */
function readFace(
  body: IssuanceRequestBody,
  rules: IssuanceParsingRules,
  holders: readonly Holder[] | null,
  dates: ValidityDates | null,
  problems: Problem[],
): Face | null {
  const { faceSchema, numberedBy } = rules.definition;
  const bound = boundValues(body, rules, holders);
  const face = parseFace(faceSchema, body.face, bound);
  if (!face.ok) {
    const unsure = unsureElements(rules.definition, holders !== null, dates !== null);
    problems.push(...face.refusal.filter(({ pointer }) => !unsure.has(pointer.split('/')[2] ?? '')));
    return null;
  }
  if (numberedBy.by === 'agency' && face.value[numberedBy.element] === undefined) {
    problems.push({
      pointer: jsonPointer('face', numberedBy.element),
      code: 'missing',
      expected: `该证照由业务系统编号，应填写“${numberedBy.element}”`,
    });
    return null;
  }
  return face.value;
}

function boundValues(
  body: IssuanceRequestBody,
  { definition, authority }: IssuanceParsingRules,
  holders: readonly Holder[] | null,
): BoundValues {
  return {
    values: {
      ZZMC: definition.name,
      ZZBFJG: authority.name,
      ZZBFJGDM: authority.creditCode,
      ZZBFRQ: body.issuedOn,
      ZZYXQQSRQ: body.validFrom,
      ZZYXQJZRQ: body.validUntil ?? LONG_TERM,
    },
    holders: holders?.map(holderOnFace) ?? body.holders.map(holderAsSent),
    assignedLater: definition.numberedBy.by === 'register' ? ['ZZBH'] : [],
  };
}

function holderAsSent({ name, code, codeType, share }: HolderInput): BoundHolder {
  const codeTypeName = codeType !== null && isHolderCodeType(codeType) ? HOLDER_CODE_TYPES[codeType] : null;
  return { name, code, codeTypeName, share };
}

const HOLDER_METADATA: readonly FaceMetadataCode[] = ['CZZT', 'CZZTDM', 'CZZTDMLX'];
const DATE_METADATA: readonly FaceMetadataCode[] = ['ZZBFRQ', 'ZZYXQQSRQ', 'ZZYXQJZRQ'];

/** Names and codes, as pointers write them, of the elements bound to metadata that were refused. */
function unsureElements(
  { faceSchema }: CatalogDefinition,
  holdersAreRight: boolean,
  datesAreRight: boolean,
): ReadonlySet<string> {
  const metadata = [...(holdersAreRight ? [] : HOLDER_METADATA), ...(datesAreRight ? [] : DATE_METADATA)];
  return new Set(
    faceSchema.flatMap((field) =>
      field.metadata !== undefined && metadata.includes(field.metadata)
        ? [jsonPointer(field.name).slice(1), jsonPointer(field.code).slice(1)]
        : [],
    ),
  );
}

function plainProblem({ pointer, code, expected }: Problem): Problem {
  return { pointer, code, expected };
}
