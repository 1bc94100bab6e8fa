import type { Box } from './drawing';

/** Lines of a security background, in millimetres: operators M C Z with their points. */
export interface CurveLines {
  readonly operators: string;
  readonly points: readonly number[];
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

/**
 * Interlaced waves along the four edges of a box, phase-shifted against each other; each edge holds a whole number of waves so
 * that the corners match.
 * @param band how far the waves swing, inwards from the edge of `box`.
 */
export function guillocheBorder(
  box: Box,
  band: { bandMm: number; waveMm: number; strands: number },
): CurveLines {
  const out = { operators: '', points: [] as number[] };
  const half = band.bandMm / 2;
  const width = box.widthMm - band.bandMm;
  const height = box.heightMm - band.bandMm;
  const edges: { length: number; at: (along: number, swing: number) => CurvePoint }[] = [
    { length: width, at: (s, w) => [box.xMm + half + s, box.yMm + half + w] },
    { length: height, at: (s, w) => [box.xMm + box.widthMm - half - w, box.yMm + half + s] },
    { length: width, at: (s, w) => [box.xMm + box.widthMm - half - s, box.yMm + box.heightMm - half - w] },
    { length: height, at: (s, w) => [box.xMm + half + w, box.yMm + box.heightMm - half - s] },
  ];
  for (const edge of edges) {
    const waves = Math.max(Math.round(edge.length / band.waveMm), 1);
    for (let strand = 0; strand < band.strands; strand += 1) {
      const phase = (2 * Math.PI * strand) / band.strands;
      const swing = (s: number): number => half * Math.cos((2 * Math.PI * waves * s) / edge.length + phase);
      traceCurve(out, (s) => edge.at(s, swing(s)), { from: 0, to: edge.length, segments: waves * 4 });
    }
  }
  return out;
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
      { from: 0, to: 2 * Math.PI, segments: shape.petals * 4 },
    );
    out.operators += 'Z';
  }
  return out;
}

/** Waves over an area whose phase and swing drift from line to line. */
export function waveField(
  box: Box,
  shape: { spacingMm: number; waveMm: number; amplitudeMm: number },
): CurveLines {
  const out = { operators: '', points: [] as number[] };
  const lines = Math.floor((box.heightMm - 2 * shape.amplitudeMm) / shape.spacingMm);
  for (let line = 0; line <= lines; line += 1) {
    const y = box.yMm + shape.amplitudeMm + line * shape.spacingMm;
    const phase = Math.PI * Math.sin((line / Math.max(lines, 1)) * 2 * Math.PI);
    const swing = shape.amplitudeMm * (0.6 + 0.4 * Math.cos((line * 2 * Math.PI) / 9));
    traceCurve(out, (x) => [box.xMm + x, y + swing * Math.sin((2 * Math.PI * x) / shape.waveMm + phase)], {
      from: 0,
      to: box.widthMm,
      segments: Math.ceil(box.widthMm / (shape.waveMm / 4)),
    });
  }
  return out;
}
