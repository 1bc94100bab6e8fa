import type { Box, Repetition } from './drawing';

/** Lines of a security background, in millimetres: operators M C Z with their points. */
export interface CurveLines {
  readonly operators: string;
  readonly points: readonly number[];
  readonly repeat?: Repetition;
}

type CurvePoint = readonly [x: number, y: number];

/** Draws a parametric curve as cubic Béziers through equidistant parameters (Hermite form: tangents are kept). */
function traceCurve(
  out: { operators: string; points: number[] },
  at: (t: number) => CurvePoint,
  range: { from: number; to: number; segments: number },
): void {
  const step = (range.to - range.from) / range.segments;
  const delta = step / 1000;
  const slope = (t: number): CurvePoint => {
    const [x1, y1] = at(t - delta);
    const [x2, y2] = at(t + delta);
    return [(x2 - x1) / (2 * delta), (y2 - y1) / (2 * delta)];
  };
  let [x, y] = at(range.from);
  let [slopeX, slopeY] = slope(range.from);
  out.operators += 'M';
  out.points.push(x, y);
  for (let i = 1; i <= range.segments; i += 1) {
    const t = range.from + i * step;
    const [endX, endY] = at(t);
    const [endSlopeX, endSlopeY] = slope(t);
    const third = step / 3;
    out.points.push(
      x + slopeX * third,
      y + slopeY * third,
      endX - endSlopeX * third,
      endY - endSlopeY * third,
      endX,
      endY,
    );
    out.operators += 'C';
    [x, y, slopeX, slopeY] = [endX, endY, endSlopeX, endSlopeY];
  }
}

/** One decimal is enough for a pale line and keeps the fixed form small: a certificate shall stay below 40 kB. */
function coarse(value: number): number {
  return Math.round(value * 10) / 10;
}

/**
 * Chains of lenses along the four edges of a box: waves and their mirror images, with `strands` harmonics of falling swing. A
 * half wave is one parabola, which the eye cannot tell from a sine. Each edge is one tile repeated a whole number of times, so
 * that it costs few bytes; the corners are left to an ornament of the band's width.
 * @param band `bandMm` is how far the waves swing, inwards from the edge of `box`.
 */
export function guillocheBorder(
  box: Box,
  band: { bandMm: number; waveMm: number; strands: number },
): CurveLines[] {
  const half = band.bandMm / 2;
  const width = box.widthMm - band.bandMm;
  const height = box.heightMm - band.bandMm;
  const [left, top] = [box.xMm + half, box.yMm + half];
  const across = waveTile(width, band, half);
  const down = waveTile(height, band, half);
  return [
    placeTile(across, left, top, false),
    placeTile(across, left, top + height, false),
    placeTile(down, left, top, true),
    placeTile(down, left + width, top, true),
  ];
}

interface WaveTile {
  readonly operators: string;
  /** Pairs of way along the edge and swing across it. */
  readonly points: readonly number[];
  readonly lengthMm: number;
  readonly count: number;
}

function waveTile(edgeMm: number, band: { waveMm: number; strands: number }, swingMm: number): WaveTile {
  const count = Math.max(Math.round(edgeMm / band.waveMm), 1);
  const lengthMm = edgeMm / count;
  let operators = '';
  const points: number[] = [];
  for (let harmonic = 1; harmonic <= band.strands; harmonic += 1) {
    const halfWave = lengthMm / (2 * harmonic);
    const reach = (2 * swingMm) / harmonic ** 0.7;
    for (const side of [1, -1]) {
      operators += 'M';
      points.push(0, 0);
      for (let k = 0; k < 2 * harmonic; k += 1) {
        points.push((k + 0.5) * halfWave, reach * side * (k % 2 === 0 ? 1 : -1), (k + 1) * halfWave, 0);
        operators += 'Q';
      }
    }
  }
  return { operators, points, lengthMm, count };
}

function placeTile(tile: WaveTile, xMm: number, yMm: number, upright: boolean): CurveLines {
  const points: number[] = [];
  for (let i = 0; i < tile.points.length; i += 2) {
    const [along, swing] = [tile.points[i] ?? 0, tile.points[i + 1] ?? 0];
    points.push(xMm + (upright ? swing : along), yMm + (upright ? along : swing));
  }
  const repeat = {
    dxMm: upright ? 0 : tile.lengthMm,
    dyMm: upright ? tile.lengthMm : 0,
    count: tile.count,
  };
  return { operators: tile.operators, points, repeat };
}

/** A flower of closed curves r(φ) = R·(a + b·cos(nφ + phase)), one per ring, turned against each other. */
export function rosette(
  centreMm: readonly [number, number],
  shape: { radiusMm: number; petals: number; rings: number },
): CurveLines {
  const out = { operators: '', points: [] as number[] };
  for (let ring = 0; ring < shape.rings; ring += 1) {
    const share = (ring + 1) / shape.rings;
    const radius = shape.radiusMm * (0.3 + 0.7 * share);
    const phase = (ring * Math.PI) / shape.rings;
    traceCurve(
      out,
      (angle) => {
        const r = radius * (0.78 + 0.22 * Math.cos(shape.petals * angle + phase));
        return [centreMm[0] + r * Math.cos(angle), centreMm[1] + r * Math.sin(angle)];
      },
      { from: 0, to: 2 * Math.PI, segments: shape.petals * 2 },
    );
    out.operators += 'Z';
  }
  return { operators: out.operators, points: out.points.map(coarse) };
}

/** Two families of waves in opposite phase over an area, a net of long lenses. */
export function waveField(
  box: Box,
  shape: { spacingMm: number; waveMm: number; amplitudeMm: number },
): CurveLines[] {
  const waves = Math.max(Math.round(box.widthMm / shape.waveMm), 1);
  const halfWave = box.widthMm / waves / 2;
  const count = Math.max(Math.floor((box.heightMm - 2 * shape.amplitudeMm) / shape.spacingMm), 1);
  const dyMm = (box.heightMm - 2 * shape.amplitudeMm) / count;
  return [1, -1].map((side) => {
    const y = box.yMm + shape.amplitudeMm;
    let operators = 'M';
    const points = [box.xMm, y];
    for (let k = 0; k < 2 * waves; k += 1) {
      const swing = 2 * shape.amplitudeMm * side * (k % 2 === 0 ? 1 : -1);
      points.push(box.xMm + (k + 0.5) * halfWave, y + swing, box.xMm + (k + 1) * halfWave, y);
      operators += 'Q';
    }
    return { operators, points: points.map(coarse), repeat: { dxMm: 0, dyMm, count: count + 1 } };
  });
}
