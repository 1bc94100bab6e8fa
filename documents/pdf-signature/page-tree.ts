import { type PdfDictionary, PdfError, type PdfObject } from './reading/pdf-object';
import type { PdfFile } from './reading/read-pdf-file';

const MAX_PAGES = 10_000;
const MAX_TREE_DEPTH = 64;

/** A leaf of the page tree with the dictionaries above it, nearest first, from which it inherits. */
export interface PdfPage {
  readonly number: number;
  readonly generation: number;
  readonly dictionary: PdfDictionary;
  readonly ancestors: readonly PdfDictionary[];
}

function isPages(dictionary: PdfDictionary): boolean {
  return dictionary.entries.has('Kids');
}

function collect(
  file: PdfFile,
  node: PdfObject | undefined,
  ancestors: readonly PdfDictionary[],
  pages: PdfPage[],
  seen: Set<number>,
): void {
  if (node?.kind !== 'reference' || seen.has(node.number)) throw new PdfError('pdfSyntax', 'page tree');
  if (ancestors.length > MAX_TREE_DEPTH || pages.length >= MAX_PAGES)
    throw new PdfError('pdfTooComplex', 'page tree');
  seen.add(node.number);
  const dictionary = file.dictionary(node);
  if (dictionary === undefined) throw new PdfError('pdfSyntax', 'page tree');
  if (!isPages(dictionary)) {
    pages.push({ number: node.number, generation: node.generation, dictionary, ancestors });
    return;
  }
  for (const kid of file.array(dictionary.entries.get('Kids'))?.items ?? []) {
    collect(file, kid, [dictionary, ...ancestors], pages, seen);
  }
}

/** All pages in order. Throws PdfError for a broken or looping tree. */
export function listPages(file: PdfFile): PdfPage[] {
  const catalog = file.dictionary(file.trailer.entries.get('Root'));
  const pages: PdfPage[] = [];
  collect(file, catalog?.entries.get('Pages'), [], pages, new Set());
  return pages;
}

/** The page at an index from 0. Throws Error when there is none. */
export function findPage(file: PdfFile, index: number): PdfPage {
  const page = listPages(file)[index];
  if (page === undefined) throw new Error(`the file has no page ${index}`);
  return page;
}

/** Left and top edge of what is seen of a page, in points. */
export interface PageBox {
  readonly left: number;
  readonly top: number;
}

function inherited(page: PdfPage, key: string): PdfObject | undefined {
  return [page.dictionary, ...page.ancestors]
    .map((dictionary) => dictionary.entries.get(key))
    .find((value) => value);
}

/** The visible box: crop box, else media box. Throws Error for a turned page, on which top and left mean others. */
export function pageBox(file: PdfFile, page: PdfPage): PageBox {
  const rotation = file.resolve(inherited(page, 'Rotate'));
  if (rotation?.kind === 'number' && rotation.value % 360 !== 0) {
    throw new Error('a signature with an appearance needs a page that is not turned');
  }
  const box = file.array(inherited(page, 'CropBox') ?? inherited(page, 'MediaBox'));
  const edges = (box?.items ?? []).map((item) => {
    const value = file.resolve(item);
    return value?.kind === 'number' ? value.value : Number.NaN;
  });
  const [x1 = Number.NaN, y1 = Number.NaN, x2 = Number.NaN, y2 = Number.NaN] = edges;
  if (edges.length !== 4 || edges.some(Number.isNaN)) throw new PdfError('pdfSyntax', 'page box');
  return { left: Math.min(x1, x2), top: Math.max(y1, y2) };
}
