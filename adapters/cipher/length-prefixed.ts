/**
 * In: pieces of bytes or text. Out: their concatenation, each preceded by its length in four bytes, so that no two
 * different lists of pieces give the same bytes to a digest.
 */
export function lengthPrefixed(pieces: readonly (Uint8Array | string)[]): Buffer {
  return Buffer.concat(
    pieces.flatMap((piece) => {
      const bytes = typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece;
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}
