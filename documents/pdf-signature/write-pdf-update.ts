import { createHash } from 'node:crypto';
import type { PdfDictionary } from './reading/pdf-object';
import { rawBytes } from './reading/pdf-object';
import { integerEntry } from './reading/read-cross-references';
import type { PdfFile } from './reading/read-pdf-file';

/** An object of an incremental update; the body is PDF syntax in Latin-1, one character per byte. */
export interface UpdatedObject {
  readonly number: number;
  readonly generation: number;
  readonly body: string;
}

/** The source text of a value, byte for byte (one character per byte). */
export function sourceText(object: Parameters<typeof rawBytes>[0]): string {
  return Buffer.from(rawBytes(object)).toString('latin1');
}

/** A dictionary with some entries set; the others keep their source text and their order. */
export function withEntries(
  dictionary: PdfDictionary | undefined,
  changes: Readonly<Record<string, string>>,
): string {
  const kept = [...(dictionary?.entries ?? [])]
    .filter(([key]) => !(key in changes))
    .map(([key, value]) => `/${escapeName(key)} ${sourceText(value)}`);
  const set = Object.entries(changes).map(([key, value]) => `/${escapeName(key)} ${value}`);
  return `<< ${[...kept, ...set].join(' ')} >>`;
}

function escapeName(name: string): string {
  return name.replace(/[^A-Za-z0-9_.+-]/g, (character) => {
    return `#${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
}

/** A text string (ISO 32000-1 clause 7.9.2.2): UTF-16BE with its mark, hexadecimal, which every reader takes alike. */
export function textString(text: string): string {
  return `<FEFF${Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase()}>`;
}

/** A date string in the legal time zone of the country, UTC+8 (ISO 32000-1 clause 7.9.4). */
export function dateString(instant: Date): string {
  const local = new Date(instant.getTime() + 8 * 3_600_000).toISOString();
  return `(D:${local.slice(0, 19).replace(/[-T:]/g, '')}+08'00')`;
}

/** Number with at most four decimals, never in exponent form. */
export function pdfNumber(value: number): string {
  return String(Number(value.toFixed(4)));
}

function runsOf(numbers: readonly number[]): number[][] {
  const runs: number[][] = [];
  for (const number of numbers) {
    const last = runs[runs.length - 1];
    if (last !== undefined && last[last.length - 1] === number - 1) last.push(number);
    else runs.push([number]);
  }
  return runs;
}

function fileIdentifier(file: PdfFile, seed: Uint8Array): string {
  const given = file.array(file.trailer.entries.get('ID'))?.items[0];
  const changed = createHash('sha256').update(seed).digest('hex').slice(0, 32);
  if (given?.kind === 'string') return `[<${Buffer.from(given.bytes).toString('hex')}> <${changed}>]`;
  return `[<${changed}> <${changed}>]`;
}

function keptTrailerEntries(file: PdfFile): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const key of ['Root', 'Info']) {
    const value = file.trailer.entries.get(key);
    if (value !== undefined) kept[key] = sourceText(value);
  }
  return kept;
}

function tableSection(offsets: ReadonlyMap<number, { offset: number; generation: number }>): string {
  const numbers = [...offsets.keys()].sort((a, b) => a - b);
  const lines = runsOf(numbers).map((run) => {
    const entries = run.map((number) => {
      const entry = offsets.get(number) ?? { offset: 0, generation: 0 };
      return `${String(entry.offset).padStart(10, '0')} ${String(entry.generation).padStart(5, '0')} n\r\n`;
    });
    return `${run[0]} ${run.length}\n${entries.join('')}`;
  });
  return `xref\n${lines.join('')}`;
}

function streamRows(offsets: ReadonlyMap<number, { offset: number; generation: number }>): Buffer {
  const numbers = [...offsets.keys()].sort((a, b) => a - b);
  const rows = Buffer.alloc(numbers.length * 7);
  numbers.forEach((number, index) => {
    const entry = offsets.get(number) ?? { offset: 0, generation: 0 };
    rows.writeUInt8(1, index * 7);
    rows.writeUInt32BE(entry.offset, index * 7 + 1);
    rows.writeUInt16BE(entry.generation, index * 7 + 5);
  });
  return rows;
}

/** The number after the highest that the file uses. */
export function nextObjectNumber(file: PdfFile): number {
  const size = integerEntry(file.trailer, 'Size') ?? 0;
  return Math.max(size, ...[...file.references.keys()].map((number) => number + 1));
}

/**
 * Appends an incremental update (ISO 32000-1 clause 7.5.6) in the style of the base: a table after a table, a
 * cross-reference stream after a stream. Nothing of the base changes and the same input gives the same bytes.
 * @param seed what makes this update different from others, for the changing half of the file identifier.
 * @returns the whole file and the offset of each appended object.
 */
export function appendUpdate(
  file: PdfFile,
  objects: readonly UpdatedObject[],
  seed: Uint8Array,
): { readonly bytes: Buffer; readonly offsets: ReadonlyMap<number, number> } {
  const newest = file.sections[0];
  if (newest === undefined) throw new Error('the file has no cross-reference section');
  const offsets = new Map<number, { offset: number; generation: number }>();
  const parts: Buffer[] = [Buffer.from(file.bytes), Buffer.from('\n')];
  let position = file.bytes.length + 1;
  const push = (part: Buffer): void => {
    parts.push(part);
    position += part.length;
  };
  for (const { number, generation, body } of objects) {
    offsets.set(number, { offset: position, generation });
    push(Buffer.from(`${number} ${generation} obj\n${body}\nendobj\n`, 'latin1'));
  }
  const start = position;
  const highest = Math.max(nextObjectNumber(file), ...objects.map((object) => object.number + 1));
  const common = {
    ...keptTrailerEntries(file),
    ID: fileIdentifier(file, seed),
    Prev: String(newest.offset),
  };
  if (newest.style === 'table') {
    push(Buffer.from(tableSection(offsets), 'latin1'));
    push(Buffer.from(`trailer\n${withEntries(undefined, { Size: String(highest), ...common })}\n`, 'latin1'));
  } else {
    offsets.set(highest, { offset: start, generation: 0 });
    const numbers = [...offsets.keys()].sort((a, b) => a - b);
    const rows = streamRows(offsets);
    const index = runsOf(numbers).flatMap((run) => [run[0] ?? 0, run.length]);
    const dictionary = withEntries(undefined, {
      Type: '/XRef',
      Size: String(highest + 1),
      W: '[1 4 2]',
      Index: `[${index.join(' ')}]`,
      Length: String(rows.length),
      ...common,
    });
    push(Buffer.from(`${highest} 0 obj\n${dictionary}\nstream\n`, 'latin1'));
    push(rows);
    push(Buffer.from('\nendstream\nendobj\n', 'latin1'));
  }
  push(Buffer.from(`startxref\n${start}\n%%EOF\n`, 'latin1'));
  return {
    bytes: Buffer.concat(parts),
    offsets: new Map([...offsets].map(([number, entry]) => [number, entry.offset])),
  };
}
