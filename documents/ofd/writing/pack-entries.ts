import { crc32 } from 'node:zlib';
import { type CompressedBytes, compressBytes } from '../../layout/group-fonts';

/** One file of the package, compressed already or plain. */
export interface PackageEntry {
  readonly name: string;
  readonly content: CompressedBytes | Uint8Array | string;
  /** Pictures are compressed in themselves: stored as they are. */
  readonly store: boolean;
}

const LOCAL_HEADER = 30;
const CENTRAL_HEADER = 46;
const END_RECORD = 22;
/** 1980-01-01 00:00, the first moment that ZIP can say: the same document gives the same bytes. */
const FIXED_DATE = 0x0021;
const UTF8_NAMES = 0x0800;
const TINY_BYTES = 160;

interface ReadyEntry {
  readonly name: Buffer;
  readonly method: 0 | 8;
  readonly bytes: Uint8Array;
  readonly size: number;
  readonly crc32: number;
}

/** Packs entries as a ZIP file (APPNOTE 6.3: deflate or stored, no data descriptors, no extra fields). */
export function packEntries(entries: readonly PackageEntry[], level: number): Uint8Array {
  const ready = entries.map((entry) => prepareEntry(entry, level));
  const total = ready.reduce(
    (sum, entry) => sum + LOCAL_HEADER + CENTRAL_HEADER + 2 * entry.name.length + entry.bytes.length,
    END_RECORD,
  );
  const file = Buffer.alloc(total);
  let at = 0;
  const offsets = ready.map((entry) => {
    const offset = at;
    file.writeUInt32LE(0x04034b50, at);
    writeCommon(file, at + 4, entry);
    at += LOCAL_HEADER;
    file.set(entry.name, at);
    at += entry.name.length;
    file.set(entry.bytes, at);
    at += entry.bytes.length;
    return offset;
  });
  const centralStart = at;
  ready.forEach((entry, i) => {
    file.writeUInt32LE(0x02014b50, at);
    file.writeUInt16LE(20, at + 4);
    writeCommon(file, at + 6, entry);
    file.writeUInt32LE(offsets[i] ?? 0, at + 42);
    file.set(entry.name, at + CENTRAL_HEADER);
    at += CENTRAL_HEADER + entry.name.length;
  });
  file.writeUInt32LE(0x06054b50, at);
  file.writeUInt16LE(ready.length, at + 8);
  file.writeUInt16LE(ready.length, at + 10);
  file.writeUInt32LE(at - centralStart, at + 12);
  file.writeUInt32LE(centralStart, at + 16);
  return file;
}

/** The fields that local and central headers share, from "version needed" to the length of the extra field. */
function writeCommon(file: Buffer, at: number, entry: ReadyEntry): void {
  file.writeUInt16LE(20, at);
  file.writeUInt16LE(UTF8_NAMES, at + 2);
  file.writeUInt16LE(entry.method, at + 4);
  file.writeUInt16LE(0, at + 6);
  file.writeUInt16LE(FIXED_DATE, at + 8);
  file.writeUInt32LE(entry.crc32, at + 10);
  file.writeUInt32LE(entry.bytes.length, at + 14);
  file.writeUInt32LE(entry.size, at + 18);
  file.writeUInt16LE(entry.name.length, at + 22);
}

function prepareEntry(entry: PackageEntry, level: number): ReadyEntry {
  const name = Buffer.from(entry.name);
  const { content } = entry;
  if (typeof content === 'object' && 'rawDeflate' in content) {
    return { name, method: 8, bytes: content.rawDeflate, size: content.size, crc32: content.crc32 };
  }
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const plain = { name, method: 0, bytes, size: bytes.length } as const;
  if (entry.store || bytes.length < TINY_BYTES) return { ...plain, crc32: crc32(bytes) };
  const compressed = compressBytes(bytes, level);
  if (compressed.rawDeflate.length >= bytes.length) return { ...plain, crc32: compressed.crc32 };
  return { name, method: 8, bytes: compressed.rawDeflate, size: bytes.length, crc32: compressed.crc32 };
}
