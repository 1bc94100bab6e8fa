import type { FaceField, FaceSchema } from '../catalog/face-schema';
import type { Problem } from '../shared/refusals';
import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';

/** What an objection says is wrong with a field (art. 20). */
export const OBJECTION_GROUNDS = ['accuracy', 'completeness', 'timeliness'] as const;
export type ObjectionGround = (typeof OBJECTION_GROUNDS)[number];

export const OBJECTION_GROUND_NAMES = {
  accuracy: '准确性',
  completeness: '完整性',
  timeliness: '时效性',
} as const satisfies Record<ObjectionGround, string>;

/** One disputed element of a certificate's face. */
export interface Claim {
  /** Chinese name of the element. */
  readonly field: string;
  readonly ground: ObjectionGround;
  /** What the objector says is right; null when he only knows that it is wrong. */
  readonly claimedValue: string | null;
}

/** The elements that open cases about the same certificate dispute. */
export interface OpenDispute {
  readonly caseId: string;
  readonly fields: readonly string[];
}

export type JoinDecision =
  | { readonly kind: 'newCase' }
  | { readonly kind: 'join'; readonly caseId: string }
  | { readonly kind: 'spansCases'; readonly caseIds: readonly string[] };

/** How often an objector may be told that a field is right before he has to wait (policy `ANOMALY_REPEAT`). */
export const UPHELD_BEFORE_LIMIT = 2;

/**
 * In: the face schema of the disputed version and the claims as they were sent, elements by Chinese name or code.
 * Out: the claims by Chinese name in the order of the schema, or every claim that names no element, or one twice.
 */
export function readClaims(
  schema: FaceSchema,
  claims: readonly Claim[],
): Result<readonly Claim[], readonly Problem[]> {
  const problems: Problem[] = [];
  const known = new Map<string, Claim>();
  claims.forEach((claim, index) => {
    const pointer = `/claims/${index}/field`;
    const field = elementOf(schema, claim.field);
    if (field === null) {
      problems.push({ pointer, code: 'unknownElement', expected: '应为该证照照面要素的名称或代码' });
    } else if (known.has(field.name)) {
      problems.push({ pointer, code: 'givenTwice', expected: '同一要素只应提出一次' });
    } else {
      known.set(field.name, { ...claim, field: field.name });
    }
  });
  if (problems.length > 0) return refused(problems);
  return accepted(schema.flatMap(({ name }) => known.get(name) ?? []));
}

/** The element of a face that people call by its Chinese name or its code; null when there is none. */
export function elementOf(schema: FaceSchema, nameOrCode: string): FaceField | null {
  return schema.find(({ name, code }) => name === nameOrCode || code === nameOrCode) ?? null;
}

/**
 * Where an objection belongs: a field that an open case disputes already is not investigated twice, so the objection joins
 * that case and gets the same reply. One that touches two open cases has to be filed for each.
 */
export function whereToJoin(fields: readonly string[], open: readonly OpenDispute[]): JoinDecision {
  const touched = open.filter((dispute) => dispute.fields.some((field) => fields.includes(field)));
  const [first] = touched;
  if (first === undefined) return { kind: 'newCase' };
  return touched.length === 1
    ? { kind: 'join', caseId: first.caseId }
    : { kind: 'spansCases', caseIds: touched.map(({ caseId }) => caseId) };
}

/**
 * Abusive repeats: the first field about which this objector was told often enough, within the policy's days, that it is
 * right; null when he may object. In: how often each field was upheld against him in that time.
 */
export function fieldObjectedTooOften(
  fields: readonly string[],
  upheld: Readonly<Record<string, number>>,
): string | null {
  return fields.find((field) => (upheld[field] ?? 0) >= UPHELD_BEFORE_LIMIT) ?? null;
}
