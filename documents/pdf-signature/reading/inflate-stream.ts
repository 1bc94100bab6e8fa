import { inflateSync } from 'node:zlib';
import { PdfError, type PdfObject, type PdfStream } from './pdf-object';

/** Bytes that the structural streams of one file may still inflate to. */
export interface InflateBudget {
  bytesLeft: number;
}

function numberOf(object: PdfObject | undefined, absent: number): number {
  return object?.kind === 'number' ? object.value : absent;
}

function paeth(left: number, up: number, upLeft: number): number {
  const estimate = left + up - upLeft;
  const toLeft = Math.abs(estimate - left);
  const toUp = Math.abs(estimate - up);
  const toUpLeft = Math.abs(estimate - upLeft);
  if (toLeft <= toUp && toLeft <= toUpLeft) return left;
  return toUp <= toUpLeft ? up : upLeft;
}

function predicted(filter: number, left: number, up: number, upLeft: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  if (filter === 4) return paeth(left, up, upLeft);
  throw new PdfError('pdfSyntax', 'unknown row predictor');
}

/** Undoes PNG row predictors for one byte per sample (ISO 32000-1 clause 7.4.4.4). */
function undoPngRows(data: Uint8Array, columns: number): Uint8Array {
  const rowLength = columns + 1;
  if (columns < 1 || data.length % rowLength !== 0) throw new PdfError('pdfSyntax', 'predictor rows');
  const rows = data.length / rowLength;
  const plain = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const filter = data[row * rowLength] ?? 0;
    for (let column = 0; column < columns; column += 1) {
      const at = row * columns + column;
      const left = column > 0 ? (plain[at - 1] ?? 0) : 0;
      const up = row > 0 ? (plain[at - columns] ?? 0) : 0;
      const upLeft = row > 0 && column > 0 ? (plain[at - columns - 1] ?? 0) : 0;
      plain[at] = (data[row * rowLength + 1 + column] ?? 0) + predicted(filter, left, up, upLeft);
    }
  }
  return plain;
}

function inflateWithin(data: Uint8Array, budget: InflateBudget): Uint8Array {
  if (budget.bytesLeft <= 0) throw new PdfError('pdfTooComplex', 'inflates beyond the limit');
  try {
    const plain = inflateSync(data, { maxOutputLength: budget.bytesLeft });
    budget.bytesLeft -= plain.length;
    return plain;
  } catch (error) {
    const tooLong =
      typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new PdfError(tooLong ? 'pdfTooComplex' : 'pdfSyntax', 'stream does not inflate');
  }
}

/**
 * Decodes a structural stream (cross-reference or object stream): no filter, or Flate with or without PNG predictors.
 * Throws PdfError; the budget bounds what all such streams of a file inflate to.
 */
export function decodeStructuralStream(stream: PdfStream, budget: InflateBudget): Uint8Array {
  const filterEntry = stream.dictionary.entries.get('Filter');
  const filter =
    filterEntry?.kind === 'array' && filterEntry.items.length === 1 ? filterEntry.items[0] : filterEntry;
  if (filter === undefined || (filter.kind === 'array' && filter.items.length === 0)) return stream.data;
  if (filter.kind !== 'name' || filter.value !== 'FlateDecode') {
    throw new PdfError('pdfFilterUnsupported', 'structural streams use Flate only');
  }
  const plain = inflateWithin(stream.data, budget);
  const parmsEntry = stream.dictionary.entries.get('DecodeParms');
  const parms = parmsEntry?.kind === 'array' ? parmsEntry.items[0] : parmsEntry;
  if (parms?.kind !== 'dictionary') return plain;
  const predictor = numberOf(parms.entries.get('Predictor'), 1);
  if (predictor === 1) return plain;
  const simple =
    numberOf(parms.entries.get('Colors'), 1) === 1 &&
    numberOf(parms.entries.get('BitsPerComponent'), 8) === 8;
  if (predictor < 10 || !simple) throw new PdfError('pdfFilterUnsupported', 'predictor');
  return undoPngRows(plain, numberOf(parms.entries.get('Columns'), 1));
}
