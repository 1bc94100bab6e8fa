import type { PdfArray, PdfDictionary, PdfObject } from './reading/pdf-object';
import type { PdfFile } from './reading/read-pdf-file';
import { samePdfObject } from './same-pdf-object';

function countReferences(object: PdfObject, counts: Map<number, number>): void {
  switch (object.kind) {
    case 'reference':
      counts.set(object.number, (counts.get(object.number) ?? 0) + 1);
      return;
    case 'array':
      for (const item of object.items) countReferences(item, counts);
      return;
    case 'dictionary':
      for (const value of object.entries.values()) countReferences(value, counts);
      return;
    case 'stream':
      countReferences(object.dictionary, counts);
      return;
    case 'null':
    case 'boolean':
    case 'number':
    case 'name':
    case 'string':
      return;
  }
}

/** How often each object number is referred to in a revision, its trailer included. Throws PdfError. */
export function referrersIn(file: PdfFile): Map<number, number> {
  const counts = new Map<number, number>();
  for (const [number, entry] of file.references) {
    if (entry.kind === 'free') continue;
    const object = file.object(number);
    if (object !== undefined) countReferences(object, counts);
  }
  countReferences(file.trailer, counts);
  return counts;
}

/** Whether the number names an object that is not free. */
export function existed(file: PdfFile, number: number): boolean {
  const entry = file.references.get(number);
  return entry !== undefined && entry.kind !== 'free';
}

/** The first key, other than the free ones, under which two dictionaries differ; undefined when there is none. */
export function firstDifference(
  before: PdfDictionary | undefined,
  after: PdfDictionary,
  free: ReadonlySet<string>,
): string | undefined {
  const keys = new Set([...(before?.entries.keys() ?? []), ...after.entries.keys()]);
  return [...keys].find(
    (key) => !free.has(key) && !samePdfObject(before?.entries.get(key), after.entries.get(key)),
  );
}

/** Items that `after` has beyond those of `before`, which must all be there in their order. */
export function addedItems(
  before: PdfArray | undefined,
  after: PdfArray | undefined,
): PdfObject[] | undefined {
  const added: PdfObject[] = [];
  const expected = [...(before?.items ?? [])];
  for (const item of after?.items ?? []) {
    if (expected.length > 0 && samePdfObject(expected[0], item)) expected.shift();
    else added.push(item);
  }
  return expected.length === 0 ? added : undefined;
}

/** Whether a value is this name. */
export function isName(object: PdfObject | undefined, value: string): boolean {
  return object?.kind === 'name' && object.value === value;
}

/** The permission P of a certification signature in the earlier revision (ISO 32000-1 clause 12.8.2.2). */
export function certifiedPermission(file: PdfFile): number | undefined {
  const catalog = file.dictionary(file.trailer.entries.get('Root'));
  const permissions = file.dictionary(catalog?.entries.get('Perms'));
  const signature = file.dictionary(permissions?.entries.get('DocMDP'));
  if (signature === undefined) return undefined;
  for (const item of file.array(signature.entries.get('Reference'))?.items ?? []) {
    const parameters = file.dictionary(file.dictionary(item)?.entries.get('TransformParams'));
    const permission = file.resolve(parameters?.entries.get('P'));
    if (permission?.kind === 'number') return permission.value;
  }
  return 2;
}

/** Nothing but the end mark follows the newest section. */
export function endsTightly({ bytes, sections }: PdfFile): boolean {
  const tail = Buffer.from(bytes.subarray(sections[0]?.end ?? 0, (sections[0]?.end ?? 0) + 64)).toString(
    'latin1',
  );
  const match = /^\s*startxref\s+\d+\s+%%EOF\r?\n?$/.exec(tail);
  return match !== null && (sections[0]?.end ?? 0) + match[0].length === bytes.length;
}
