import type { CatalogDefinition } from '../catalog/catalog-entry';
import { checkValidity } from '../catalog/check-validity';
import { findClassifiedMark } from '../catalog/classified-mark';
import type { Face, FaceField, FaceSchema } from '../catalog/face-schema';
import { LONG_TERM } from '../catalog/face-schema';
import { parseFace } from '../catalog/parse-face';
import { parseCertificateIdentifier } from '../certificate/certificate-identifier';
import type { Holder } from '../certificate/holder';
import { holderOnFace, parseHolders } from '../certificate/holder';
import { findForbiddenCharacter } from '../shared/forbidden-character';
import type { LegalDate } from '../shared/legal-date';
import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';
import { characterCount, halfWidth } from '../shared/text-form';
import type { IncrementCells, IncrementColumn } from './increment-columns';
import { fitsInCell, INCREMENT_COLUMNS, isReadFromRow } from './increment-columns';
import { normaliseHolderCode, normaliseNumber } from './normalise-code';
import type { CellProblem } from './normalise-date';
import { normaliseDate } from './normalise-date';
import { readRowHolders } from './read-row-holders';

/** One reason why a row is rejected, with the column in which it stands. */
export interface RowProblem extends CellProblem {
  readonly column: string;
}

/** A record as a unit issued it on its own; complete by the rules of its type. */
export interface IngestedRecord {
  readonly businessNumber: string;
  readonly number: string;
  readonly identifier: string | null;
  readonly issuedOn: LegalDate;
  readonly validFrom: LegalDate;
  readonly validUntil: LegalDate | null;
  readonly holders: readonly Holder[];
  readonly face: Face;
}

export interface IncrementRowRules {
  readonly definition: CatalogDefinition;
  readonly authority: { readonly name: string; readonly creditCode: string };
  /** The day of receipt: no record may be of a later one. */
  readonly today: LegalDate;
}

const MAX_CODE_LENGTH = 100;
const MAX_CELL_LENGTH = 4_000;

/** The row's cells with what is read of them; each problem is noted once. */
interface Reading {
  readonly rules: IncrementRowRules;
  readonly cells: IncrementCells;
  readonly problems: RowProblem[];
}

/** The first cell with a sign of a state secret (art. 3), by its column; null when there is none. */
export function markedColumn(cells: IncrementCells): string | null {
  return Object.entries(cells).find(([, cell]) => findClassifiedMark(cell) !== null)?.[0] ?? null;
}

/**
 * Reads one row of a day's increment by the rules of its type (art. 8): dates and codes are made plain where they have one
 * meaning, holders, validity and face are judged as in an issue. Elements of the face bound to metadata are filled in.
 * Answers the record, or every problem with its column; no problem repeats what the cell said. Throws nothing, whatever
 * the cells hold.
 */
export function parseIncrementRow(
  cells: IncrementCells,
  rules: IncrementRowRules,
): Result<IngestedRecord, readonly RowProblem[]> {
  const overlong = Object.entries(cells).find(([, cell]) => cell.length > MAX_CELL_LENGTH);
  if (overlong !== undefined) {
    const expected = `单元格不超过 ${MAX_CELL_LENGTH} 个字`;
    return refused([{ column: overlong[0], code: 'tooLong', expected }]);
  }
  const reading: Reading = { rules, cells, problems: [] };
  const businessNumber = readNumber(reading, 'businessNumber', true);
  const givenNumber = readNumber(reading, 'number', rules.definition.numberedBy.by === 'register');
  const identifier = readIdentifier(reading);
  const dates = readDates(reading);
  const holders = readHolders(reading);
  const face = readFace(reading, dates, holders, givenNumber);
  const number = givenNumber ?? numberOnFace(reading, face);
  if (reading.problems.length > 0 || dates === null || holders === null || face === null) {
    return refused(reading.problems);
  }
  if (businessNumber === null || number === null) return refused(reading.problems);
  return accepted({ businessNumber, number, identifier, ...dates, holders, face });
}

function note({ problems }: Reading, column: string, { code, expected }: CellProblem): null {
  problems.push({ column, code, expected });
  return null;
}

/**
 * The cells that give one column: its own, and that of the face element bound to the same metadata. Where both are given
 * they must say the same.
 */
function sources(reading: Reading, column: IncrementColumn): readonly (readonly [string, string])[] {
  const { name, metadata } = INCREMENT_COLUMNS[column];
  const bound: readonly FaceField[] = reading.rules.definition.faceSchema.filter(
    (field) => metadata !== null && field.metadata === metadata && fitsInCell(field),
  );
  const names = [name as string, ...bound.flatMap((field) => [field.name, field.code])];
  return [...new Set(names)].flatMap((key) => {
    const cell = reading.cells[key];
    return cell === undefined || halfWidth(cell).trim() === '' ? [] : [[key, cell] as const];
  });
}

/** Reads the one value of a column; null when it is blank or was refused (then a problem is noted). */
function readValue<Value>(
  reading: Reading,
  column: IncrementColumn,
  parse: (cell: string) => Result<Value, CellProblem>,
): Value | null {
  let value: Value | null = null;
  for (const [key, cell] of sources(reading, column)) {
    const parsed = parse(cell);
    if (!parsed.ok) return note(reading, key, parsed.refusal);
    if (value !== null && value !== parsed.value) {
      const expected = `应与“${INCREMENT_COLUMNS[column].name}”一致，或只填写其一`;
      return note(reading, key, { code: 'disagreesWithMetadata', expected });
    }
    value = parsed.value;
  }
  return value;
}

function isBlankColumn(reading: Reading, column: IncrementColumn): boolean {
  return sources(reading, column).length === 0;
}

function readNumber(
  reading: Reading,
  column: 'businessNumber' | 'number',
  isRequired: boolean,
): string | null {
  const { name } = INCREMENT_COLUMNS[column];
  if (isBlankColumn(reading, column)) {
    return isRequired ? note(reading, name, { code: 'missing', expected: `应填写“${name}”` }) : null;
  }
  return readValue(reading, column, (cell) => {
    const plain = plainNumber(cell);
    if (plain.length > MAX_CODE_LENGTH) {
      return refused({ code: 'tooLong', expected: `不超过 ${MAX_CODE_LENGTH} 个字` });
    }
    return findForbiddenCharacter(plain, false) === null
      ? accepted(plain)
      : refused({ code: 'forbiddenCharacter', expected: '不得有控制字符或不可见字符' });
  });
}

/** Brackets and words of a number such as 鄂东交〔2026〕12号 are as printed; only what is all letters and digits is made plain. */
function plainNumber(cell: string): string {
  const plain = normaliseNumber(cell);
  return /^[\w-]+$/.test(plain) ? plain : cell.trim();
}

function readIdentifier(reading: Reading): string | null {
  const { definition, authority } = reading.rules;
  return readValue(reading, 'identifier', (cell) => {
    const read = parseCertificateIdentifier(normaliseHolderCode(cell));
    if (read.outcome === 'invalid') {
      const expected =
        read.expectedCheckCharacter === null
          ? '应为 1.2.156.3005.2 开头、五段的电子证照标识'
          : `电子证照标识校验位不符，按前段计算应为 ${read.expectedCheckCharacter}`;
      return refused({ code: 'identifierIllFormed', expected });
    }
    const { typeCode, authorityCode } = read.parts;
    if (
      typeCode !== definition.code ||
      (authorityCode.length === 18 && authorityCode !== authority.creditCode)
    ) {
      return refused({
        code: 'identifierOfAnother',
        expected: '标识中的证照类型代码、颁发机构代码应与本次上传一致',
      });
    }
    return accepted<string>(read.identifier);
  });
}

type Dates = Pick<IngestedRecord, 'issuedOn' | 'validFrom' | 'validUntil'>;

function readDates(reading: Reading): Dates | null {
  const { definition, today } = reading.rules;
  const before = reading.problems.length;
  const issuedOn = readDate(reading, 'issuedOn', true);
  // Where the type has no term of its own the certificate holds from the day of its issue.
  const hasTerm = definition.validityRule.kind === 'years';
  const validFrom = readDate(reading, 'validFrom', hasTerm) ?? issuedOn;
  const until = readValue<LegalDate | typeof LONG_TERM>(reading, 'validUntil', (cell) =>
    halfWidth(cell).trim() === LONG_TERM ? accepted(LONG_TERM) : normaliseDate(cell),
  );
  if (reading.problems.length > before || issuedOn === null || validFrom === null) return null;
  if (issuedOn > today) {
    return note(reading, '发证日期', { code: 'inTheFuture', expected: '发证日期不得晚于今天' });
  }
  if (issuedOn < definition.ingestionStartsOn) {
    const expected = `早于归集起始时间 ${definition.ingestionStartsOn}，请作为存量证照归集`;
    return note(reading, '发证日期', { code: 'beforeIngestionStart', expected });
  }
  const dates = { issuedOn, validFrom, validUntil: until === LONG_TERM ? null : until };
  for (const problem of checkValidity(definition, dates, true)) {
    note(reading, columnOf(problem.pointer), problem);
  }
  return dates;
}

function readDate(reading: Reading, column: 'issuedOn' | 'validFrom', isRequired: boolean): LegalDate | null {
  const { name } = INCREMENT_COLUMNS[column];
  if (isBlankColumn(reading, column)) {
    return isRequired ? note(reading, name, { code: 'missing', expected: `应填写“${name}”` }) : null;
  }
  return readValue(reading, column, normaliseDate);
}

function readHolders(reading: Reading): readonly Holder[] | null {
  const text = (column: IncrementColumn): string => sources(reading, column)[0]?.[1] ?? '';
  const inputs = readRowHolders(reading.rules.definition, {
    name: text('holderName'),
    kind: text('holderKind'),
    codeType: text('holderCodeType'),
    code: text('holderCode'),
    share: text('holderShare'),
  });
  const holders = parseHolders(reading.rules.definition, inputs);
  if (holders.ok) return holders.value;
  for (const problem of holders.refusal) note(reading, columnOf(problem.pointer), problem);
  return null;
}

function readFace(
  reading: Reading,
  dates: Dates | null,
  holders: readonly Holder[] | null,
  number: string | null,
): Face | null {
  // One mistake is one problem: without dates, holders and number the elements bound to them cannot be judged.
  if (dates === null || holders === null) return null;
  if (number === null && !isBlankColumn(reading, 'number')) return null;
  const { definition, authority } = reading.rules;
  const schema = definition.faceSchema.map((field) =>
    fitsInCell(field) ? field : { ...field, required: false },
  );
  const face = parseFace(schema, faceCells(reading, schema), {
    values: {
      ZZMC: definition.name,
      ZZBFJG: authority.name,
      ZZBFJGDM: authority.creditCode,
      ZZBFRQ: dates.issuedOn,
      ZZYXQQSRQ: dates.validFrom,
      ZZYXQJZRQ: dates.validUntil ?? LONG_TERM,
      ...(number === null ? {} : { ZZBH: number }),
    },
    holders: holders.map(holderOnFace),
    assignedLater: [],
  });
  if (face.ok) return face.value;
  for (const problem of face.refusal) note(reading, columnOf(problem.pointer), problem);
  return null;
}

function faceCells({ cells }: Reading, schema: FaceSchema): Readonly<Record<string, string>> {
  const given: [string, string][] = [];
  for (const field of schema) {
    if (!fitsInCell(field) || isReadFromRow(field)) continue;
    for (const key of [field.name, field.code]) {
      const cell = cells[key];
      if (cell !== undefined) given.push([key, plainCell(field, cell)]);
    }
  }
  return Object.fromEntries(given);
}

/** What of a cell may be made plain before the rule of its element judges it. */
function plainCell(field: FaceField, cell: string): string {
  switch (field.kind) {
    case 'date': {
      const date = halfWidth(cell).trim() === LONG_TERM ? accepted(LONG_TERM) : normaliseDate(cell);
      return date.ok ? date.value : cell;
    }
    case 'number':
      return normaliseNumber(cell);
    case 'enumeration':
      return cell.trim();
    case 'text':
      return field.mask === 'identityNumber' ? normaliseHolderCode(cell) : cell;
    case 'image':
    case 'rows':
      return cell;
  }
}

/** A type whose number the agency gives carries it on its face, under a name of its own. */
function numberOnFace(reading: Reading, face: Face | null): string | null {
  const { numberedBy } = reading.rules.definition;
  if (face === null || numberedBy.by !== 'agency') return null;
  const number = face[numberedBy.element];
  if (typeof number === 'string' && characterCount(number) > 0) return number;
  return note(reading, numberedBy.element, { code: 'missing', expected: `应填写“${numberedBy.element}”` });
}

const COLUMN_OF_POINTER: Readonly<Record<string, IncrementColumn>> = {
  issuedOn: 'issuedOn',
  validFrom: 'validFrom',
  validUntil: 'validUntil',
  name: 'holderName',
  kind: 'holderKind',
  codeType: 'holderCodeType',
  code: 'holderCode',
  share: 'holderShare',
};

/** The column of a problem that was found by the rules of an issue, from its JSON pointer. */
function columnOf(pointer: string): string {
  const parts = pointer.split('/').slice(1);
  if (parts[0] === 'face') return (parts[1] ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
  const column = COLUMN_OF_POINTER[parts[0] === 'holders' ? (parts[2] ?? 'name') : (parts[0] ?? '')];
  return INCREMENT_COLUMNS[column ?? 'holderName'].name;
}
