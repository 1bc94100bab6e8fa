import type { CellProblem } from '../domain/ingestion/normalise-date';
import type { IncrementFileFormat } from '../domain/ingestion/upload-format';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';

/** A table as it was read out of a file, before any cell is judged. */
export interface IncrementTable {
  readonly format: IncrementFileFormat;
  readonly header: readonly string[];
  readonly rows: readonly IncrementTableRow[];
}

export interface IncrementTableRow {
  /** As people see it in the file: the header is row 1. */
  readonly rowNumber: number;
  /** In the order of the header; blank cells are empty texts, cells behind the last column are kept. */
  readonly cells: readonly string[];
  /** What the reader itself found wrong: a formula, a hidden row. The cell then is an empty text. */
  readonly problems: readonly (CellProblem & { readonly columnIndex: number | null })[];
}

/** Reads CSV (UTF-8, GB18030) and XLSX; limits before parsing. */
export interface IncrementTableReader {
  /** Refuses what is none of them, is too large, or hides something (`incrementFileUnreadable`, with what was expected). */
  read(bytes: Uint8Array, fileName: string): Result<IncrementTable, Refusal>;
}
