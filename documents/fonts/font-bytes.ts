import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Random access to the bytes of one font file. */
export interface FontBytes {
  /** How the file is named in messages. */
  readonly label: string;
  readonly length: number;
  /** A copy or view of `length` bytes from `offset`; throws when the range leaves the file. */
  read(offset: number, length: number): Uint8Array;
}

/**
 * Opens a font file for reading on demand: a Chinese font has 15 MB of outlines of which one certificate needs 40 kB, so
 * only its directory tables are kept in memory. The descriptor stays open for the life of the process.
 * @param path a TrueType file. Throws when it cannot be opened.
 */
export function openFontFile(path: string): FontBytes {
  const descriptor = openSync(path, 'r');
  const { size, isFile } = statOf(descriptor);
  if (!isFile) {
    closeSync(descriptor);
    throw new Error(`font ${path} is not a file`);
  }
  return {
    label: path,
    length: size,
    read(offset, length) {
      assertInside(path, size, offset, length);
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const count = readSync(descriptor, bytes, done, length - done, offset + done);
        if (count === 0) throw new Error(`font ${path} ends early`);
        done += count;
      }
      return bytes;
    },
  };
}

/** The same access over a font that is already in memory. */
export function fontBytesInMemory(label: string, bytes: Uint8Array): FontBytes {
  return {
    label,
    length: bytes.length,
    read(offset, length) {
      assertInside(label, bytes.length, offset, length);
      return bytes.subarray(offset, offset + length);
    },
  };
}

function statOf(descriptor: number): { size: number; isFile: boolean } {
  const stat = fstatSync(descriptor);
  return { size: stat.size, isFile: stat.isFile() };
}

function assertInside(label: string, size: number, offset: number, length: number): void {
  if (offset < 0 || length < 0 || offset + length > size) {
    throw new Error(`font ${label}: bytes ${offset}..${offset + length} lie outside the file (${size})`);
  }
}
