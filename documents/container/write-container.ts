import { crc32, deflateRawSync } from 'node:zlib';
import { checkEntryName } from './entry-name';

/** A file to be written: either its content, or octets that a reader gave as they lay in another container. */
export type NewEntry =
  | { readonly name: string; readonly data: Uint8Array; readonly method?: 'stored' | 'deflated' }
  | {
      readonly name: string;
      readonly stored: Uint8Array;
      readonly size: number;
      readonly crc: number;
      readonly method: 'stored' | 'deflated';
    };

/** An entry as it lies in the file: what its two headers say. */
export interface PlacedEntry {
  readonly name: Uint8Array;
  readonly method: 0 | 8;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  readonly offset: number;
  readonly dosTime: number;
}

const VERSION_NEEDED = 20;
const FLAG_UTF8 = 1 << 11;
/** A regular file, rw-r--r--, for tools that keep Unix modes. */
const EXTERNAL_ATTRIBUTES = (0o100644 << 16) >>> 0;
const MADE_ON_UNIX = (3 << 8) | VERSION_NEEDED;
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** Date and time words of a ZIP header (APPNOTE 4.4.6), wall clock of Asia/Shanghai, which has no summer time. */
export function dosTimeOf(instant: Date): number {
  const local = new Date(instant.getTime() + SHANGHAI_OFFSET_MS);
  const year = Math.min(Math.max(local.getUTCFullYear(), 1980), 2107) - 1980;
  const date = (year << 9) | ((local.getUTCMonth() + 1) << 5) | local.getUTCDate();
  const time = (local.getUTCHours() << 11) | (local.getUTCMinutes() << 5) | (local.getUTCSeconds() >> 1);
  return ((date << 16) | time) >>> 0;
}

function sharedHeader(entry: PlacedEntry): Buffer {
  const header = Buffer.alloc(26);
  header.writeUInt16LE(VERSION_NEEDED, 0);
  header.writeUInt16LE(FLAG_UTF8, 2);
  header.writeUInt16LE(entry.method, 4);
  header.writeUInt32LE(entry.dosTime, 6);
  header.writeUInt32LE(entry.crc, 10);
  header.writeUInt32LE(entry.compressedSize, 14);
  header.writeUInt32LE(entry.size, 18);
  header.writeUInt16LE(entry.name.length, 22);
  return header;
}

/** Local file header with its name (APPNOTE 4.3.7). */
export function localHeader(entry: PlacedEntry): Uint8Array {
  return Buffer.concat([Buffer.from('504b0304', 'hex'), sharedHeader(entry), entry.name]);
}

/** Central directory record with its name (APPNOTE 4.3.12). */
export function centralRecord(entry: PlacedEntry): Uint8Array {
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(EXTERNAL_ATTRIBUTES, 6);
  tail.writeUInt32LE(entry.offset, 10);
  const made = Buffer.alloc(2);
  made.writeUInt16LE(MADE_ON_UNIX, 0);
  return Buffer.concat([Buffer.from('504b0102', 'hex'), made, sharedHeader(entry), tail, entry.name]);
}

/** End of central directory record (APPNOTE 4.3.16). */
export function directoryEndRecord(count: number, size: number, start: number): Uint8Array {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(start, 16);
  return end;
}

function place(
  entry: NewEntry,
  offset: number,
  dosTime: number,
): { placed: PlacedEntry; stored: Uint8Array } {
  checkEntryName(entry.name);
  const name = Buffer.from(entry.name, 'utf8');
  if ('stored' in entry) {
    const method = entry.method === 'stored' ? 0 : 8;
    const { stored, size, crc } = entry;
    return { placed: { name, method, crc, compressedSize: stored.length, size, offset, dosTime }, stored };
  }
  const { data } = entry;
  const deflated = entry.method === 'stored' ? data : deflateRawSync(data);
  const smaller = deflated.length < data.length;
  const stored = smaller ? deflated : data;
  const placed = {
    name,
    method: smaller ? 8 : 0,
    crc: crc32(data),
    compressedSize: stored.length,
    size: data.length,
    offset,
    dosTime,
  } as const;
  return { placed, stored };
}

/** Local part of a container (headers and data) and what its directory has to say about it. */
export interface PlacedEntries {
  readonly octets: Uint8Array;
  readonly placed: readonly PlacedEntry[];
}

/** Lays entries out one after the other from the first octet of a file. Throws ContainerRefusal for an unsafe name. */
export function placeEntries(entries: readonly NewEntry[], modifiedAt: Date): PlacedEntries {
  const dosTime = dosTimeOf(modifiedAt);
  const parts: Uint8Array[] = [];
  const all: PlacedEntry[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { placed, stored } = place(entry, offset, dosTime);
    const header = localHeader(placed);
    parts.push(header, stored);
    all.push(placed);
    offset += header.length + stored.length;
  }
  return { octets: Buffer.concat(parts), placed: all };
}

/**
 * Writes a ZIP container. The same entries and `modifiedAt` give the same bytes. Entries are deflated when that makes
 * them smaller, unless they say otherwise. Throws ContainerRefusal for an unsafe name.
 */
export function writeContainer(entries: readonly NewEntry[], modifiedAt: Date): Uint8Array {
  const { octets, placed } = placeEntries(entries, modifiedAt);
  const directory = Buffer.concat(placed.map(centralRecord));
  return Buffer.concat([
    octets,
    directory,
    directoryEndRecord(placed.length, directory.length, octets.length),
  ]);
}
