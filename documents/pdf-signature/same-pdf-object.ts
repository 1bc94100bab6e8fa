import type { PdfObject } from './reading/pdf-object';

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function sameEntries(a: ReadonlyMap<string, PdfObject>, b: ReadonlyMap<string, PdfObject>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) {
    if (!samePdfObject(value, b.get(key))) return false;
  }
  return true;
}

/** Same value, whatever its spelling; references are compared by number, not followed. */
export function samePdfObject(a: PdfObject | undefined, b: PdfObject | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  switch (a.kind) {
    case 'null':
      return b.kind === 'null';
    case 'boolean':
    case 'number':
    case 'name':
      return b.kind === a.kind && a.value === b.value;
    case 'string':
      return b.kind === 'string' && sameBytes(a.bytes, b.bytes);
    case 'reference':
      return b.kind === 'reference' && a.number === b.number && a.generation === b.generation;
    case 'array':
      return (
        b.kind === 'array' &&
        a.items.length === b.items.length &&
        a.items.every((item, index) => samePdfObject(item, b.items[index]))
      );
    case 'dictionary':
      return b.kind === 'dictionary' && sameEntries(a.entries, b.entries);
    case 'stream':
      return (
        b.kind === 'stream' &&
        sameEntries(a.dictionary.entries, b.dictionary.entries) &&
        sameBytes(a.data, b.data)
      );
  }
}
