import { comparableText } from '../shared/text-form';
import type { CatalogDefinition } from './catalog-entry';
import type { Face } from './face-schema';

/** In a uniqueness key this word stands for all holders; every other word is the name of a face element. */
export const HOLDER_KEY_PART = 'holder';

export interface KeyHolder {
  readonly name: string;
  readonly code: string | null;
}

/**
 * The canonical text of what may be live only once per type: the same for the same thing however it was
 * typed (width, white space, letter case, middle dots, order of the holders), and different for different things.
 * A holder without a code counts by name. Starts with the type code; contains personal data, so store a keyed
 * digest of it, not the text.
 */
export function uniquenessKey(
  definition: Pick<CatalogDefinition, 'code' | 'uniquenessKey'>,
  face: Face,
  holders: readonly KeyHolder[],
): string {
  const parts = definition.uniquenessKey.map((part) =>
    part === HOLDER_KEY_PART ? [part, ...holders.map(holderPart).sort()] : [part, facePart(face, part)],
  );
  return JSON.stringify([definition.code, ...parts]);
}

function holderPart(holder: KeyHolder): string {
  return holder.code === null ? `name:${canonical(holder.name)}` : `code:${canonical(holder.code)}`;
}

function facePart(face: Face, name: string): string {
  const value = face[name];
  if (value === undefined) return '';
  if (typeof value === 'string') return canonical(value);
  return JSON.stringify(
    value.map((row) =>
      Object.entries(row)
        .map(([column, cell]) => [column, canonical(cell)])
        .sort(([a = ''], [b = '']) => (a < b ? -1 : a > b ? 1 : 0)),
    ),
  );
}

function canonical(text: string): string {
  return comparableText(text)
    .replace(/[·•・‧]/g, '')
    .toUpperCase();
}
