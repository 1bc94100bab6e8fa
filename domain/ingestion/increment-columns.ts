import type { CatalogDefinition } from '../catalog/catalog-entry';
import type { FaceField, FaceMetadataCode } from '../catalog/face-schema';

/** One row of an upload, keyed by the names of its columns; blank cells may be absent. */
export type IncrementCells = Readonly<Record<string, string>>;

/** Columns of every type beside the elements of its face, and the metadata that a face element may give instead. */
export const INCREMENT_COLUMNS = {
  businessNumber: { name: '业务编号', metadata: null },
  number: { name: '证照编号', metadata: 'ZZBH' },
  identifier: { name: '证照标识', metadata: null },
  issuedOn: { name: '发证日期', metadata: 'ZZBFRQ' },
  validFrom: { name: '有效期起', metadata: 'ZZYXQQSRQ' },
  validUntil: { name: '有效期止', metadata: 'ZZYXQJZRQ' },
  holderName: { name: '持证主体名称', metadata: 'CZZT' },
  holderKind: { name: '持证主体类型', metadata: null },
  holderCodeType: { name: '持证主体代码类型', metadata: 'CZZTDMLX' },
  holderCode: { name: '持证主体代码', metadata: 'CZZTDM' },
  holderShare: { name: '份额', metadata: null },
  originalRow: { name: '原行号', metadata: null },
  reasons: { name: '退回原因', metadata: null },
} as const satisfies Record<string, { readonly name: string; readonly metadata: FaceMetadataCode | null }>;

export type IncrementColumn = keyof typeof INCREMENT_COLUMNS;

/** Metadata that the row reads itself; face elements bound to them are filled in from what was read. */
const READ_FROM_ROW: ReadonlySet<FaceMetadataCode> = new Set(
  Object.values(INCREMENT_COLUMNS).flatMap(({ metadata }) => (metadata === null ? [] : [metadata])),
);

/** Whether a face element repeats what the row says elsewhere. */
export function isReadFromRow({ metadata }: FaceField): boolean {
  return metadata !== undefined && READ_FROM_ROW.has(metadata);
}

/** A picture or a list within a cell cannot be delivered row by row; such an element follows with the file of the paper. */
export function fitsInCell({ kind }: FaceField): boolean {
  return kind !== 'image' && kind !== 'rows';
}

/** Every column that an upload of a type may have, in the order of a template: names only, codes are taken, too. */
export function columnsOf({ faceSchema }: Pick<CatalogDefinition, 'faceSchema'>): readonly string[] {
  const fixed = Object.values(INCREMENT_COLUMNS).map(({ name }) => name as string);
  return [
    ...fixed,
    ...faceSchema.filter(fitsInCell).flatMap(({ name }) => (fixed.includes(name) ? [] : [name])),
  ];
}

export interface HeaderProblem {
  /** Counted from 1, as people count columns. */
  readonly column: number;
  readonly code: 'unknownColumn' | 'columnTwice' | 'columnUnnamed';
  readonly expected: string;
}

const MAX_PROBLEMS = 20;

/** In: the header of a file. Out: what is wrong with it, empty when each column is known and stands once. */
export function checkHeader(
  definition: Pick<CatalogDefinition, 'faceSchema' | 'name'>,
  header: readonly string[],
): readonly HeaderProblem[] {
  const known = new Set([
    ...columnsOf(definition),
    ...definition.faceSchema.filter(fitsInCell).map(({ code }) => code),
  ]);
  const problems: HeaderProblem[] = [];
  for (const [index, name] of header.entries()) {
    const column = index + 1;
    if (name === '') {
      problems.push({ column, code: 'columnUnnamed', expected: `第 ${column} 列没有列名，请补写或删除该列` });
    } else if (!known.has(name)) {
      const expected = `${definition.name}没有第 ${column} 列这样的列名，可用：${columnsOf(definition).join('、')}`;
      problems.push({ column, code: 'unknownColumn', expected });
    } else if (header.indexOf(name) < index) {
      problems.push({ column, code: 'columnTwice', expected: `第 ${column} 列与前面的列重名` });
    }
  }
  return problems.slice(0, MAX_PROBLEMS);
}
