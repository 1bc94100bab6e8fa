import { checkValidity } from '../catalog/check-validity';
import { findClassifiedMark } from '../catalog/classified-mark';
import { LONG_TERM } from '../catalog/face-schema';
import { parseCertificateIdentifier } from '../certificate/certificate-identifier';
import type { Holder } from '../certificate/holder';
import { parseHolders } from '../certificate/holder';
import { findForbiddenCharacter } from '../shared/forbidden-character';
import type { LegalDate } from '../shared/legal-date';
import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';
import { halfWidth } from '../shared/text-form';
import type { IncrementCells, IncrementColumn } from './increment-columns';
import { INCREMENT_COLUMNS } from './increment-columns';
import type { IngestedRecord } from './ingested-record';
import { normaliseHolderCode, normaliseNumber } from './normalise-code';
import { normaliseDate } from './normalise-date';
import { numberOnFace, readRowFace } from './read-row-face';
import { readRowHolders } from './read-row-holders';
import type { IncrementRowRules, RowProblem, RowReading } from './row-reading';
import { columnOf, isBlankColumn, note, readValue, sources } from './row-reading';

const MAX_CODE_LENGTH = 100;
const MAX_CELL_LENGTH = 4_000;

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
  const reading: RowReading = { rules, cells, problems: [] };
  const businessNumber = readNumber(reading, 'businessNumber', true);
  const givenNumber = readNumber(reading, 'number', rules.definition.numberedBy.by === 'register');
  const identifier = readIdentifier(reading);
  const dates = readDates(reading);
  const holders = readHolders(reading);
  const face = readRowFace(reading, dates, holders, givenNumber);
  const number = givenNumber ?? numberOnFace(reading, face);
  if (reading.problems.length > 0 || dates === null || holders === null || face === null) {
    return refused(reading.problems);
  }
  if (businessNumber === null || number === null) return refused(reading.problems);
  return accepted({ businessNumber, number, identifier, ...dates, holders, face });
}

function readNumber(
  reading: RowReading,
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

function readIdentifier(reading: RowReading): string | null {
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

function readDates(reading: RowReading): Dates | null {
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

function readDate(
  reading: RowReading,
  column: 'issuedOn' | 'validFrom',
  isRequired: boolean,
): LegalDate | null {
  const { name } = INCREMENT_COLUMNS[column];
  if (isBlankColumn(reading, column)) {
    return isRequired ? note(reading, name, { code: 'missing', expected: `应填写“${name}”` }) : null;
  }
  return readValue(reading, column, normaliseDate);
}

function readHolders(reading: RowReading): readonly Holder[] | null {
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
