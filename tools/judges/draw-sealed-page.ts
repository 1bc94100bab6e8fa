import type { LaidOutDocument, PlacedBox } from '../../documents/layout/laid-out-document';
import { rasterize } from '../../documents/picture/render-png';
import { renderSvg } from '../../documents/picture/render-svg';

const DPI = 110;

/** Our picture of one page with the seals on top, as a reader of the sealed file should show it. */
export function drawSealedPage(
  document: LaidOutDocument,
  pageIndex: number,
  seals: readonly { readonly box: PlacedBox; readonly png: Uint8Array }[],
): Uint8Array {
  const svg = renderSvg(document, { pageIndex, derivedNotice: null });
  const images = seals
    .filter(({ box }) => box.pageIndex === pageIndex)
    .map(
      ({ box, png }) =>
        `<image x="${box.xMm}" y="${box.yMm}" width="${box.widthMm}" height="${box.heightMm}" ` +
        `href="data:image/png;base64,${Buffer.from(png).toString('base64')}"/>`,
    )
    .join('');
  const widthMm = document.pages[pageIndex]?.widthMm ?? 0;
  return rasterize(svg.replace('</svg>', `${images}</svg>`), widthMm, DPI);
}
