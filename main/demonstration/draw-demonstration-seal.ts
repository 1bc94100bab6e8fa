import type { FontChain } from '../../documents/fonts/font-chain';
import {
  drawSealPicture,
  sealPictureAsPdfContent,
  sealPictureAsPng,
} from '../../documents/picture/seal-picture';
import type { DemonstrationSeal } from './demonstration-seals';

export interface DrawnSeal {
  readonly png: Uint8Array;
  /** Content stream operators for a box of that size. */
  readonly pdfContent: string;
  readonly widthMm: number;
  readonly heightMm: number;
}

/** As seals of departments of cities and banners usually are. */
const DIAMETER_MM = 42;
const PNG_DPI = 200;

/** Draws a seal: red, round, a star in the middle, the unit's name around it and the kind of a special seal below. */
export async function drawDemonstrationSeal(
  { ringText, centreText }: Pick<DemonstrationSeal, 'ringText' | 'centreText'>,
  fonts: () => Promise<FontChain>,
): Promise<DrawnSeal> {
  const drawn = drawSealPicture(
    { ringText, centreText, shape: 'round', diameterMm: DIAMETER_MM },
    await fonts(),
  );
  if (!drawn.ok) throw new Error(`seal of ${ringText}: ${drawn.refusal.code} in ${drawn.refusal.field}`);
  return {
    png: sealPictureAsPng(drawn.picture, PNG_DPI),
    pdfContent: sealPictureAsPdfContent(drawn.picture),
    widthMm: DIAMETER_MM,
    heightMm: DIAMETER_MM,
  };
}
