import { decodeStructuralStream, type InflateBudget } from './inflate-stream';
import { PdfParser } from './parse-pdf-object';
import { type PdfDictionary, PdfError, type PdfObject, type PdfStream } from './pdf-object';

const MAX_OBJECTS = 200_000;
const MAX_SECTIONS = 256;

export type CrossReference =
  | { readonly kind: 'free' }
  | { readonly kind: 'offset'; readonly offset: number; readonly generation: number }
  | { readonly kind: 'compressed'; readonly container: number; readonly index: number };

/** One cross-reference section: the entries of one revision and its trailer. */
export interface CrossReferenceSection {
  readonly offset: number;
  /** Where the trailer, or the object of the stream, ends. */
  readonly end: number;
  readonly style: 'table' | 'stream';
  readonly trailer: PdfDictionary;
  readonly entries: ReadonlyMap<number, CrossReference>;
}

/** Entry that must be a non-negative integer. */
export function integerEntry(dictionary: PdfDictionary, key: string): number | undefined {
  const value = dictionary.entries.get(key);
  if (value === undefined) return undefined;
  if (value.kind !== 'number' || !value.integer || value.value < 0)
    throw new PdfError('pdfSyntax', `${key} is no integer`);
  return value.value;
}

/** Reads `n g obj … endobj` at an offset; the stream's length may be a reference, which `lengthOf` resolves. */
export function readIndirectObject(
  bytes: Uint8Array,
  offset: number,
  lengthOf: (reference: PdfObject) => number,
): { number: number; generation: number; object: PdfObject; end: number } {
  if (offset >= bytes.length) throw new PdfError('pdfCrossReference', 'offset beyond the file');
  const parser = new PdfParser(bytes, offset);
  const first = bytes[offset];
  if (first === undefined || first < 0x30 || first > 0x39) {
    throw new PdfError('pdfCrossReference', `no object at ${offset}`);
  }
  const number = parser.unsignedInteger();
  const generation = parser.unsignedInteger();
  parser.expect('obj');
  const value = parser.object();
  if (value.kind !== 'dictionary' || !parser.take('stream')) {
    parser.expect('endobj');
    return { number, generation, object: value, end: parser.position };
  }
  let start = parser.position;
  if (bytes[start] === 13) start += 1;
  if (bytes[start] !== 10) throw new PdfError('pdfSyntax', 'stream must begin on a new line');
  start += 1;
  const lengthObject = value.entries.get('Length');
  if (lengthObject === undefined) throw new PdfError('pdfSyntax', 'stream without length');
  const length = lengthObject.kind === 'number' ? lengthObject.value : lengthOf(lengthObject);
  if (!Number.isInteger(length) || length < 0 || start + length > bytes.length) {
    throw new PdfError('pdfSyntax', 'stream length');
  }
  parser.position = start + length;
  parser.expect('endstream');
  const end = parser.position;
  parser.expect('endobj');
  const data = bytes.subarray(start, start + length);
  const stream: PdfStream = {
    kind: 'stream',
    dictionary: value,
    data,
    source: bytes,
    start: value.start,
    end,
  };
  return { number, generation, object: stream, end: parser.position };
}

function readTable(parser: PdfParser): Map<number, CrossReference> {
  const { bytes } = parser;
  const entries = new Map<number, CrossReference>();
  parser.skipSpace();
  while (!parser.take('trailer')) {
    const first = parser.unsignedInteger();
    const count = parser.unsignedInteger();
    if (first + count > MAX_OBJECTS) throw new PdfError('pdfTooComplex', 'too many objects');
    parser.skipSpace();
    for (let index = 0; index < count; index += 1) {
      const line = Buffer.from(bytes.subarray(parser.position, parser.position + 20)).toString('latin1');
      const match = /^(\d{10}) (\d{5}) ([nf])(?: \r| \n|\r\n)$/.exec(line);
      if (match === null) throw new PdfError('pdfCrossReference', `entry at ${parser.position}`);
      if (entries.has(first + index)) throw new PdfError('pdfCrossReference', 'entry given twice');
      const offset = Number(match[1]);
      entries.set(
        first + index,
        match[3] === 'n' ? { kind: 'offset', offset, generation: Number(match[2]) } : { kind: 'free' },
      );
      parser.position += 20;
    }
    parser.skipSpace();
  }
  return entries;
}

function fieldOf(data: Uint8Array, at: number, width: number, absent: number): number {
  if (width === 0) return absent;
  let value = 0;
  for (let i = 0; i < width; i += 1) value = value * 256 + (data[at + i] ?? 0);
  return value;
}

function integers(object: PdfObject | undefined): number[] {
  if (object?.kind !== 'array') throw new PdfError('pdfCrossReference', 'array of integers expected');
  return object.items.map((item) => {
    if (item.kind !== 'number' || !item.integer || item.value < 0)
      throw new PdfError('pdfCrossReference', 'integer');
    return item.value;
  });
}

function entryOf(type: number, second: number, third: number): CrossReference {
  if (type === 0) return { kind: 'free' };
  if (type === 1) return { kind: 'offset', offset: second, generation: third };
  if (type === 2) return { kind: 'compressed', container: second, index: third };
  throw new PdfError('pdfCrossReference', 'unknown entry type');
}

function readStreamEntries(stream: PdfStream, budget: InflateBudget): Map<number, CrossReference> {
  const { dictionary } = stream;
  const widths = integers(dictionary.entries.get('W'));
  const [typeWidth = 0, secondWidth = 0, thirdWidth = 0] = widths;
  if (widths.length !== 3 || widths.some((width) => width > 6))
    throw new PdfError('pdfCrossReference', 'field widths');
  const size = integerEntry(dictionary, 'Size') ?? 0;
  const index = dictionary.entries.get('Index');
  const ranges = index === undefined ? [0, size] : integers(index);
  const data = decodeStructuralStream(stream, budget);
  const rowLength = typeWidth + secondWidth + thirdWidth;
  const entries = new Map<number, CrossReference>();
  let at = 0;
  for (let range = 0; range + 1 < ranges.length; range += 2) {
    const first = ranges[range] ?? 0;
    const count = ranges[range + 1] ?? 0;
    if (first + count > MAX_OBJECTS) throw new PdfError('pdfTooComplex', 'too many objects');
    for (let i = 0; i < count; i += 1, at += rowLength) {
      if (rowLength === 0 || at + rowLength > data.length)
        throw new PdfError('pdfCrossReference', 'stream too short');
      if (entries.has(first + i)) throw new PdfError('pdfCrossReference', 'entry given twice');
      const type = fieldOf(data, at, typeWidth, 1);
      const second = fieldOf(data, at + typeWidth, secondWidth, 0);
      entries.set(
        first + i,
        entryOf(type, second, fieldOf(data, at + typeWidth + secondWidth, thirdWidth, 0)),
      );
    }
  }
  return entries;
}

function readSection(bytes: Uint8Array, offset: number, budget: InflateBudget): CrossReferenceSection {
  if (offset >= bytes.length) throw new PdfError('pdfCrossReference', 'section beyond the file');
  const parser = new PdfParser(bytes, offset);
  if (parser.take('xref')) {
    const entries = readTable(parser);
    const trailer = parser.object();
    if (trailer.kind !== 'dictionary') throw new PdfError('pdfCrossReference', 'trailer');
    return { offset, end: parser.position, style: 'table', trailer, entries };
  }
  const { object, end } = readIndirectObject(bytes, offset, () => {
    throw new PdfError('pdfCrossReference', 'length of a cross-reference stream must be direct');
  });
  const type = object.kind === 'stream' ? object.dictionary.entries.get('Type') : undefined;
  if (object.kind !== 'stream' || type?.kind !== 'name' || type.value !== 'XRef') {
    throw new PdfError('pdfCrossReference', `no section at ${offset}`);
  }
  return {
    offset,
    end,
    style: 'stream',
    trailer: object.dictionary,
    entries: readStreamEntries(object, budget),
  };
}

/**
 * Reads the chain of cross-reference sections from the newest to the oldest (ISO 32000-1 clauses 7.5.4 to 7.5.8).
 * A loop, a broken section or more than 256 of them is refused: nothing is ever rebuilt by searching, since what a
 * search finds differs between readers.
 */
export function readCrossReferences(
  bytes: Uint8Array,
  newestOffset: number,
  budget: InflateBudget,
): CrossReferenceSection[] {
  const sections: CrossReferenceSection[] = [];
  const seen = new Set<number>();
  let next: number | undefined = newestOffset;
  while (next !== undefined) {
    if (seen.has(next)) throw new PdfError('pdfCrossReference', 'sections form a loop');
    if (sections.length >= MAX_SECTIONS) throw new PdfError('pdfTooComplex', 'too many sections');
    seen.add(next);
    const section = readSection(bytes, next, budget);
    const hybrid = section.style === 'table' ? integerEntry(section.trailer, 'XRefStm') : undefined;
    sections.push(section);
    if (hybrid !== undefined) {
      if (seen.has(hybrid)) throw new PdfError('pdfCrossReference', 'sections form a loop');
      seen.add(hybrid);
      sections.push(readSection(bytes, hybrid, budget));
    }
    next = integerEntry(section.trailer, 'Prev');
  }
  return sections;
}
