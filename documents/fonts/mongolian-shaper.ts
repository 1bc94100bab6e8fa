import harfbuzz from 'harfbuzzjs';
import type { FontBytes } from './font-bytes';
import type { TrueTypeFont } from './true-type-font';

/** One glyph of shaped text, in font units along a horizontal line that the caller turns upright. */
export interface ShapedGlyph {
  readonly glyphId: number;
  readonly x: number;
  readonly y: number;
}

export interface ShapedText {
  readonly glyphs: readonly ShapedGlyph[];
  readonly advance: number;
  /** UTF-16 index of the first character that the font lacks, or null. */
  readonly missingAt: number | null;
}

export interface MongolianShaper {
  readonly font: TrueTypeFont;
  /** Joins the letters of one line. Positions are those of horizontal text; vertical setting turns the line by 90°. */
  shape(text: string): ShapedText;
}

/**
 * Prepares HarfBuzz for one font. Letters of the traditional script change their form by their neighbours (Unicode
 * chapter 13.5), so they cannot be set one by one as Chinese is.
 * @param bytes the file that `font` was parsed from.
 */
export async function loadMongolianShaper(bytes: FontBytes, font: TrueTypeFont): Promise<MongolianShaper> {
  const engine = await harfbuzz;
  const face = engine.createFace(engine.createBlob(bytes.read(0, bytes.length)), 0);
  const shapingFont = engine.createFont(face);
  return {
    font,
    shape(text) {
      const buffer = engine.createBuffer();
      try {
        buffer.addText(text);
        buffer.guessSegmentProperties();
        buffer.setDirection('ltr');
        engine.shape(shapingFont, buffer);
        let advance = 0;
        let missingAt: number | null = null;
        const glyphs = buffer.json().map((shaped) => {
          if (shaped.g === 0 && missingAt === null) missingAt = shaped.cl;
          const glyph = { glyphId: shaped.g, x: advance + shaped.dx, y: shaped.dy };
          advance += shaped.ax;
          return glyph;
        });
        return { glyphs, advance, missingAt };
      } finally {
        buffer.destroy();
      }
    },
  };
}
