import type { Knex } from 'knex';
import type { IncrementCells } from '../../../domain/ingestion/increment-columns';
import { INCREMENT_COLUMNS } from '../../../domain/ingestion/increment-columns';
import type { RowProblem } from '../../../domain/ingestion/row-reading';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';

export interface RejectedRow {
  readonly rowNumber: number;
  readonly problems: readonly RowProblem[];
  /** Null for a row of which nothing may be kept. */
  readonly cells: IncrementCells | null;
}

/** Out: the rows of an upload that were rejected and have not come in since, in their order. */
export async function rejectedRows(
  transaction: Knex.Transaction,
  cipher: PersonalDataCipher,
  uploadId: string,
): Promise<readonly RejectedRow[]> {
  const rows: readonly {
    readonly row_number: number;
    readonly problems: readonly RowProblem[];
    readonly cells_cipher: Buffer | null;
  }[] = await transaction('increment_row')
    .where({ increment_upload_id: uploadId, state: 'rejected' })
    .orderBy('row_number')
    .select('row_number', 'problems', 'cells_cipher');
  return rows.map(({ row_number: rowNumber, problems, cells_cipher: cells }) => ({
    rowNumber,
    problems,
    cells:
      cells === null
        ? null
        : JSON.parse(cipher.decrypt(cells, cipherPlace('increment_row.cells_cipher', uploadId, rowNumber))),
  }));
}

/**
 * The error file: row number and reasons first, then the cells as they came, so that whoever mends them in the file may upload
 * it as it is. A row of which nothing was kept stands there with its number and reason alone.
 */
export function errorTable(rows: readonly RejectedRow[]): readonly (readonly string[])[] {
  const own = [INCREMENT_COLUMNS.originalRow.name, INCREMENT_COLUMNS.reasons.name] as const;
  const isOwn = (name: string): boolean => name === own[0] || name === own[1];
  const columns = [...new Set(rows.flatMap(({ cells }) => Object.keys(cells ?? {})))].filter(
    (name) => !isOwn(name),
  );
  return [
    [...own, ...columns],
    ...rows.map(({ rowNumber, problems, cells }) => [
      String(rowNumber),
      problems
        .map(({ column, expected }) => (column === '' ? expected : `${column}：${expected}`))
        .join('；'),
      ...columns.map((name) => cells?.[name] ?? ''),
    ]),
  ];
}
