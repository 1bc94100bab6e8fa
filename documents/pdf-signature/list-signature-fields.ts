import { type PdfDictionary, PdfError, type PdfObject } from './reading/pdf-object';
import type { PdfFile } from './reading/read-pdf-file';

const MAX_FIELDS = 2_000;
const MAX_FIELD_DEPTH = 32;

/** A signature field that holds a signature. */
export interface SignatureField {
  readonly name: string;
  /** Object number of the field; undefined for one written inside another object. */
  readonly number: number | undefined;
  readonly field: PdfDictionary;
  readonly signature: PdfDictionary;
}

/** Text of a PDF text string: UTF-16 with mark, UTF-8 with mark, else Latin-1 as an approximation of PDFDocEncoding. */
export function pdfText(object: PdfObject | undefined): string | undefined {
  if (object?.kind !== 'string') return undefined;
  const bytes = Buffer.from(object.bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0) {
    return Buffer.from(bytes.subarray(2)).swap16().toString('utf16le');
  }
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3).toString('utf8');
  return bytes.toString('latin1');
}

interface Walk {
  readonly file: PdfFile;
  readonly seen: Set<number>;
  readonly found: SignatureField[];
  visited: number;
}

function walkField(
  walk: Walk,
  node: PdfObject,
  above: { name: string; type: string | undefined },
  depth: number,
): void {
  walk.visited += 1;
  if (depth > MAX_FIELD_DEPTH || walk.visited > MAX_FIELDS)
    throw new PdfError('pdfTooComplex', 'form fields');
  const number = node.kind === 'reference' ? node.number : undefined;
  if (number !== undefined) {
    if (walk.seen.has(number)) throw new PdfError('pdfSyntax', 'a form field stands in two places');
    walk.seen.add(number);
  }
  const field = walk.file.dictionary(node);
  if (field === undefined) return;
  const partial = pdfText(walk.file.resolve(field.entries.get('T')));
  const name = [above.name, partial].filter((part) => part !== undefined && part !== '').join('.');
  const typeEntry = walk.file.resolve(field.entries.get('FT'));
  const type = typeEntry?.kind === 'name' ? typeEntry.value : above.type;
  for (const kid of walk.file.array(field.entries.get('Kids'))?.items ?? []) {
    walkField(walk, kid, { name, type }, depth + 1);
  }
  const value = field.entries.get('V');
  if (type !== 'Sig' || value === undefined) return;
  const signature = walk.file.resolve(value);
  if (signature?.kind !== 'dictionary') throw new PdfError('pdfSyntax', 'a signature is no dictionary');
  walk.found.push({ name, number, field, signature });
}

/** All fields that hold a signature, in the order of the form. Throws PdfError for a broken or looping form. */
export function listSignatureFields(file: PdfFile): SignatureField[] {
  const catalog = file.dictionary(file.trailer.entries.get('Root'));
  const form = file.dictionary(catalog?.entries.get('AcroForm'));
  const walk: Walk = { file, seen: new Set(), found: [], visited: 0 };
  for (const field of file.array(form?.entries.get('Fields'))?.items ?? []) {
    walkField(walk, field, { name: '', type: undefined }, 0);
  }
  return walk.found;
}
