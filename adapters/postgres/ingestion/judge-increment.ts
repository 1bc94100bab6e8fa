import type { IncrementCells } from '../../../domain/ingestion/increment-columns';
import { checkHeader, INCREMENT_COLUMNS } from '../../../domain/ingestion/increment-columns';
import type { IngestedRecord } from '../../../domain/ingestion/ingested-record';
import { normaliseNumber } from '../../../domain/ingestion/normalise-code';
import { markedColumn, parseIncrementRow } from '../../../domain/ingestion/parse-increment-row';
import type { RowProblem } from '../../../domain/ingestion/row-reading';
import type { LegalDate } from '../../../domain/shared/legal-date';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { IncrementTable } from '../../../ports/increment-table';
import type { IncrementRules } from './increment-rules';

/** One row of an upload before it is judged. */
export interface GivenRow {
  readonly rowNumber: number;
  readonly cells: IncrementCells;
  /** What reading the file already found wrong. */
  readonly problems: readonly RowProblem[];
}

/** One row as it was judged; what a marked row said is in neither. */
export interface JudgedRow {
  readonly rowNumber: number;
  /** The row of the earlier upload that this one brings again. */
  readonly originalRow: number | null;
  readonly record: IngestedRecord | null;
  readonly problems: readonly RowProblem[];
  /** Kept for the error file; null where nothing may be kept (art. 3). */
  readonly cells: IncrementCells | null;
}

const BEYOND = '该单元格在最后一个列名之后，请删除或补写列名';

/** In: a table as it was read and its type. Out: its rows by column names, or what is wrong with the header. */
export function givenRows(
  table: IncrementTable,
  rules: IncrementRules,
): Result<readonly GivenRow[], Refusal> {
  const problems = checkHeader(rules.definition, table.header);
  if (problems.length > 0) {
    return refused({
      code: 'incrementFileUnreadable',
      problems: problems.map(({ column, code, expected }) => ({
        pointer: `/columns/${column}`,
        code,
        expected,
      })),
    });
  }
  return accepted(
    table.rows.map(({ rowNumber, cells, problems: found }) => ({
      rowNumber,
      cells: Object.fromEntries(
        table.header.flatMap((name, index) => {
          const cell = cells[index] ?? '';
          return cell === '' ? [] : [[name, cell] as const];
        }),
      ),
      problems: [
        ...found.map(({ columnIndex, code, expected }) => ({
          column: columnIndex === null ? '' : (table.header[columnIndex] ?? ''),
          code,
          expected,
        })),
        ...(cells.slice(table.header.length).some((cell) => cell.trim() !== '')
          ? [{ column: '', code: 'cellBeyondHeader', expected: BEYOND }]
          : []),
      ],
    })),
  );
}

/** In: rows of a JSON body. Out: the same, or which names are no columns of the type. */
export function givenJsonRows(
  rows: readonly IncrementCells[],
  rules: IncrementRules,
): Result<readonly GivenRow[], Refusal> {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const problems = checkHeader(rules.definition, names);
  if (problems.length > 0) {
    return refused({
      code: 'contentInvalid',
      problems: problems.map(({ column, code, expected }) => {
        const name = names[column - 1] ?? '';
        const row = rows.findIndex((candidate) => Object.hasOwn(candidate, name));
        return { pointer: `/rows/${row}`, code, expected };
      }),
    });
  }
  return accepted(rows.map((cells, index) => ({ rowNumber: index + 1, cells, problems: [] })));
}

/**
 * Judges every row by the rules of its type, and rows of the same number or identifier within the upload: the first counts. A
 * row with a secrecy mark in any cell is refused whole and nothing of it goes on. Throws nothing.
 */
export function judgeRows(
  rows: readonly GivenRow[],
  rules: IncrementRules,
  today: LegalDate,
): readonly JudgedRow[] {
  const seen = new Map<string, number>();
  return rows.map(({ rowNumber, cells, problems }) => {
    const marked = markedColumn(cells);
    if (marked !== null) {
      const expected = '单元格带有涉密标志，不予接收，该行内容未保存；已通知安全管理员';
      const mark = { column: marked, code: 'classifiedSuspected', expected };
      return { rowNumber, originalRow: null, record: null, problems: [mark], cells: null };
    }
    const parsed = parseIncrementRow(cells, {
      definition: rules.definition,
      authority: rules.authority,
      today,
    });
    const found = [...problems, ...(parsed.ok ? repeated(parsed.value, seen, rowNumber) : parsed.refusal)];
    return {
      rowNumber,
      originalRow: originalRowOf(cells),
      record: parsed.ok && found.length === 0 ? parsed.value : null,
      problems: found,
      cells,
    };
  });
}

function repeated(
  record: IngestedRecord,
  seen: Map<string, number>,
  rowNumber: number,
): readonly RowProblem[] {
  const keys = [
    [`number ${record.number}`, INCREMENT_COLUMNS.number.name],
    ...(record.identifier === null
      ? []
      : [[`identifier ${record.identifier}`, INCREMENT_COLUMNS.identifier.name] as const]),
  ] as const;
  const problems: RowProblem[] = [];
  for (const [key, column] of keys) {
    const first = seen.get(key);
    if (first === undefined) seen.set(key, rowNumber);
    else problems.push({ column, code: 'givenTwiceInFile', expected: `与第 ${first} 行重复，请只保留一行` });
  }
  return problems;
}

function originalRowOf(cells: IncrementCells): number | null {
  const text = normaliseNumber(cells[INCREMENT_COLUMNS.originalRow.name] ?? '');
  return /^\d{1,7}$/.test(text) ? Number(text) : null;
}
