import { type PdfDictionary, PdfError, type PdfObject, type PdfString } from './pdf-object';

const MAX_DEPTH = 64;
const MAX_ITEMS = 200_000;

function isWhite(byte: number | undefined): boolean {
  return byte === 0 || byte === 9 || byte === 10 || byte === 12 || byte === 13 || byte === 32;
}

const DELIMITERS = new Set([...'()<>[]{}/%'].map((character) => character.charCodeAt(0)));

function isRegular(byte: number | undefined): boolean {
  return byte !== undefined && !isWhite(byte) && !DELIMITERS.has(byte);
}

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, f: 12 };

/**
 * Reads PDF syntax (ISO 32000-1 clause 7.3) from bytes at a moving position. Strict where leniency would let two
 * readers see two things: an unclosed value, a duplicate key and nesting beyond 64 levels are refused.
 */
export class PdfParser {
  readonly bytes: Uint8Array;
  position: number;
  private itemsLeft = MAX_ITEMS;

  constructor(bytes: Uint8Array, position: number) {
    this.bytes = bytes;
    this.position = position;
  }

  /** Moves past white space and comments. */
  skipSpace(): void {
    for (;;) {
      const byte = this.bytes[this.position];
      if (isWhite(byte)) this.position += 1;
      else if (byte === 0x25) {
        while (
          this.position < this.bytes.length &&
          this.bytes[this.position] !== 10 &&
          this.bytes[this.position] !== 13
        ) {
          this.position += 1;
        }
      } else return;
    }
  }

  /** Takes a keyword if it stands here. */
  take(keyword: string): boolean {
    this.skipSpace();
    for (let i = 0; i < keyword.length; i += 1) {
      if (this.bytes[this.position + i] !== keyword.charCodeAt(i)) return false;
    }
    if (isRegular(this.bytes[this.position + keyword.length])) return false;
    this.position += keyword.length;
    return true;
  }

  /** Takes a keyword or fails. */
  expect(keyword: string): void {
    if (!this.take(keyword)) throw new PdfError('pdfSyntax', `${keyword} expected at ${this.position}`);
  }

  /** Takes an unsigned integer or fails. */
  unsignedInteger(): number {
    this.skipSpace();
    const start = this.position;
    while (isRegular(this.bytes[this.position])) this.position += 1;
    const text = this.text(start, this.position);
    if (!/^\d{1,12}$/.test(text)) throw new PdfError('pdfSyntax', `integer expected at ${start}`);
    return Number(text);
  }

  /** Reads the object that starts here; `n g R` is a reference. */
  object(depth = 0): PdfObject {
    if (depth > MAX_DEPTH) throw new PdfError('pdfTooComplex', 'nested too deeply');
    this.itemsLeft -= 1;
    if (this.itemsLeft < 0) throw new PdfError('pdfTooComplex', 'too many values in one object');
    this.skipSpace();
    const start = this.position;
    const byte = this.bytes[start];
    switch (byte) {
      case undefined:
        throw new PdfError('pdfTruncated', 'object expected');
      case 0x2f:
        return { kind: 'name', value: this.name(), ...this.span(start) };
      case 0x28:
        return this.literalString(start);
      case 0x5b:
        return this.array(start, depth);
      case 0x3c:
        return this.bytes[start + 1] === 0x3c ? this.dictionary(start, depth) : this.hexString(start);
      default:
        return this.word(start);
    }
  }

  private span(start: number): { source: Uint8Array; start: number; end: number } {
    return { source: this.bytes, start, end: this.position };
  }

  private text(start: number, end: number): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, end - start).toString('latin1');
  }

  private name(): string {
    this.position += 1;
    const start = this.position;
    while (isRegular(this.bytes[this.position])) this.position += 1;
    const raw = this.text(start, this.position);
    if (!raw.includes('#')) return raw;
    return raw.replace(/#([0-9a-fA-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }

  private word(start: number): PdfObject {
    while (isRegular(this.bytes[this.position])) this.position += 1;
    const text = this.text(start, this.position);
    if (text === 'null') return { kind: 'null', ...this.span(start) };
    if (text === 'true' || text === 'false')
      return { kind: 'boolean', value: text === 'true', ...this.span(start) };
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) throw new PdfError('pdfSyntax', `unknown word at ${start}`);
    if (/^\d{1,10}$/.test(text)) {
      const reference = this.reference(start, Number(text));
      if (reference !== undefined) return reference;
    }
    const integer = !text.includes('.');
    return { kind: 'number', value: Number(text), integer, ...this.span(start) };
  }

  private reference(start: number, number: number): PdfObject | undefined {
    const afterNumber = this.position;
    this.skipSpace();
    const from = this.position;
    while (isRegular(this.bytes[this.position])) this.position += 1;
    const generation = this.text(from, this.position);
    if (/^\d{1,5}$/.test(generation) && this.take('R')) {
      return { kind: 'reference', number, generation: Number(generation), ...this.span(start) };
    }
    this.position = afterNumber;
    return undefined;
  }

  private literalString(start: number): PdfString {
    const bytes: number[] = [];
    let open = 1;
    this.position += 1;
    for (;;) {
      const byte = this.bytes[this.position];
      if (byte === undefined) throw new PdfError('pdfTruncated', 'string without end');
      this.position += 1;
      if (byte === 0x5c) {
        this.escape(bytes);
        continue;
      }
      if (byte === 0x28) open += 1;
      if (byte === 0x29) {
        open -= 1;
        if (open === 0) break;
      }
      bytes.push(byte);
    }
    return { kind: 'string', bytes: Uint8Array.from(bytes), hexadecimal: false, ...this.span(start) };
  }

  private escape(bytes: number[]): void {
    const byte = this.bytes[this.position];
    if (byte === undefined) throw new PdfError('pdfTruncated', 'string without end');
    const octal = /^[0-7]{1,3}/.exec(
      this.text(this.position, Math.min(this.position + 3, this.bytes.length)),
    );
    if (octal !== null) {
      bytes.push(Number.parseInt(octal[0], 8) & 0xff);
      this.position += octal[0].length;
      return;
    }
    this.position += 1;
    if (byte === 13) {
      if (this.bytes[this.position] === 10) this.position += 1;
    } else if (byte !== 10) bytes.push(ESCAPES[String.fromCharCode(byte)] ?? byte);
  }

  private hexString(start: number): PdfString {
    this.position += 1;
    const end = this.bytes.indexOf(0x3e, this.position);
    if (end < 0) throw new PdfError('pdfTruncated', 'hexadecimal string without end');
    const digits: number[] = [];
    for (; this.position < end; this.position += 1) {
      const value = hexValue(this.bytes[this.position]);
      if (value >= 0) digits.push(value);
      else if (!isWhite(this.bytes[this.position]))
        throw new PdfError('pdfSyntax', 'not a hexadecimal digit');
    }
    this.position = end + 1;
    if (digits.length % 2 === 1) digits.push(0);
    const bytes = new Uint8Array(digits.length / 2);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = (digits[2 * i] ?? 0) * 16 + (digits[2 * i + 1] ?? 0);
    return { kind: 'string', bytes, hexadecimal: true, ...this.span(start) };
  }

  private array(start: number, depth: number): PdfObject {
    this.position += 1;
    const items: PdfObject[] = [];
    for (;;) {
      this.skipSpace();
      if (this.bytes[this.position] === 0x5d) break;
      items.push(this.object(depth + 1));
    }
    this.position += 1;
    return { kind: 'array', items, ...this.span(start) };
  }

  private dictionary(start: number, depth: number): PdfDictionary {
    this.position += 2;
    const entries = new Map<string, PdfObject>();
    for (;;) {
      this.skipSpace();
      const byte = this.bytes[this.position];
      if (byte === 0x3e && this.bytes[this.position + 1] === 0x3e) break;
      if (byte !== 0x2f) throw new PdfError('pdfSyntax', `key expected at ${this.position}`);
      const key = this.name();
      // Readers differ in which of two equal keys they take; that difference is an attack, not a style.
      if (entries.has(key)) throw new PdfError('pdfSyntax', `key given twice at ${this.position}`);
      entries.set(key, this.object(depth + 1));
    }
    this.position += 2;
    return { kind: 'dictionary', entries, ...this.span(start) };
  }
}
