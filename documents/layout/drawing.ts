/** Red, green, blue, 0 to 255. */
export type Colour = readonly [number, number, number];

export const BLACK: Colour = [0, 0, 0];

/** A rectangle in millimetres, origin top left, y downwards. */
export interface Box {
  readonly xMm: number;
  readonly yMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
}

export interface Stroke {
  readonly colour: Colour;
  readonly widthMm: number;
}

/** a b c d e f: (x, y) becomes (a·x + c·y + e, b·x + d·y + f), as in SVG, PDF and OFD. */
export type Matrix = readonly [number, number, number, number, number, number];

/**
 * A path in millimetres. `operators` is a string of M L Q C Z; M and L take one point of `points` (x, y), Q takes two,
 * C three (cubic Bézier), Z none.
 */
export interface PathDrawing {
  readonly kind: 'path';
  readonly operators: string;
  readonly points: readonly number[];
  readonly fill: Colour | null;
  readonly stroke: Stroke | null;
  /** Copies of the path, each moved by a further (dx, dy); `count` includes the first. */
  readonly repeat?: Repetition;
  /**
   * Maps the points to millimetres; absent where they are millimetres. Whole numbers on a small grid take half the bytes
   * of decimals. Filled paths only: a stroke would be scaled too.
   */
  readonly matrix?: Matrix;
}

export interface Repetition {
  readonly dxMm: number;
  readonly dyMm: number;
  readonly count: number;
}

/** One line of text in one font. One glyph per code point of `text`. */
export interface GlyphRun {
  readonly kind: 'glyphs';
  readonly fontKey: string;
  readonly sizeMm: number;
  /** Start of the baseline. */
  readonly xMm: number;
  readonly yMm: number;
  readonly text: string;
  readonly codePoints: readonly number[];
  /** Glyph ids in the source font. */
  readonly glyphIds: readonly number[];
  /** Way from the origin of each glyph to that of the next, spacing included. */
  readonly advancesMm: readonly number[];
  /** Added to the advance of the font after every glyph; 0 in running text. */
  readonly gapMm: number;
  /** Clockwise turn around the start of the baseline. */
  readonly rotationDegrees: number;
  readonly colour: Colour;
}

export interface ImageDrawing {
  readonly kind: 'image';
  readonly box: Box;
  readonly image: RasterImage;
}

/** A picture whose header was read: what it says is what the writers rely on. */
export interface RasterImage {
  readonly format: 'jpeg' | 'png';
  readonly data: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly components: 1 | 2 | 3 | 4;
}

export type Drawing = PathDrawing | GlyphRun | ImageDrawing;
