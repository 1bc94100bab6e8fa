/** Why a PDF cannot be read strictly; the verifier turns it into the reason of the step `format`. */
export type PdfProblem =
  | 'notPdf'
  | 'pdfTooLarge'
  | 'pdfTruncated'
  | 'pdfTrailingBytes'
  | 'pdfSyntax'
  | 'pdfCrossReference'
  | 'pdfEncrypted'
  | 'pdfTooComplex'
  | 'pdfFilterUnsupported';

/** Thrown while reading; edges catch it. */
export class PdfError extends Error {
  override readonly name = 'PdfError';
  readonly problem: PdfProblem;
  constructor(problem: PdfProblem, detail: string) {
    super(`${problem}: ${detail}`);
    this.problem = problem;
  }
}

/** Where a value stands: `source` is the file or an inflated object stream, `start` to `end` the value's own bytes. */
interface Span {
  readonly source: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export interface PdfReference extends Span {
  readonly kind: 'reference';
  readonly number: number;
  readonly generation: number;
}

export interface PdfDictionary extends Span {
  readonly kind: 'dictionary';
  readonly entries: ReadonlyMap<string, PdfObject>;
}

export interface PdfArray extends Span {
  readonly kind: 'array';
  readonly items: readonly PdfObject[];
}

export interface PdfStream extends Span {
  readonly kind: 'stream';
  readonly dictionary: PdfDictionary;
  /** The bytes between `stream` and `endstream`, still filtered. */
  readonly data: Uint8Array;
}

export interface PdfString extends Span {
  readonly kind: 'string';
  readonly bytes: Uint8Array;
  readonly hexadecimal: boolean;
}

export type PdfObject =
  | (Span & { readonly kind: 'null' })
  | (Span & { readonly kind: 'boolean'; readonly value: boolean })
  | (Span & { readonly kind: 'number'; readonly value: number; readonly integer: boolean })
  | (Span & { readonly kind: 'name'; readonly value: string })
  | PdfString
  | PdfArray
  | PdfDictionary
  | PdfReference
  | PdfStream;

/** The value's own bytes as they stand in its source. */
export function rawBytes(object: PdfObject): Uint8Array {
  return object.source.subarray(object.start, object.end);
}
