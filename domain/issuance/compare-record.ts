import type { CatalogDefinition } from '../catalog/catalog-entry';
import { diffFaces } from '../catalog/diff-faces';
import type { BoundValues, Face } from '../catalog/face-schema';
import { parseFace } from '../catalog/parse-face';
import { comparableText } from '../shared/text-form';
import { boundValuesOf } from './bound-values';
import type { IssuanceRequest, RequestedHolder } from './issuance-request';

export const COMPARISON_OUTCOMES = ['same', 'different', 'agencyRecordNotFound', 'notCompared'] as const;
export type ComparisonOutcome = (typeof COMPARISON_OUTCOMES)[number];

/** One element on which the request and the agency's own record differ, both in words. */
export interface RecordDifference {
  readonly element: string;
  readonly requested: string;
  readonly recorded: string;
}

export interface RecordComparison {
  readonly outcome: ComparisonOutcome;
  readonly differences: readonly RecordDifference[];
}

const ABSENT = '(无)';

/**
 * Compares a request with the agency's own record of the same business (art. 8: 一致性). The record is what the
 * agency's system answered and is not trusted: a record that cannot be read as this type is a difference, never
 * an agreement and never a fault.
 */
export function compareWithRecord(
  definition: CatalogDefinition,
  request: IssuanceRequest,
  record: unknown,
  bound: BoundValues,
): RecordComparison {
  const fields = asObject(record);
  if (fields === null)
    return different([{ element: '业务记录', requested: '(申请内容)', recorded: '无法识别' }]);
  const differences = [
    ...compareText('证照类型代码', request.catalogCode, fields['catalogCode']),
    ...compareText('有效期起始', request.validFrom, fields['validFrom']),
    ...compareText('有效期截止', request.validUntil ?? '长期', fields['validUntil'] ?? '长期'),
    ...compareHolders(request.holders, fields['holders']),
    ...compareFaces(definition, request.face, fields['face'], recordBound(request, fields, bound)),
  ];
  return differences.length === 0 ? { outcome: 'same', differences: [] } : different(differences);
}

function different(differences: readonly RecordDifference[]): RecordComparison {
  return { outcome: 'different', differences };
}

/** The record is read with its own holders, so that a difference in a holder shows once more on the face where it is printed. */
function recordBound(
  request: IssuanceRequest,
  fields: Readonly<Record<string, unknown>>,
  bound: BoundValues,
): BoundValues {
  const holders = readHolders(fields['holders']);
  return holders === null
    ? bound
    : { ...bound, holders: boundValuesOf({ ...request, holders }, null).holders };
}

function compareFaces(
  definition: CatalogDefinition,
  requested: Face,
  recordedInput: unknown,
  bound: BoundValues,
): RecordDifference[] {
  const recorded = parseFace(definition.faceSchema, recordedInput, bound);
  if (!recorded.ok) {
    return recorded.refusal.map((problem) => ({
      element: problem.pointer.replace(/^\/face\/?/, '') || '照面',
      requested: '(见申请)',
      recorded: `业务记录不符合要求：${problem.expected}`,
    }));
  }
  return diffFaces(definition.faceSchema, requested, recorded.value).map((difference) => ({
    element: difference.name,
    requested: difference.left ?? ABSENT,
    recorded: difference.right ?? ABSENT,
  }));
}

function compareHolders(requested: readonly RequestedHolder[], input: unknown): RecordDifference[] {
  const recorded = readHolders(input);
  if (recorded === null)
    return [{ element: '持证主体', requested: inWords(requested), recorded: '无法识别' }];
  return canonical(requested) === canonical(recorded)
    ? []
    : [{ element: '持证主体', requested: inWords(requested), recorded: inWords(recorded) }];
}

/** The holders of an agency's record as it answered them; null when they cannot be read. The record is not trusted. */
export function readHolders(input: unknown): readonly RequestedHolder[] | null {
  if (!Array.isArray(input)) return null;
  const holders: RequestedHolder[] = [];
  for (const item of input) {
    const fields = asObject(item);
    const kind = fields?.['kind'];
    if (fields === null || (kind !== 'person' && kind !== 'organisation' && kind !== 'unincorporated'))
      return null;
    holders.push({
      kind,
      name: textOf(fields['name']) ?? '',
      codeType: textOf(fields['codeType']),
      code: textOf(fields['code']),
      share: textOf(fields['share']),
    });
  }
  return holders;
}

function canonical(holders: readonly RequestedHolder[]): string {
  return JSON.stringify(
    holders.map((holder) => [
      holder.kind,
      comparableText(holder.name),
      holder.codeType,
      holder.code === null ? null : comparableText(holder.code).toUpperCase(),
      holder.share,
    ]),
  );
}

function inWords(holders: readonly RequestedHolder[]): string {
  return holders
    .map((holder) => [holder.name, holder.code, holder.share].filter((part) => part !== null).join(' '))
    .join('；');
}

function compareText(element: string, requested: string, recordedInput: unknown): RecordDifference[] {
  const recorded = textOf(recordedInput) ?? ABSENT;
  return comparableText(requested) === comparableText(recorded) ? [] : [{ element, requested, recorded }];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}
