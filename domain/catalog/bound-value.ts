import type {
  BoundHolder,
  BoundValues,
  FaceColumn,
  FaceField,
  FaceRow,
  FaceValue,
  HolderColumnCode,
} from './face-schema';

/**
 * What a face element bound to metadata has to say according to the register, or null when the element is
 * unbound or the register does not know it (yet). Several holders in one line are joined by 、.
 */
export function boundValue(field: FaceField, bound: BoundValues): FaceValue | null {
  if (field.metadata === undefined) return null;
  switch (field.metadata) {
    case 'CZZT':
    case 'CZZTDM':
    case 'CZZTDMLX':
      return field.kind === 'rows' ? holderRows(field.columns, bound) : holderLine(field.metadata, bound);
    case 'ZZMC':
    case 'ZZBH':
    case 'ZZBFJG':
    case 'ZZBFJGDM':
    case 'ZZBFRQ':
    case 'ZZYXQQSRQ':
    case 'ZZYXQJZRQ':
      return bound.values[field.metadata] ?? null;
  }
}

function holderRows(columns: readonly FaceColumn[], bound: BoundValues): readonly FaceRow[] | null {
  if (bound.holders.length === 0) return null;
  return bound.holders.map((holder) => {
    const cells: [string, string][] = [];
    for (const { name, metadata } of columns) {
      const cell = metadata === undefined ? null : holderCell(metadata, holder);
      if (cell !== null) cells.push([name, cell]);
    }
    return Object.fromEntries(cells);
  });
}

function holderLine(metadata: HolderColumnCode, bound: BoundValues): string | null {
  const cells = bound.holders.map((holder) => holderCell(metadata, holder)).filter((cell) => cell !== null);
  return cells.length === 0 ? null : cells.join('、');
}

function holderCell(metadata: HolderColumnCode, holder: BoundHolder): string | null {
  switch (metadata) {
    case 'CZZT':
      return holder.name;
    case 'CZZTDM':
      return holder.code;
    case 'CZZTDMLX':
      return holder.codeTypeName;
    case 'KZ_份额':
      return holder.share;
  }
}
