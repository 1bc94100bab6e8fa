import { DerError, readDerPrefix } from '../pki/der-reader';
import { listSignatureFields, type SignatureField } from './list-signature-fields';
import type { PdfReason } from './pdf-reasons';
import { PdfError, type PdfObject } from './reading/pdf-object';
import { type PdfFile, readPdfFile } from './reading/read-pdf-file';

/** What a signature covers, once its byte range is proven to be the file up to its own end but for /Contents. */
export interface CoveredRevision {
  readonly covered: readonly [Uint8Array, Uint8Array];
  readonly end: number;
  /** The file as it was when it was signed. */
  readonly revision: PdfFile;
  /** The CMS structure or timestamp token, without its zero padding. */
  readonly contents: Uint8Array;
}

export type ByteRangeFinding =
  | { readonly kind: 'covered'; readonly value: CoveredRevision }
  | { readonly kind: 'refused'; readonly reason: PdfReason };

function refusal(reason: PdfReason): ByteRangeFinding {
  return { kind: 'refused', reason };
}

function rangeNumbers(object: PdfObject | undefined): [number, number, number, number] | undefined {
  if (object?.kind !== 'array' || object.items.length !== 4) return undefined;
  const numbers = object.items.map((item) => (item.kind === 'number' && item.integer ? item.value : -1));
  const [a = -1, b = -1, c = -1, d = -1] = numbers;
  return numbers.every((value) => value >= 0) ? [a, b, c, d] : undefined;
}

/** The DER value at the start of /Contents; only zeros may follow it. */
function unpaddedContents(bytes: Uint8Array): Uint8Array | PdfReason {
  try {
    const { length } = readDerPrefix(bytes);
    if (bytes.subarray(length).some((byte) => byte !== 0)) return 'contentsPadding';
    return bytes.subarray(0, length);
  } catch (error) {
    if (error instanceof DerError) return 'cmsMalformed';
    throw error;
  }
}

/** The bytes up to the end of the range must be a PDF of their own that holds this very signature at this very place. */
function readRevision(bytes: Uint8Array, end: number, field: SignatureField): PdfFile | undefined {
  try {
    const revision = readPdfFile(bytes.subarray(0, end));
    const same = listSignatureFields(revision).some(
      ({ name, signature }) => name === field.name && signature.start === field.signature.start,
    );
    return same ? revision : undefined;
  } catch (error) {
    if (error instanceof PdfError) return undefined;
    throw error;
  }
}

/**
 * Does the byte range cover everything up to its own end except exactly the /Contents string?
 * Refuses a range that does not begin at 0, a gap that is not precisely the hexadecimal string with its brackets, white
 * space or other matter inside the gap, a range beyond the file, padding that is not zero, and an end that is no
 * revision of the file in which the same signature stands at the same place (signature wrapping).
 * Source: ISO 32000-1 clause 12.8.1, ETSI EN 319 142-1 clause 5.5.
 */
export function judgeByteRange(file: PdfFile, field: SignatureField): ByteRangeFinding {
  const { signature } = field;
  const range = rangeNumbers(signature.entries.get('ByteRange'));
  const contents = signature.entries.get('Contents');
  if (range === undefined || contents?.kind !== 'string' || !contents.hexadecimal) {
    return refusal('byteRangeMalformed');
  }
  const [start, firstLength, second, secondLength] = range;
  if (start !== 0) return refusal('byteRangeStart');
  const inFile = contents.source === file.bytes;
  const exact = contents.end - contents.start === contents.bytes.length * 2 + 2;
  if (!inFile || !exact || firstLength !== contents.start || second !== contents.end)
    return refusal('byteRangeGap');
  const end = second + secondLength;
  if (end > file.bytes.length) return refusal('byteRangeBeyondFile');
  const unpadded = unpaddedContents(contents.bytes);
  if (typeof unpadded === 'string') return refusal(unpadded);
  const revision = end === file.bytes.length ? file : readRevision(file.bytes, end, field);
  if (revision === undefined) return refusal('byteRangeNotRevision');
  return {
    kind: 'covered',
    value: {
      covered: [file.bytes.subarray(0, firstLength), file.bytes.subarray(second, end)],
      end,
      revision,
      contents: unpadded,
    },
  };
}
