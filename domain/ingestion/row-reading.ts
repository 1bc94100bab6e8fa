import type { CatalogDefinition } from '../catalog/catalog-entry';
import type { FaceField } from '../catalog/face-schema';
import type { LegalDate } from '../shared/legal-date';
import type { Result } from '../shared/result';
import { halfWidth } from '../shared/text-form';
import type { IncrementCells, IncrementColumn } from './increment-columns';
import { fitsInCell, INCREMENT_COLUMNS } from './increment-columns';
import type { CellProblem } from './normalise-date';

/** One reason why a row is rejected, with the column in which it stands. */
export interface RowProblem extends CellProblem {
  readonly column: string;
}

export interface IncrementRowRules {
  readonly definition: CatalogDefinition;
  readonly authority: { readonly name: string; readonly creditCode: string };
  /** The day of receipt: no record may be of a later one. */
  readonly today: LegalDate;
}

/** The row's cells with what is read of them; each problem is noted once. */
export interface RowReading {
  readonly rules: IncrementRowRules;
  readonly cells: IncrementCells;
  readonly problems: RowProblem[];
}

/** Effect: a problem of the row at a column; out: null, which stands for the value that could not be read. */
export function note({ problems }: RowReading, column: string, { code, expected }: CellProblem): null {
  problems.push({ column, code, expected });
  return null;
}

/**
 * Out: the cells that give one column: its own, and that of the face element bound to the same metadata. Where both are given
 * they must say the same.
 */
export function sources(
  reading: RowReading,
  column: IncrementColumn,
): readonly (readonly [string, string])[] {
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

/** Out: the one value of a column as `parse` reads it; null when it is blank or was refused (then a problem is noted). */
export function readValue<Value>(
  reading: RowReading,
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

/** Whether no cell gives the column. */
export function isBlankColumn(reading: RowReading, column: IncrementColumn): boolean {
  return sources(reading, column).length === 0;
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

/** Out: the column of a problem that was found by the rules of an issue, from its JSON pointer. */
export function columnOf(pointer: string): string {
  const parts = pointer.split('/').slice(1);
  if (parts[0] === 'face') return (parts[1] ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
  const column = COLUMN_OF_POINTER[parts[0] === 'holders' ? (parts[2] ?? 'name') : (parts[0] ?? '')];
  return INCREMENT_COLUMNS[column ?? 'holderName'].name;
}
