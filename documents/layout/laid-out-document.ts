import type { FontChain } from '../fonts/font-chain';
import type { Box, Drawing } from './drawing';

/**
 * Drawings of several pages that share their fonts. The writers keep what they compute for a group (font subsets, compressed
 * streams) by its identity, so a group must never be changed.
 */
export interface DrawingGroup {
  readonly pages: readonly (readonly Drawing[])[];
}

export interface LaidOutPage {
  readonly widthMm: number;
  readonly heightMm: number;
  /** Page of `LaidOutDocument.form` that lies under the content. */
  readonly formIndex: number;
}

export interface PlacedBox extends Box {
  readonly pageIndex: number;
}

/** Where a field stands and the ink of what was printed into it. */
export interface FieldInk {
  readonly element: string;
  readonly box: PlacedBox;
  /** Smallest box around the glyphs or image; null when the field is empty. */
  readonly ink: Box | null;
  readonly sizePt: number;
}

/** What every writer draws: the same pages, in millimetres. */
export interface LaidOutDocument {
  readonly pages: readonly LaidOutPage[];
  /** The fixed form, shared by all documents of one template. */
  readonly form: DrawingGroup;
  /** Size of each page of `form`. */
  readonly formSizes: readonly { readonly widthMm: number; readonly heightMm: number }[];
  /** What was filled in, by page. */
  readonly content: DrawingGroup;
  readonly sealBoxes: readonly PlacedBox[];
  /** Where the template has the code, printed or not: no seal may cover it. Null without one. */
  readonly qrBox: PlacedBox | null;
  readonly fields: readonly FieldInk[];
  /** Metadata codes that follow from what was printed, e.g. JZJ* of a use-copy; the writers add them to the caller's. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly fonts: FontChain;
}
