import { decodeStructuralStream, type InflateBudget } from './inflate-stream';
import { PdfParser } from './parse-pdf-object';
import { type PdfArray, type PdfDictionary, PdfError, type PdfObject } from './pdf-object';
import {
  type CrossReference,
  type CrossReferenceSection,
  integerEntry,
  readCrossReferences,
  readIndirectObject,
} from './read-cross-references';

const MAX_FILE_BYTES = 50 * 1024 * 1024;
const MAX_INFLATED_BYTES = 50 * 1024 * 1024;
const MAX_REFERENCE_HOPS = 16;

/** A PDF as one reader sees it: objects are parsed when they are asked for. Never changes the bytes. */
export interface PdfFile {
  readonly bytes: Uint8Array;
  readonly sections: readonly CrossReferenceSection[];
  readonly trailer: PdfDictionary;
  /** Merged cross-references, newest entry for each object number. */
  readonly references: ReadonlyMap<number, CrossReference>;
  /** Object by number; undefined when it is free or absent. Throws PdfError when it is broken. */
  object(number: number): PdfObject | undefined;
  /** Follows references; undefined for a dangling one. */
  resolve(object: PdfObject | undefined): PdfObject | undefined;
  dictionary(object: PdfObject | undefined): PdfDictionary | undefined;
  array(object: PdfObject | undefined): PdfArray | undefined;
}

/** Offset that the last startxref names; only line ends may follow %%EOF. */
function newestSection(bytes: Uint8Array): number {
  const tail = Buffer.from(bytes.subarray(Math.max(0, bytes.length - 1024))).toString('latin1');
  const match = /startxref[\r\n \t]+(\d{1,10})[\r\n \t]+%%EOF([\s\S]*?)$/.exec(
    tail.slice(Math.max(0, tail.lastIndexOf('startxref'))),
  );
  if (match === null) throw new PdfError('pdfTruncated', 'no startxref at the end');
  if (!/^(\r\n|\r|\n)?$/.test(match[2] ?? ''))
    throw new PdfError('pdfTrailingBytes', 'bytes after the end of file mark');
  return Number(match[1]);
}

class PdfFileReader implements PdfFile {
  readonly bytes: Uint8Array;
  readonly sections: readonly CrossReferenceSection[];
  readonly trailer: PdfDictionary;
  readonly references: ReadonlyMap<number, CrossReference>;
  private readonly budget: InflateBudget = { bytesLeft: MAX_INFLATED_BYTES };
  private readonly cache = new Map<number, PdfObject | undefined>();
  private readonly containers = new Map<number, readonly { number: number; object: PdfObject }[]>();
  private readonly reading = new Set<number>();

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.sections = readCrossReferences(bytes, newestSection(bytes), this.budget);
    const newest = this.sections[0];
    if (newest === undefined) throw new PdfError('pdfCrossReference', 'no section');
    this.trailer = newest.trailer;
    const references = new Map<number, CrossReference>();
    for (const section of this.sections) {
      for (const [number, entry] of section.entries) {
        if (!references.has(number)) references.set(number, entry);
      }
    }
    this.references = references;
    if (this.sections.some((section) => section.trailer.entries.has('Encrypt'))) {
      throw new PdfError('pdfEncrypted', 'encrypted files are not read');
    }
  }

  object(number: number): PdfObject | undefined {
    if (this.cache.has(number)) return this.cache.get(number);
    const entry = this.references.get(number);
    if (entry === undefined || entry.kind === 'free') return undefined;
    // A stream whose length refers to itself would read itself for ever.
    if (this.reading.has(number)) throw new PdfError('pdfSyntax', `object ${number} needs itself`);
    this.reading.add(number);
    try {
      const object =
        entry.kind === 'offset' ? this.plainObject(number, entry) : this.compressedObject(number, entry);
      this.cache.set(number, object);
      return object;
    } finally {
      this.reading.delete(number);
    }
  }

  private plainObject(number: number, entry: { offset: number; generation: number }): PdfObject {
    const found = readIndirectObject(this.bytes, entry.offset, (reference) => {
      const length = this.resolve(reference);
      if (length?.kind !== 'number') throw new PdfError('pdfSyntax', 'stream length');
      return length.value;
    });
    if (found.number !== number || found.generation !== entry.generation) {
      throw new PdfError('pdfCrossReference', `object ${number} is not at its offset`);
    }
    return found.object;
  }

  private compressedObject(number: number, entry: { container: number; index: number }): PdfObject {
    const member = this.members(entry.container)[entry.index];
    if (member?.number !== number)
      throw new PdfError('pdfCrossReference', `object ${number} is not in its stream`);
    return member.object;
  }

  private members(container: number): readonly { number: number; object: PdfObject }[] {
    const known = this.containers.get(container);
    if (known !== undefined) return known;
    if (this.references.get(container)?.kind !== 'offset')
      throw new PdfError('pdfCrossReference', 'object stream');
    const stream = this.object(container);
    if (stream?.kind !== 'stream') throw new PdfError('pdfCrossReference', 'object stream');
    const count = integerEntry(stream.dictionary, 'N') ?? 0;
    const first = integerEntry(stream.dictionary, 'First') ?? 0;
    const data = decodeStructuralStream(stream, this.budget);
    if (count > data.length) throw new PdfError('pdfTooComplex', 'object stream');
    const header = new PdfParser(data, 0);
    const members = Array.from({ length: count }, () => ({
      number: header.unsignedInteger(),
      offset: header.unsignedInteger(),
    })).map(({ number, offset }) => ({ number, object: new PdfParser(data, first + offset).object() }));
    this.containers.set(container, members);
    return members;
  }

  resolve(object: PdfObject | undefined): PdfObject | undefined {
    let current = object;
    for (let hops = 0; current?.kind === 'reference'; hops += 1) {
      if (hops >= MAX_REFERENCE_HOPS) throw new PdfError('pdfTooComplex', 'references form a chain');
      const entry = this.references.get(current.number);
      if (entry?.kind === 'offset' && entry.generation !== current.generation) return undefined;
      current = this.object(current.number);
    }
    return current;
  }

  dictionary(object: PdfObject | undefined): PdfDictionary | undefined {
    const resolved = this.resolve(object);
    if (resolved?.kind === 'stream') return resolved.dictionary;
    return resolved?.kind === 'dictionary' ? resolved : undefined;
  }

  array(object: PdfObject | undefined): PdfArray | undefined {
    const resolved = this.resolve(object);
    return resolved?.kind === 'array' ? resolved : undefined;
  }
}

/**
 * Opens a PDF for reading: classic tables, cross-reference streams and hybrids, at most 50 MB.
 * @returns the file; throws PdfError for anything that two readers could read in two ways (no header at the first byte,
 * bytes after the end mark, wrong offsets, encrypted).
 * Source: ISO 32000-1 clause 7.5.
 */
export function readPdfFile(bytes: Uint8Array): PdfFile {
  if (bytes.length > MAX_FILE_BYTES) throw new PdfError('pdfTooLarge', 'more than 50 MB');
  if (Buffer.from(bytes.subarray(0, 5)).toString('latin1') !== '%PDF-')
    throw new PdfError('notPdf', 'no header');
  return new PdfFileReader(bytes);
}
