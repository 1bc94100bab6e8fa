import { crc32, deflateSync } from 'node:zlib';
import type { Colour } from '../layout/drawing';

/** A picture of one colour: only how much of it each pixel has, row by row from the top, 0 to 255. */
export interface OneColourPicture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly colour: Colour;
  readonly coverage: Uint8Array;
}

/** Steps of coverage that are kept; the eye sees no more on an edge. */
const LEVELS = 16;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const BIT_DEPTH = 4;
const INDEXED = 3;

/**
 * Writes PNG with a palette of one colour in 16 steps of opacity (PNG specification, colour type 3 with tRNS): a seal
 * takes a quarter of what it takes with four channels, and it lies in every sealed file twice.
 * @throws RangeError when the coverage does not fit the size.
 */
export function writeOneColourPng({ widthPx, heightPx, colour, coverage }: OneColourPicture): Uint8Array {
  if (coverage.length !== widthPx * heightPx) throw new RangeError('the coverage does not fit the picture');
  const rowBytes = Math.ceil(widthPx / 2);
  const rows = Buffer.alloc((rowBytes + 1) * heightPx);
  for (let y = 0; y < heightPx; y += 1) {
    for (let x = 0; x < widthPx; x += 1) {
      const level = Math.round(((coverage[y * widthPx + x] ?? 0) / 255) * (LEVELS - 1));
      const at = y * (rowBytes + 1) + 1 + (x >> 1);
      rows[at] = (rows[at] ?? 0) | (x % 2 === 0 ? level << 4 : level);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(widthPx, 0);
  header.writeUInt32BE(heightPx, 4);
  header.set([BIT_DEPTH, INDEXED, 0, 0, 0], 8);
  const levels = Array.from({ length: LEVELS }, (_, level) => Math.round((level * 255) / (LEVELS - 1)));
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(levels.flatMap(() => [...colour]))),
    chunk('tRNS', Buffer.from(levels)),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
