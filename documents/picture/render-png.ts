import { Resvg } from '@resvg/resvg-js';
import type { LaidOutDocument } from '../layout/laid-out-document';
import { type PictureOptions, renderSvg } from './render-svg';

type RenderedImage = ReturnType<Resvg['render']>;

const MAXIMUM_SIDE_PX = 10_000;

/**
 * One page as PNG.
 * @param options.dpi e.g. 96 for a screen, 300 for print.
 * @throws RangeError when there is no such page or the picture would have more than 10,000 pixels on a side.
 */
export function renderPng(
  document: LaidOutDocument,
  options: PictureOptions & { readonly dpi: number },
): Uint8Array {
  return rasterize(
    renderSvg(document, options),
    document.pages[options.pageIndex]?.widthMm ?? 0,
    options.dpi,
  );
}

/** Turns SVG with a known width into PNG. */
export function rasterize(svg: string, widthMm: number, dpi: number): Uint8Array {
  return rasterizeSvg(svg, widthMm, dpi).asPng();
}

/** Size in pixels and how opaque each pixel is, row by row from the top, 0 to 255. */
export function rasterizeCoverage(
  svg: string,
  widthMm: number,
  dpi: number,
): { readonly widthPx: number; readonly heightPx: number; readonly coverage: Uint8Array } {
  const { width, height, pixels } = rasterizeSvg(svg, widthMm, dpi);
  return {
    widthPx: width,
    heightPx: height,
    coverage: Uint8Array.from({ length: width * height }, (_, pixel) => pixels[pixel * 4 + 3] ?? 0),
  };
}

function rasterizeSvg(svg: string, widthMm: number, dpi: number): RenderedImage {
  const widthPx = Math.round((widthMm / 25.4) * dpi);
  if (widthPx < 1 || widthPx > MAXIMUM_SIDE_PX)
    throw new RangeError(`a picture of ${widthPx} pixels is not drawn`);
  const renderer = new Resvg(svg, {
    fitTo: { mode: 'width', value: widthPx },
    font: { loadSystemFonts: false },
    shapeRendering: 2,
  });
  return renderer.render();
}
