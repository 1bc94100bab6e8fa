import type { CatalogDefinition } from '../catalog/catalog-entry';
import type { FaceField, FaceMetadataCode } from '../catalog/face-schema';
import { LONG_TERM } from '../catalog/face-schema';
import type { IssuanceRequest, NamedPerson } from '../issuance/issuance-request';
import type { IssuanceRequestBody } from '../issuance/parse-issuance-request';
import { jsonPointer } from '../shared/json-pointer';
import type { Problem } from '../shared/refusals';
import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';
import { elementOf } from './objection';

export interface Correction {
  /** Right values by Chinese name or code of the element, as they are sent. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The elements that the case disputes; nothing else may be corrected by it. */
  readonly disputed: readonly string[];
  readonly investigator: NamedPerson;
  /** Instant of the decision, RFC 3339. */
  readonly decidedAt: string;
}

type Members = Pick<IssuanceRequestBody, 'holders' | 'validFrom' | 'validUntil' | 'issuedOn'>;

/**
 * The request of the corrected version (纠错): the request of the disputed one with the disputed elements as they are
 * right. Elements bound to metadata are corrected where the metadata stands and left out of the face, which is filled from
 * it again. Keeps the business number, so that the correction is compared with the agency's record of the same business.
 * Out: the request, to be judged like any other, or the corrections that cannot be made here.
 */
export function correctedRequest(
  request: IssuanceRequest,
  definition: CatalogDefinition,
  correction: Correction,
): Result<IssuanceRequestBody, readonly Problem[]> {
  const problems: Problem[] = [];
  const face: Record<string, unknown> = Object.fromEntries(
    Object.entries(request.face).filter(([name]) => !isBound(definition, name)),
  );
  let members: Members = request;
  const entries = Object.entries(correction.values);
  if (entries.length === 0) {
    problems.push({ pointer: '/corrections', code: 'missing', expected: '应填写至少一个更正后的要素值' });
  }
  for (const [key, value] of entries) {
    const pointer = jsonPointer('corrections', key);
    const field = elementOf(definition.faceSchema, key);
    if (field === null || !correction.disputed.includes(field.name)) {
      problems.push({ pointer, code: 'notDisputed', expected: '只能更正本案提出异议的要素' });
      continue;
    }
    if (!isBound(definition, field.name)) {
      face[field.name] = value;
      continue;
    }
    const changed = withMetadata(members, field, value);
    if (changed === null) {
      problems.push({
        pointer,
        code: 'notCorrectedHere',
        expected: '该要素由证照元数据决定，请由经办人办理变更',
      });
    } else {
      members = changed;
    }
  }
  if (problems.length > 0) return refused(problems);
  const { attachmentIds, ...rest } = request;
  return accepted({
    ...rest,
    ...members,
    face,
    decidedAt: correction.decidedAt,
    operator: correction.investigator,
    attachments: attachmentIds,
    callbackUrl: null,
  });
}

/** The number stays where it is: an agency's number is part of the face it sends. */
function isBound(definition: CatalogDefinition, name: string): boolean {
  const field = definition.faceSchema.find((candidate) => candidate.name === name);
  return field?.metadata !== undefined && field.metadata !== 'ZZBH';
}

/** The members of a request with one metadata value as it is right; null where no single member holds it. */
function withMetadata(members: Members, field: FaceField, value: unknown): Members | null {
  const code: FaceMetadataCode | undefined = field.metadata;
  if (code === undefined || typeof value !== 'string') return null;
  const [holder, ...others] = members.holders;
  switch (code) {
    case 'ZZYXQQSRQ':
      return { ...members, validFrom: value };
    case 'ZZYXQJZRQ':
      return { ...members, validUntil: value === LONG_TERM ? null : value };
    case 'ZZBFRQ':
      return { ...members, issuedOn: value };
    case 'CZZT':
      return holder === undefined || others.length > 0
        ? null
        : { ...members, holders: [{ ...holder, name: value }] };
    case 'CZZTDM':
      return holder === undefined || others.length > 0
        ? null
        : { ...members, holders: [{ ...holder, code: value }] };
    case 'ZZMC':
    case 'ZZBH':
    case 'ZZBFJG':
    case 'ZZBFJGDM':
    case 'CZZTDMLX':
      return null;
  }
}
