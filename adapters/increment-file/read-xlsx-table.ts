import type { ContainerEntry } from '../../documents/container/read-container';
import { readContainer } from '../../documents/container/read-container';
import type { XmlElement } from '../../documents/container/read-xml';
import { childrenNamed, readXml, XmlError } from '../../documents/container/read-xml';
import type { Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import { accepted, refused } from '../../domain/shared/result';
import type { IncrementTable, IncrementTableRow } from '../../ports/increment-table';
import { MAX_COLUMNS, MAX_ROWS, NO_HEADER, TOO_MANY_ROWS, unreadableFile } from './unreadable-file';
import type { CellReading } from './xlsx-cell';
import { columnIndexOf, readCell, sharedTextOf } from './xlsx-cell';
import { dateStylesOf } from './xlsx-date-styles';

const LIMITS = {
  maxContainerBytes: 20 * 1024 * 1024,
  maxEntries: 500,
  maxInflatedBytes: 60 * 1024 * 1024,
  maxRatio: 200,
};
/** The last row of a sheet (ECMA-376 has none; every spreadsheet has this one). */
const MAX_ROW_NUMBER = 1_048_576;
const XML_LIMITS = { maxDepth: 32, maxElements: 2_000_000 };
const HIDDEN_SHEET = unreadableFile(
  'sheetHidden',
  '工作簿含有隐藏的工作表，请取消隐藏并核对，或删除后再上传',
);
const SEVERAL_SHEETS = unreadableFile('severalSheets', '应只有一个工作表，请把其他工作表另存为别的文件');
const NOT_A_WORKBOOK = unreadableFile('workbookIllFormed', '应为 Excel 工作簿(.xlsx)，请重新另存后上传');
const MACROS = unreadableFile('workbookHasMacros', '不接收带宏或外部链接的工作簿，请另存为普通的 .xlsx');

/**
 * Reads the one sheet of an XLSX workbook (ECMA-376) with strict readers of ZIP and XML, everything bounded before it is
 * inflated. What hides something is refused: hidden sheets, macros, external links. A formula is a problem of its cell and a
 * hidden row one of the row, since nobody has looked at what stands there. Never throws on any input.
 */
export function readXlsxTable(bytes: Uint8Array): Result<IncrementTable, Refusal> {
  const container = readContainer(bytes, LIMITS);
  if (!container.ok) return refused(NOT_A_WORKBOOK);
  try {
    return readWorkbook(container.entries);
  } catch (fault) {
    if (fault instanceof XmlError) return refused(NOT_A_WORKBOOK);
    throw fault;
  }
}

type Entries = ReadonlyMap<string, ContainerEntry>;

function readWorkbook(entries: Entries): Result<IncrementTable, Refusal> {
  if ([...entries.keys()].some((name) => /vbaProject|externalLinks\//i.test(name))) return refused(MACROS);
  const workbook = part(entries, 'xl/workbook.xml');
  if (workbook === null) return refused(NOT_A_WORKBOOK);
  const sheets = inner(workbook, 'sheets').flatMap((list) => childrenNamed(list, 'sheet'));
  if (sheets.some((sheet) => (sheet.attributes.get('state') ?? 'visible') !== 'visible'))
    return refused(HIDDEN_SHEET);
  const [sheet, second] = sheets;
  if (second !== undefined) return refused(SEVERAL_SHEETS);
  const path = sheet === undefined ? null : sheetPath(entries, sheet);
  const content = path === null ? null : part(entries, path);
  if (content === null) return refused(NOT_A_WORKBOOK);
  const is1904 = inner(workbook, 'workbookPr').some(({ attributes }) => isTrue(attributes.get('date1904')));
  return readSheet(content, {
    sharedTexts: sharedTexts(entries),
    dateStyles: dateStylesOf(part(entries, 'xl/styles.xml')),
    is1904,
  });
}

type Meaning = Parameters<typeof readCell>[1];

function readSheet(sheet: XmlElement, meaning: Meaning): Result<IncrementTable, Refusal> {
  const rows = inner(sheet, 'sheetData').flatMap((data) => childrenNamed(data, 'row'));
  if (rows.length > MAX_ROWS * 2) return refused(TOO_MANY_ROWS);
  const read: {
    readonly rowNumber: number;
    readonly cells: readonly CellReading[];
    readonly isHidden: boolean;
  }[] = [];
  let last = 0;
  for (const row of rows) {
    const rowNumber = Number(row.attributes.get('r') ?? last + 1);
    // People are told about rows by their numbers, and each row has one place in the register.
    if (!Number.isInteger(rowNumber) || rowNumber <= last || rowNumber > MAX_ROW_NUMBER)
      return refused(NOT_A_WORKBOOK);
    last = rowNumber;
    const cells = cellsOf(row, meaning);
    if (cells === null) return refused(unreadableFile('tooManyColumns', `不超过 ${MAX_COLUMNS} 列`));
    if (cells.some(({ text, problem }) => text.trim() !== '' || problem !== null)) {
      read.push({ rowNumber, cells, isHidden: isTrue(row.attributes.get('hidden')) });
    }
  }
  const [header, ...body] = read;
  if (header === undefined || header.rowNumber !== 1) return refused(NO_HEADER);
  if (body.length > MAX_ROWS) return refused(TOO_MANY_ROWS);
  return accepted({
    format: 'xlsx',
    header: header.cells.map(({ text }) => text.trim()),
    rows: body.map(rowOf),
  });
}

/** Cells in the order of their columns, blanks filled in; null when there are too many. */
function cellsOf(row: XmlElement, meaning: Meaning): readonly CellReading[] | null {
  const cells: CellReading[] = [];
  for (const cell of childrenNamed(row, 'c')) {
    const column = columnIndexOf(cell.attributes.get('r')) ?? cells.length;
    if (column >= MAX_COLUMNS || column < cells.length) return null;
    while (cells.length < column) cells.push({ text: '', problem: null });
    cells.push(readCell(cell, meaning));
  }
  return cells;
}

function rowOf({
  rowNumber,
  cells,
  isHidden,
}: {
  readonly rowNumber: number;
  readonly cells: readonly CellReading[];
  readonly isHidden: boolean;
}): IncrementTableRow {
  const problems = cells.flatMap(({ problem }, columnIndex) =>
    problem === null ? [] : [{ ...problem, columnIndex }],
  );
  const hidden = {
    columnIndex: null,
    code: 'rowHidden',
    expected: '该行被隐藏，请取消隐藏并核对，或删除后再上传',
  };
  return {
    rowNumber,
    cells: cells.map(({ text }) => text),
    problems: isHidden ? [hidden, ...problems] : problems,
  };
}

function sheetPath(entries: Entries, sheet: XmlElement): string | null {
  const relations = part(entries, 'xl/_rels/workbook.xml.rels');
  const id =
    sheet.attributes.get('r:id') ?? [...sheet.attributes].find(([name]) => name.endsWith(':id'))?.[1];
  if (relations === null || id === undefined) return null;
  const relation = relations.children.find(({ attributes }) => attributes.get('Id') === id);
  const target = relation?.attributes.get('Target') ?? '';
  return target.startsWith('/') ? target.slice(1) : `xl/${target}`;
}

function sharedTexts(entries: Entries): readonly string[] {
  const table = part(entries, 'xl/sharedStrings.xml');
  return table === null ? [] : childrenNamed(table, 'si').map(sharedTextOf);
}

function part(entries: Entries, name: string): XmlElement | null {
  const entry = entries.get(name);
  return entry === undefined ? null : readXml(entry.data, XML_LIMITS).root;
}

function inner(parent: XmlElement, name: string): readonly XmlElement[] {
  return childrenNamed(parent, name);
}

function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true';
}
