import type { MongolianShaper, ShapedText } from '../fonts/mongolian-shaper';
import type { Box, Colour, PathDrawing } from './drawing';
import { MM_PER_PT } from './set-text';

const SHRINK_STEP_PT = 0.5;
const COLUMN_PITCH = 1.25;

export type MongolianOutcome =
  | {
      readonly ok: true;
      readonly drawings: readonly PathDrawing[];
      readonly ink: Box | null;
      readonly sizePt: number;
    }
  | { readonly ok: false; readonly problem: 'overflow' }
  | {
      readonly ok: false;
      readonly problem: 'missingGlyph';
      readonly codePoint: number;
      readonly position: number;
    };

/**
 * Sets traditional Mongolian as outlines: letters run from top to bottom, columns from left to right. The font holds its glyphs
 * lying on their side, so the shaped line is turned clockwise: what was right goes down, what was up goes right.
 */
export function setMongolian(
  shaper: MongolianShaper,
  text: string,
  box: Box,
  style: { sizePt: number; minimumSizePt: number; colour: Colour },
): MongolianOutcome {
  const whole = shaper.shape(text);
  if (whole.missingAt !== null) {
    const position = Array.from(text.slice(0, whole.missingAt)).length;
    return {
      ok: false,
      problem: 'missingGlyph',
      codePoint: text.codePointAt(whole.missingAt) ?? 0,
      position,
    };
  }
  const words = text.split(' ').filter((word) => word !== '');
  for (let sizePt = style.sizePt; sizePt >= style.minimumSizePt - 1e-9; sizePt -= SHRINK_STEP_PT) {
    const columns = fillColumns(shaper, words, box, sizePt * MM_PER_PT);
    if (columns !== null)
      return { ok: true, sizePt, ...drawColumns(shaper, columns, box, sizePt, style.colour) };
  }
  return { ok: false, problem: 'overflow' };
}

function fillColumns(
  shaper: MongolianShaper,
  words: readonly string[],
  box: Box,
  sizeMm: number,
): ShapedText[] | null {
  const limit = (box.heightMm / sizeMm) * shaper.font.metrics.unitsPerEm;
  const columns: ShapedText[] = [];
  let open = '';
  for (const word of words) {
    const joined = open === '' ? word : `${open} ${word}`;
    if (shaper.shape(joined).advance <= limit) {
      open = joined;
      continue;
    }
    if (open === '' || shaper.shape(word).advance > limit) return null;
    columns.push(shaper.shape(open));
    open = word;
  }
  if (open !== '') columns.push(shaper.shape(open));
  const fits = columns.length * sizeMm * COLUMN_PITCH <= box.widthMm + 0.01;
  return fits ? columns : null;
}

function drawColumns(
  shaper: MongolianShaper,
  columns: readonly ShapedText[],
  box: Box,
  sizePt: number,
  colour: Colour,
): { drawings: PathDrawing[]; ink: Box | null } {
  const { metrics } = shaper.font;
  const sizeMm = sizePt * MM_PER_PT;
  const scale = sizeMm / metrics.unitsPerEm;
  const pitchMm = sizeMm * COLUMN_PITCH;
  const left = box.xMm + (box.widthMm - columns.length * pitchMm) / 2;
  const baselineShift = (pitchMm - (metrics.ascent - metrics.descent) * scale) / 2 - metrics.descent * scale;
  const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  const drawings = columns.map((column, index): PathDrawing => {
    const baseX = left + index * pitchMm + baselineShift;
    let operators = '';
    const points: number[] = [];
    for (const glyph of column.glyphs) {
      const outline = shaper.font.outlineOf(glyph.glyphId);
      operators += outline.operators;
      for (let i = 0; i < outline.points.length; i += 2) {
        const x = baseX + (glyph.y + (outline.points[i + 1] ?? 0)) * scale;
        const y = box.yMm + (glyph.x + (outline.points[i] ?? 0)) * scale;
        points.push(x, y);
        bounds.left = Math.min(bounds.left, x);
        bounds.right = Math.max(bounds.right, x);
        bounds.top = Math.min(bounds.top, y);
        bounds.bottom = Math.max(bounds.bottom, y);
      }
    }
    return { kind: 'path', operators, points, fill: colour, stroke: null };
  });
  if (bounds.left > bounds.right) return { drawings, ink: null };
  // The stem lies at the side of the em, so columns that stand in the middle look moved: their ink is centred instead.
  const widthMm = bounds.right - bounds.left;
  const xMm = box.xMm + (box.widthMm - widthMm) / 2;
  const shift = xMm - bounds.left;
  return {
    drawings: drawings.map((drawing) => ({
      ...drawing,
      points: drawing.points.map((value, i) => (i % 2 === 0 ? value + shift : value)),
    })),
    ink: { xMm, yMm: bounds.top, widthMm, heightMm: bounds.bottom - bounds.top },
  };
}
