import { jsonPointer } from '../shared/json-pointer';
import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';
import { boundValue } from './bound-value';
import type {
  BoundValues,
  Face,
  FaceColumn,
  FaceField,
  FaceRow,
  FaceSchema,
  FaceValue,
  RowsRule,
} from './face-schema';
import type { FaceProblemCode } from './parse-face-value';
import { isBlank, parseImage, parseScalar, saysTheSame } from './parse-face-value';

/** One reason why a face is refused. The value itself is never repeated: it may be personal. */
export interface FaceProblem {
  /** JSON pointer (RFC 6901) from the request, such as /face/车辆号牌 or /face/权利人/0/份额. */
  readonly pointer: string;
  readonly code: FaceProblemCode;
  readonly expected: string;
}

const MAX_ELEMENTS = 200;
const MAX_PROBLEMS = 50;

interface Reading {
  readonly bound: BoundValues;
  readonly problems: FaceProblem[];
}

/**
 * Reads the face of a request by its schema. Elements are named in Chinese or by code, not both; those bound
 * to metadata may be left out and are filled in from `bound`, and must agree with it if given.
 * Answers the face keyed by Chinese names, in the order of the schema, or every problem found (at most 50).
 * Throws nothing, whatever is sent.
 */
export function parseFace(
  schema: FaceSchema,
  input: unknown,
  bound: BoundValues,
): Result<Face, readonly FaceProblem[]> {
  const given = recordOf(input);
  if (given === null) return refuse('/face', 'faceNotAnObject', '照面信息应为以要素名称为键的对象');
  if (given.size > MAX_ELEMENTS)
    return refuse('/face', 'tooManyElements', `照面要素不超过 ${MAX_ELEMENTS} 个`);
  const reading: Reading = { bound, problems: [] };
  noteUnknown(reading, given, schema, ['face']);
  const values: [string, FaceValue][] = [];
  for (const field of schema) {
    const value = readElement(reading, field, given);
    if (value !== null) values.push([field.name, value]);
  }
  return reading.problems.length > 0
    ? refused(reading.problems.slice(0, MAX_PROBLEMS))
    : accepted(Object.fromEntries(values));
}

/**
 * Adds what the register assigned after the face was read, such as the number, to the elements bound to it.
 * Elements that are there already stay as they are.
 */
export function completeFace(schema: FaceSchema, face: Face, bound: BoundValues): Face {
  const values: [string, FaceValue][] = [];
  for (const field of schema) {
    const value = face[field.name] ?? boundValue(field, bound);
    if (value !== null) values.push([field.name, value]);
  }
  return Object.fromEntries(values);
}

type Path = readonly (string | number)[];
type Named = { readonly name: string; readonly code: string };

/** Reads an element sent under its name or its code, or fills it in; null when it is absent or wrong (then a problem is noted). */
function readElement(
  reading: Reading,
  field: FaceField,
  given: ReadonlyMap<string, unknown>,
): FaceValue | null {
  const key = givenKey(reading, field, given, ['face']);
  const sent = given.get(key);
  const path: Path = ['face', key];
  const expected = boundValue(field, reading.bound);
  if (!isBlank(sent)) {
    if (!isAssignedLater(field, reading.bound)) return readGiven(reading, field, sent, expected, path);
    note(reading, path, 'assignedByRegister', '由登记簿编号，不得填写');
    return null;
  }
  if (expected !== null) return readValue(reading, field, expected, null, path);
  if (field.required && !isAssignedLater(field, reading.bound)) {
    note(reading, ['face', field.name], 'missing', `缺少必填的照面要素“${field.name}”`);
  }
  return null;
}

function readGiven(
  reading: Reading,
  field: FaceField,
  sent: unknown,
  expected: FaceValue | null,
  path: Path,
): FaceValue | null {
  const before = reading.problems.length;
  const value = readValue(reading, field, sent, expected, path);
  if (value !== null && expected !== null && reading.problems.length === before) {
    noteDisagreement(reading, field, value, expected, path);
  }
  return value;
}

function readValue(
  reading: Reading,
  field: FaceField,
  sent: unknown,
  expected: FaceValue | null,
  path: Path,
): FaceValue | null {
  if (field.kind === 'rows') {
    return readRows(reading, field, sent, typeof expected === 'string' ? [] : (expected ?? []), path);
  }
  const parsed = field.kind === 'image' ? parseImage(field, sent) : parseScalar(field, sent);
  if (parsed.ok) return parsed.value;
  note(reading, path, parsed.refusal.code, parsed.refusal.expected);
  return null;
}

function readRows(
  reading: Reading,
  rule: RowsRule,
  sent: unknown,
  expected: readonly FaceRow[],
  path: Path,
): readonly FaceRow[] | null {
  if (!Array.isArray(sent)) {
    note(reading, path, 'wrongType', '应为列表，每行一个对象');
    return null;
  }
  if (sent.length > rule.maxRows) {
    note(reading, path, 'tooManyRows', `不超过 ${rule.maxRows} 行`);
    return null;
  }
  if (sent.length < rule.minRows) note(reading, path, 'tooFewRows', `至少 ${rule.minRows} 行`);
  return sent.map((row: unknown, index) =>
    readRow(reading, rule.columns, row, expected[index] ?? {}, [...path, index]),
  );
}

function readRow(
  reading: Reading,
  columns: readonly FaceColumn[],
  sent: unknown,
  expected: FaceRow,
  path: Path,
): FaceRow {
  const given = recordOf(sent);
  if (given === null || given.size > MAX_ELEMENTS) {
    note(reading, path, 'wrongType', `应为对象，包含：${columns.map(({ name }) => name).join('、')}`);
    return {};
  }
  noteUnknown(reading, given, columns, path);
  const cells: [string, string][] = [];
  for (const column of columns) {
    const key = givenKey(reading, column, given, path);
    const cell = isBlank(given.get(key)) ? expected[column.name] : given.get(key);
    if (isBlank(cell)) {
      if (column.required) note(reading, [...path, column.name], 'missing', `缺少必填的“${column.name}”`);
      continue;
    }
    const parsed = parseScalar(column, cell);
    if (parsed.ok) cells.push([column.name, parsed.value]);
    else note(reading, [...path, key], parsed.refusal.code, parsed.refusal.expected);
  }
  return Object.fromEntries(cells);
}

function noteDisagreement(
  reading: Reading,
  field: FaceField,
  value: FaceValue,
  expected: FaceValue,
  path: Path,
): void {
  if (typeof value === 'string' || typeof expected === 'string') {
    if (typeof value !== 'string' || typeof expected !== 'string' || !saysTheSame(value, expected)) {
      note(reading, path, 'disagreesWithMetadata', `应与证照元数据(${field.metadata ?? ''})一致，或不填写`);
    }
    return;
  }
  if (field.kind !== 'rows') return;
  if (value.length !== expected.length) {
    note(reading, path, 'disagreesWithMetadata', `应与持证主体一致，共 ${expected.length} 行，或不填写`);
    return;
  }
  for (const [index, row] of value.entries()) {
    for (const { name, metadata } of field.columns) {
      const cell = row[name];
      if (metadata === undefined || cell === undefined) continue;
      if (!saysTheSame(cell, expected[index]?.[name] ?? '')) {
        note(reading, [...path, index, name], 'disagreesWithMetadata', '应与持证主体一致，或不填写');
      }
    }
  }
}

function isAssignedLater(field: FaceField, bound: BoundValues): boolean {
  return field.metadata !== undefined && bound.assignedLater.includes(field.metadata);
}

/** The key under which an element was sent; notes an element that was sent under both. */
function givenKey(reading: Reading, field: Named, given: ReadonlyMap<string, unknown>, path: Path): string {
  if (given.has(field.name) && given.has(field.code)) {
    note(reading, [...path, field.code], 'givenTwice', `“${field.name}”与代码 ${field.code} 只能填写其一`);
  }
  return given.has(field.name) || !given.has(field.code) ? field.name : field.code;
}

function noteUnknown(
  reading: Reading,
  given: ReadonlyMap<string, unknown>,
  fields: readonly Named[],
  path: Path,
): void {
  const known = new Set(fields.flatMap(({ name, code }) => [name, code]));
  for (const key of given.keys()) {
    if (!known.has(key))
      note(reading, [...path, key.slice(0, 100)], 'unknownElement', '该证照类型没有这个照面要素');
  }
}

function note(reading: Reading, path: Path, code: FaceProblemCode, expected: string): void {
  reading.problems.push({ pointer: jsonPointer(...path), code, expected });
}

function refuse(
  pointer: string,
  code: FaceProblemCode,
  expected: string,
): Result<Face, readonly FaceProblem[]> {
  return refused([{ pointer, code, expected }]);
}

function recordOf(input: unknown): ReadonlyMap<string, unknown> | null {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return null;
  return new Map(Object.entries(input));
}
