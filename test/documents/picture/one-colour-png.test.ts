import { crc32, inflateSync } from 'node:zlib';
import { Resvg } from '@resvg/resvg-js';
import fc from 'fast-check';
import { type OneColourPicture, writeOneColourPng } from '../../../documents/picture/one-colour-png';

/** The chunks of a PNG, each with its check sum right. */
function chunksOf(png: Uint8Array): ReadonlyMap<string, Buffer> {
  const bytes = Buffer.from(png);
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const named = bytes.subarray(at + 4, at + 8 + length);
    expect(bytes.readUInt32BE(at + 8 + length)).toBe(crc32(named));
    chunks.set(named.toString('latin1', 0, 4), named.subarray(4));
    at += 12 + length;
  }
  return chunks;
}

const pictures: fc.Arbitrary<OneColourPicture> = fc
  .record({ widthPx: fc.integer({ min: 1, max: 20 }), heightPx: fc.integer({ min: 1, max: 20 }) })
  .chain((size) =>
    fc
      .uint8Array({ minLength: size.widthPx * size.heightPx, maxLength: size.widthPx * size.heightPx })
      .map((coverage) => ({ ...size, coverage, colour: [208, 24, 30] as const })),
  );

describe('PNG of one colour', () => {
  it('keeps the coverage of each pixel to half a step', () => {
    fc.assert(
      fc.property(pictures, (picture) => {
        const chunks = chunksOf(writeOneColourPng(picture));
        const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
        const levels = chunks.get('tRNS') ?? Buffer.alloc(0);
        const rowBytes = Math.ceil(picture.widthPx / 4) + 1;
        picture.coverage.forEach((wanted, pixel) => {
          const x = pixel % picture.widthPx;
          const byte = rows[Math.floor(pixel / picture.widthPx) * rowBytes + 1 + (x >> 2)] ?? 0;
          const level = levels[(byte >> (6 - 2 * (x % 4))) & 3] ?? 0;
          expect(Math.abs(level - wanted)).toBeLessThanOrEqual(43);
        });
      }),
    );
  });

  it('is read by another decoder as that colour', () => {
    const coverage = Uint8Array.from({ length: 64 }, () => 255);
    const png = writeOneColourPng({ widthPx: 8, heightPx: 8, colour: [208, 24, 30], coverage });
    const href = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><image width="8" height="8" href="${href}"/></svg>`;
    const { pixels } = new Resvg(svg).render();
    expect([...pixels.subarray(4 * 36, 4 * 36 + 4)]).toEqual([208, 24, 30, 255]);
  });

  it('refuses a coverage of another size', () => {
    const picture = { widthPx: 2, heightPx: 2, colour: [0, 0, 0] as const, coverage: new Uint8Array(3) };
    expect(() => writeOneColourPng(picture)).toThrow(RangeError);
  });
});
