import type { FontChain } from '../fonts/font-chain';
import { widthOf } from './break-lines';
import type { Colour, GlyphRun } from './drawing';
import { MM_PER_PT, measureText, runsOf } from './set-text';

const TURN_DEGREES = -30;

export interface WatermarkStyle {
  readonly sizePt: number;
  readonly colour: Colour;
  /** Free way between repetitions, along and across the line. */
  readonly alongMm: number;
  readonly acrossMm: number;
  /** Length that the line is taken to have, so that several texts keep in step; null for its own. */
  readonly lengthMm: number | null;
  /** Moves the whole pattern across the line, to set several texts below each other. */
  readonly shiftMm: number;
}

export const PALE_WATERMARK: WatermarkStyle = {
  sizePt: 26,
  colour: [226, 228, 231],
  alongMm: 34,
  acrossMm: 40,
  lengthMm: null,
  shiftMm: 0,
};

/**
 * Repeats a text slantwise over a page, lightly, to lie under everything else: some
 * OFD readers draw translucent text solid.
 * @throws Error when a character has no glyph: the caller chose the text.
 */
export function setWatermark(
  fonts: FontChain,
  text: string,
  page: { readonly widthMm: number; readonly heightMm: number },
  style: WatermarkStyle,
): GlyphRun[] {
  const measured = measureText(fonts, 'hei', text.replaceAll('\n', ' '));
  if (!measured.ok) throw new Error(`watermark: no glyph for U+${measured.codePoint.toString(16)}`);
  const line = measured.paragraphs[0] ?? [];
  const sizeMm = style.sizePt * MM_PER_PT;
  const lengthMm = style.lengthMm ?? widthOf(line) * sizeMm;
  const angle = (TURN_DEGREES * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const reach = Math.hypot(page.widthMm, page.heightMm);
  const along = lengthMm + style.alongMm;
  const runs: GlyphRun[] = [];
  for (let row = 0, v = -reach / 2 + style.shiftMm; v < reach / 2; v += style.acrossMm, row += 1) {
    for (let u = -reach / 2 - (row % 2) * (along / 2); u < reach / 2; u += along) {
      const start = pointOf(page, u, v, cos, sin);
      const end = pointOf(page, u + lengthMm, v, cos, sin);
      if (!isInside(page, start, sizeMm) || !isInside(page, end, sizeMm)) continue;
      runs.push(
        ...runsOf(
          line,
          { xMm: start[0], yMm: start[1], sizeMm, gapMm: 0, colour: style.colour },
          TURN_DEGREES,
        ),
      );
    }
  }
  return runs;
}

function pointOf(
  page: { widthMm: number; heightMm: number },
  u: number,
  v: number,
  cos: number,
  sin: number,
): [number, number] {
  return [page.widthMm / 2 + u * cos - v * sin, page.heightMm / 2 + u * sin + v * cos];
}

function isInside(
  page: { widthMm: number; heightMm: number },
  [x, y]: [number, number],
  marginMm: number,
): boolean {
  return x > marginMm && y > marginMm && x < page.widthMm - marginMm && y < page.heightMm - marginMm;
}
