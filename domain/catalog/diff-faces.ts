import { displayValue } from './display-value';
import type { Face, FaceField, FaceSchema, FaceValue } from './face-schema';
import { saysTheSame } from './parse-face-value';

/** One element on which two faces differ, with both values in words; null where a face lacks it. */
export interface FaceDifference {
  readonly name: string;
  readonly code: string;
  readonly left: string | null;
  readonly right: string | null;
}

/**
 * The elements on which two parsed faces differ, in the order of the schema. White space and the width of
 * characters are no difference; everything else is, since a person is to judge it.
 */
export function diffFaces(schema: FaceSchema, left: Face, right: Face): readonly FaceDifference[] {
  const differences: FaceDifference[] = [];
  for (const field of schema) {
    const [a, b] = [left[field.name] ?? null, right[field.name] ?? null];
    if (isSame(field, a, b)) continue;
    differences.push({
      name: field.name,
      code: field.code,
      left: inWords(field, a),
      right: inWords(field, b),
    });
  }
  return differences;
}

function isSame(field: FaceField, a: FaceValue | null, b: FaceValue | null): boolean {
  if (a === null || b === null) return a === b;
  if (typeof a === 'string' || typeof b === 'string') {
    return typeof a === 'string' && typeof b === 'string' && saysTheSame(a, b);
  }
  if (field.kind !== 'rows' || a.length !== b.length) return false;
  return a.every((row, index) =>
    field.columns.every(({ name }) => saysTheSame(row[name] ?? '', b[index]?.[name] ?? '')),
  );
}

function inWords(field: FaceField, value: FaceValue | null): string | null {
  return value === null ? null : displayValue(field, value);
}
