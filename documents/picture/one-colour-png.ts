import { crc32, deflateSync } from 'node:zlib';
import type { Colour } from '../layout/drawing';

/** A picture of one colour: only how much of it each pixel has, row by row from the top, 0 to 255. */
export interface OneColourPicture {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly colour: Colour;
  readonly coverage: Uint8Array;
}

/** Steps of coverage that are kept: an edge between red and white paper at 200 dpi needs no more. */
const LEVELS = 4;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const BIT_DEPTH = 2;
const PIXELS_PER_BYTE = 8 / BIT_DEPTH;
const INDEXED = 3;

/**
 * Writes PNG with a palette of one colour in 4 steps of opacity (PNG specification, colour type 3 with tRNS): a seal
 * takes a sixth of what it takes with four channels, and it lies in every sealed file twice.
 * @throws RangeError when the coverage does not fit the size.
 */
export function writeOneColourPng({ widthPx, heightPx, colour, coverage }: OneColourPicture): Uint8Array {
  if (coverage.length !== widthPx * heightPx) throw new RangeError('the coverage does not fit the picture');
  const rowBytes = Math.ceil(widthPx / PIXELS_PER_BYTE);
  const rows = Buffer.alloc((rowBytes + 1) * heightPx);
  for (let y = 0; y < heightPx; y += 1) {
    for (let x = 0; x < widthPx; x += 1) {
      const level = Math.round(((coverage[y * widthPx + x] ?? 0) / 255) * (LEVELS - 1));
      const at = y * (rowBytes + 1) + 1 + Math.floor(x / PIXELS_PER_BYTE);
      const shift = 8 - BIT_DEPTH * ((x % PIXELS_PER_BYTE) + 1);
      rows[at] = (rows[at] ?? 0) | (level << shift);
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
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
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
