import { CsvError, parse } from 'csv-parse/sync';
import type { Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import { accepted, refused } from '../../domain/shared/result';
import type { IncrementTable } from '../../ports/increment-table';
import {
  MAX_CELL_LENGTH,
  MAX_COLUMNS,
  MAX_ROWS,
  NO_HEADER,
  TOO_MANY_ROWS,
  unreadableFile,
} from './unreadable-file';

/** What Excel and WPS write when they save as CSV; a comma unless the header has only tabs or semicolons. */
const SEPARATORS = [',', '\t', ';'] as const;
/** Blank lines count here, so that nothing behind them is left out unsaid. */
const MAX_RECORDS = MAX_ROWS * 2;
/** Quotes, separators and line ends around the cells themselves. */
const MAX_RECORD_LENGTH = MAX_COLUMNS * (MAX_CELL_LENGTH + 4);

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * Reads a CSV file (RFC 4180) in UTF-8, with or without its mark, or in GB18030, which Chinese Excel writes: what is not
 * strict UTF-8 is read as strict GB18030. Rows keep the numbers under which a spreadsheet shows them. Refuses bytes of neither
 * encoding, a broken quotation, more than 5,000 rows. Never throws on any input.
 */
export function readCsvTable(bytes: Uint8Array): Result<IncrementTable, Refusal> {
  const decoded = decode(bytes);
  if (decoded === null)
    return refused(unreadableFile('encodingUnknown', '应为 UTF-8 或 GB18030 编码的 CSV 文件'));
  const records = recordsOf(decoded.text);
  if (!records.ok) return records;
  if (records.value.length === MAX_RECORDS) return refused(TOO_MANY_ROWS);
  const [header, ...rows] = records.value.map(({ record }, index) => ({ record, rowNumber: index + 1 }));
  if (header === undefined || header.record.every((name) => name.trim() === '')) return refused(NO_HEADER);
  if (header.record.length > MAX_COLUMNS)
    return refused(unreadableFile('tooManyColumns', `不超过 ${MAX_COLUMNS} 列`));
  const filled = rows.filter(({ record }) => record.some((cell) => cell.trim() !== ''));
  if (filled.length > MAX_ROWS) return refused(TOO_MANY_ROWS);
  return accepted({
    format: decoded.format,
    header: header.record.map((name) => name.trim()),
    rows: filled.map(({ record, rowNumber }) => ({ rowNumber, cells: record, problems: [] })),
  });
}

function decode(
  bytes: Uint8Array,
): { readonly text: string; readonly format: 'csvUtf8' | 'csvGb18030' } | null {
  for (const [encoding, format] of [
    ['utf-8', 'csvUtf8'],
    ['gb18030', 'csvGb18030'],
  ] as const) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      // Neither encoding of a text has U+0000; a file of another kind does.
      return text.includes('\0') ? null : { text, format };
    } catch {
      // The next encoding is tried.
    }
  }
  return null;
}

function recordsOf(text: string): Result<readonly CsvRecord[], Refusal> {
  try {
    const parsed = parse(text, {
      delimiter: separatorOf(text),
      relax_column_count: true,
      skip_empty_lines: false,
      info: true,
      max_record_size: MAX_RECORD_LENGTH,
      to: MAX_RECORDS,
    });
    return accepted(parsed as unknown as readonly CsvRecord[]);
  } catch (fault) {
    if (!(fault instanceof CsvError)) throw fault;
    return refused(unreadableFile('csvIllFormed', '引号不成对，或某一行过长，请用表格软件重新另存为 CSV'));
  }
}

function separatorOf(text: string): string {
  const end = text.search(/[\r\n]/);
  const header = end < 0 ? text : text.slice(0, end);
  return SEPARATORS.find((separator) => header.includes(separator)) ?? ',';
}
