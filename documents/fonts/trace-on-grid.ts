import type { GlyphOutline } from './glyph-outline';

/** How far a chord may lie from its curve, in steps of the grid. */
const CHORD_ERROR_STEPS = 0.75;

/**
 * An outline in straight lines between whole numbers: what an outline of a seal, a few millimetres high, needs in a
 * fraction of the bytes of curves with decimals.
 * @param unitsPerStep font units per step of the grid.
 * @returns operators M L Z with points in steps, y upwards, not further from the outline than one and a half steps.
 */
export function traceOnGrid(
  outline: GlyphOutline,
  unitsPerStep: number,
): { readonly operators: string; readonly points: readonly number[] } {
  const points: number[] = [];
  let operators = '';
  const lineTo = (x: number, y: number): void => {
    const [stepX, stepY] = [Math.round(x), Math.round(y)];
    if (stepX === points.at(-2) && stepY === points.at(-1)) return;
    points.push(stepX, stepY);
    operators += 'L';
  };
  let at = 0;
  let [x, y] = [0, 0];
  const take = (): [number, number] => {
    const pair: [number, number] = [
      (outline.points[at] ?? 0) / unitsPerStep,
      (outline.points[at + 1] ?? 0) / unitsPerStep,
    ];
    at += 2;
    return pair;
  };
  for (const operator of outline.operators) {
    if (operator === 'Z') {
      operators += 'Z';
      continue;
    }
    const control = operator === 'Q' ? take() : null;
    const [endX, endY] = take();
    if (operator === 'M') {
      operators += 'M';
      points.push(Math.round(endX), Math.round(endY));
    } else if (control === null) lineTo(endX, endY);
    else followCurve([x, y], control, [endX, endY], lineTo);
    [x, y] = [endX, endY];
  }
  return { operators, points };
}

type Point = readonly [number, number];

/** A quadratic curve as equally many chords as keep its sagitta, a quarter of its second difference over n², in bounds. */
function followCurve(from: Point, control: Point, to: Point, lineTo: (x: number, y: number) => void): void {
  const sagitta = Math.hypot(from[0] - 2 * control[0] + to[0], from[1] - 2 * control[1] + to[1]) / 4;
  const chords = Math.max(1, Math.ceil(Math.sqrt(sagitta / CHORD_ERROR_STEPS)));
  for (let i = 1; i <= chords; i += 1) {
    const t = i / chords;
    const u = 1 - t;
    const along = (axis: 0 | 1): number => u * u * from[axis] + 2 * u * t * control[axis] + t * t * to[axis];
    lineTo(along(0), along(1));
  }
}
