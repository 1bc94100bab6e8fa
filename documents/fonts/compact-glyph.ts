/** Outlines move by at most half of this part of the em: 17 µm at 12 pt, less than half a dot at 600 dpi. */
const GRID = { steps: 8, perUnits: 1000 };

/**
 * How many units of the source make one unit of a subset: 8 of 1000 (then its em has 125 units), 8 of 1024, 16 of 2048; 1
 * for a font whose em is coarser or cannot be divided.
 */
export function gridStep(unitsPerEm: number): number {
  const step = Math.floor((unitsPerEm * GRID.steps) / GRID.perUnits);
  return step > 1 && unitsPerEm % step === 0 ? step : 1;
}

interface GlyphPoints {
  readonly ends: readonly number[];
  readonly onCurve: readonly number[];
  readonly xs: readonly number[];
  readonly ys: readonly number[];
}

/**
 * Writes a simple glyph of the glyf table anew: without hinting, flags packed, coordinates in whole steps of the grid, so
 * that nearly every difference fits one byte. That takes three tenths off a compressed font, and a certificate shall be small.
 * @param data entry of the glyf table with one or more contours.
 * @param step see {@link gridStep}.
 */
export function compactGlyph(data: Uint8Array, step: number): Uint8Array {
  const points = readPoints(new DataView(data.buffer, data.byteOffset, data.byteLength), step);
  const flags: number[] = [];
  const xBytes: number[] = [];
  const yBytes: number[] = [];
  let [x, y] = [0, 0];
  points.onCurve.forEach((onCurve, i) => {
    const nextX = points.xs[i] ?? 0;
    const nextY = points.ys[i] ?? 0;
    flags.push(onCurve | pushDelta(nextX - x, xBytes, 2, 16) | pushDelta(nextY - y, yBytes, 4, 32));
    [x, y] = [nextX, nextY];
  });
  const packed = packFlags(flags);
  const header = 10 + 2 * points.ends.length + 2;
  const written = new Uint8Array(header + packed.length + xBytes.length + yBytes.length);
  const view = new DataView(written.buffer);
  view.setInt16(0, points.ends.length);
  view.setInt16(2, Math.min(...points.xs));
  view.setInt16(4, Math.min(...points.ys));
  view.setInt16(6, Math.max(...points.xs));
  view.setInt16(8, Math.max(...points.ys));
  points.ends.forEach((end, i) => {
    view.setUint16(10 + 2 * i, end);
  });
  written.set(packed, header);
  written.set(xBytes, header + packed.length);
  written.set(yBytes, header + packed.length + xBytes.length);
  return written;
}

function readPoints(view: DataView, step: number): GlyphPoints {
  const ends: number[] = [];
  for (let i = 0; i < view.getInt16(0); i += 1) ends.push(view.getUint16(10 + 2 * i));
  let at = 10 + 2 * ends.length;
  at += 2 + view.getUint16(at);
  const count = (ends.at(-1) ?? -1) + 1;
  const flags: number[] = [];
  while (flags.length < count) {
    const flag = view.getUint8(at);
    at += 1;
    flags.push(flag);
    if ((flag & 8) === 0) continue;
    for (let repeat = view.getUint8(at); repeat > 0; repeat -= 1) flags.push(flag);
    at += 1;
  }
  const readAxis = (shortBit: number, sameBit: number): number[] => {
    let value = 0;
    return flags.map((flag) => {
      if ((flag & shortBit) !== 0) {
        value += (flag & sameBit) !== 0 ? view.getUint8(at) : -view.getUint8(at);
        at += 1;
      } else if ((flag & sameBit) === 0) {
        value += view.getInt16(at);
        at += 2;
      }
      return Math.round(value / step);
    });
  };
  const xs = readAxis(2, 16);
  const ys = readAxis(4, 32);
  return { ends, onCurve: flags.map((flag) => flag & 1), xs, ys };
}

/** Appends one coordinate difference in its shortest form and answers the flag bits that say so. */
function pushDelta(delta: number, bytes: number[], shortBit: number, sameBit: number): number {
  if (delta === 0) return sameBit;
  if (Math.abs(delta) < 256) {
    bytes.push(Math.abs(delta));
    return delta > 0 ? shortBit | sameBit : shortBit;
  }
  bytes.push((delta >> 8) & 0xff, delta & 0xff);
  return 0;
}

function packFlags(flags: readonly number[]): number[] {
  const packed: number[] = [];
  let i = 0;
  while (i < flags.length) {
    const flag = flags[i] ?? 0;
    let repeat = 0;
    while (repeat < 255 && flags[i + repeat + 1] === flag) repeat += 1;
    if (repeat >= 2) packed.push(flag | 8, repeat);
    else repeat = 0;
    if (repeat === 0) packed.push(flag);
    i += repeat + 1;
  }
  return packed;
}
