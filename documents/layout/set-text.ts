import type { FontChain, FontRole } from '../fonts/font-chain';
import type { OverflowRule, TextStyle } from '../templates/template';
import { breakLines, type MeasuredCharacter, widthOf } from './break-lines';
import type { Box, GlyphRun } from './drawing';
import { unionOfBoxes } from './union-of-boxes';

export const MM_PER_PT = 25.4 / 72;
/** Chinese fonts stand their glyphs in a square whose baseline lies 0.88 below its top. */
export const BASELINE_OF_EM = 0.88;
const SHRINK_STEP_PT = 0.25;

export type Measured =
  | { readonly ok: true; readonly paragraphs: readonly (readonly MeasuredCharacter[])[] }
  | { readonly ok: false; readonly codePoint: number; readonly position: number };

/** Looks up every character of a text; the first one that no font has is answered with its position in code points. */
export function measureText(fonts: FontChain, role: FontRole, text: string): Measured {
  const paragraphs: MeasuredCharacter[][] = [[]];
  let position = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (codePoint === 0x0a) {
      paragraphs.push([]);
    } else {
      const glyph = fonts.find(role, codePoint);
      if (glyph === null) return { ok: false, codePoint, position };
      const advanceEm = glyph.font.advanceOf(glyph.glyphId) / glyph.font.metrics.unitsPerEm;
      paragraphs.at(-1)?.push({ codePoint, glyph, advanceEm });
    }
    position += 1;
  }
  return { ok: true, paragraphs };
}

export interface FittedText {
  readonly sizePt: number;
  readonly lines: readonly (readonly MeasuredCharacter[])[];
}

/**
 * Finds size and lines of a text in a box by the field's rule: `wrap` keeps the size, `shrink` keeps one line,
 * `wrapThenShrink` wraps at ever smaller sizes. Null when it does not fit even at the smallest allowed size.
 */
export function fitText(
  paragraphs: readonly (readonly MeasuredCharacter[])[],
  box: { readonly widthMm: number; readonly heightMm: number },
  rule: { overflow: OverflowRule; sizePt: number; minimumSizePt: number; lineHeight: number },
): FittedText | null {
  const smallest = rule.overflow === 'wrap' ? rule.sizePt : Math.min(rule.minimumSizePt, rule.sizePt);
  for (let sizePt = rule.sizePt; sizePt >= smallest - 1e-9; sizePt -= SHRINK_STEP_PT) {
    const sizeMm = sizePt * MM_PER_PT;
    const widthEm = box.widthMm / sizeMm;
    const lines =
      rule.overflow === 'shrink'
        ? paragraphs
        : paragraphs.flatMap((paragraph) => breakLines(paragraph, widthEm));
    const tall = sizeMm * (1 + (lines.length - 1) * rule.lineHeight) > box.heightMm + 0.01;
    if (!tall && lines.every((line) => widthOf(line) <= widthEm + 1e-6)) return { sizePt, lines };
  }
  return null;
}

export interface PlacedText {
  readonly runs: readonly GlyphRun[];
  readonly ink: Box | null;
}

/** Places fitted lines in their box. With `spread` the characters of each line take the whole width. */
export function placeText(
  fitted: FittedText,
  box: Box,
  style: TextStyle,
  options: { lineHeight: number; spread: boolean },
): PlacedText {
  const sizeMm = fitted.sizePt * MM_PER_PT;
  const height = sizeMm * (1 + (fitted.lines.length - 1) * options.lineHeight);
  const free = box.heightMm - height;
  const top =
    box.yMm + (style.verticalAlign === 'top' ? 0 : style.verticalAlign === 'middle' ? free / 2 : free);
  const runs: GlyphRun[] = [];
  const inks: (Box | null)[] = [];
  fitted.lines.forEach((line, index) => {
    const yMm = top + sizeMm * (BASELINE_OF_EM + index * options.lineHeight);
    const width = widthOf(line) * sizeMm;
    const gaps = Math.max(line.length - 1, 0);
    const gapMm = options.spread && gaps > 0 ? Math.max((box.widthMm - width) / gaps, 0) : 0;
    const slack = box.widthMm - width - gapMm * gaps;
    const offset = style.align === 'left' ? 0 : style.align === 'centre' ? slack / 2 : slack;
    const ofLine = runsOf(line, { xMm: box.xMm + offset, yMm, sizeMm, gapMm, colour: style.colour });
    for (const run of ofLine) inks.push(inkOf(run, line));
    runs.push(...ofLine);
  });
  return { runs, ink: unionOfBoxes(inks) };
}

interface LinePlace {
  readonly xMm: number;
  readonly yMm: number;
  readonly sizeMm: number;
  readonly gapMm: number;
  readonly colour: TextStyle['colour'];
}

/** Splits a line where its font changes. */
export function runsOf(
  line: readonly MeasuredCharacter[],
  place: LinePlace,
  rotationDegrees = 0,
): GlyphRun[] {
  const runs: GlyphRun[] = [];
  let xMm = place.xMm;
  let start = 0;
  while (start < line.length) {
    const fontKey = line[start]?.glyph.fontKey ?? '';
    let end = start;
    while (end < line.length && line[end]?.glyph.fontKey === fontKey) end += 1;
    const part = line.slice(start, end);
    const advancesMm = part.map((character) => character.advanceEm * place.sizeMm + place.gapMm);
    runs.push({
      kind: 'glyphs',
      fontKey,
      sizeMm: place.sizeMm,
      xMm,
      yMm: place.yMm,
      text: String.fromCodePoint(...part.map((character) => character.codePoint)),
      codePoints: part.map((character) => character.codePoint),
      glyphIds: part.map((character) => character.glyph.glyphId),
      advancesMm,
      gapMm: place.gapMm,
      colour: place.colour,
      rotationDegrees,
    });
    for (const advance of advancesMm) xMm += advance;
    start = end;
  }
  return runs;
}

function inkOf(run: GlyphRun, line: readonly MeasuredCharacter[]): Box | null {
  const font = line.find((character) => character.glyph.fontKey === run.fontKey)?.glyph.font;
  if (font === undefined) return null;
  const scale = run.sizeMm / font.metrics.unitsPerEm;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  let xMm = run.xMm;
  run.glyphIds.forEach((glyphId, i) => {
    const bounds = font.boundsOf(glyphId);
    if (bounds !== null) {
      left = Math.min(left, xMm + bounds.xMin * scale);
      right = Math.max(right, xMm + bounds.xMax * scale);
      top = Math.min(top, run.yMm - bounds.yMax * scale);
      bottom = Math.max(bottom, run.yMm - bounds.yMin * scale);
    }
    xMm += run.advancesMm[i] ?? 0;
  });
  return left > right ? null : { xMm: left, yMm: top, widthMm: right - left, heightMm: bottom - top };
}
