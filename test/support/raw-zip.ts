import { crc32, deflateRawSync } from 'node:zlib';
import {
  centralRecord,
  directoryEndRecord,
  localHeader,
  type PlacedEntry,
} from '../../documents/container/write-container';

/** An entry as an attacker writes it: any name, and headers that may lie. */
export interface RawEntry {
  readonly name: string;
  readonly data: Uint8Array;
  /** Stored instead of deflated. */
  readonly plain?: boolean;
  /** What both headers state instead of the true size. */
  readonly statedSize?: number;
}

/** Writes a ZIP file without any of the checks that the product's writer makes. */
export function rawZip(entries: readonly RawEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const placed: PlacedEntry[] = [];
  let offset = 0;
  for (const entry of entries) {
    const content = entry.plain === true ? entry.data : deflateRawSync(entry.data);
    const one: PlacedEntry = {
      name: Buffer.from(entry.name, 'utf8'),
      method: entry.plain === true ? 0 : 8,
      crc: crc32(entry.data),
      compressedSize: content.length,
      size: entry.statedSize ?? entry.data.length,
      offset,
      dosTime: 0x5cc10000,
    };
    const header = localHeader(one);
    parts.push(header, content);
    placed.push(one);
    offset += header.length + content.length;
  }
  const directory = Buffer.concat(placed.map(centralRecord));
  return Buffer.concat([...parts, directory, directoryEndRecord(placed.length, directory.length, offset)]);
}
