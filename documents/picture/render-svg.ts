import type { FontChain } from '../fonts/font-chain';
import type { Colour, Drawing, GlyphRun, ImageDrawing, PathDrawing } from '../layout/drawing';
import { escapeXml } from '../layout/escape-xml';
import { formWithNotice } from '../layout/form-with-notice';
import type { LaidOutDocument } from '../layout/laid-out-document';
import { coordinatesOf, writeMatrix, writeNumber } from '../layout/write-number';

export interface PictureOptions {
  readonly pageIndex: number;
  /** Printed at the foot, e.g. DERIVED_NOTICE; null prints none. */
  readonly derivedNotice: string | null;
}

/**
 * One page as self-contained SVG: text as outlines, pictures inlined, sizes in millimetres.
 * @throws RangeError when there is no such page.
 */
export function renderSvg(document: LaidOutDocument, options: PictureOptions): string {
  const page = document.pages[options.pageIndex];
  if (page === undefined) throw new RangeError(`there is no page ${options.pageIndex}`);
  const form = formWithNotice(document, options.derivedNotice).pages[page.formIndex] ?? [];
  const content = document.content.pages[options.pageIndex] ?? [];
  return drawSvg([...form, ...content], document.fonts, page);
}

/** Draws any drawings on a white or transparent sheet. Without glyph runs among them `fonts` may be null. */
export function drawSvg(
  drawings: readonly Drawing[],
  fonts: FontChain | null,
  sheet: { readonly widthMm: number; readonly heightMm: number; readonly transparent?: boolean },
): string {
  const width = writeNumber(sheet.widthMm);
  const height = writeNumber(sheet.heightMm);
  const glyphs = new Map<string, string>();
  const body = drawings.map((drawing) => drawOne(drawing, fonts, glyphs)).join('');
  const background =
    sheet.transparent === true ? '' : `<rect width="${width}" height="${height}" fill="#fff"/>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}mm" height="${height}mm" viewBox="0 0 ${width} ${height}">` +
    `<defs>${[...glyphs.values()].join('')}</defs>${background}${body}</svg>`
  );
}

function drawOne(drawing: Drawing, fonts: FontChain | null, glyphs: Map<string, string>): string {
  switch (drawing.kind) {
    case 'path':
      return drawPath(drawing);
    case 'glyphs':
      if (fonts === null) throw new Error('text needs fonts');
      return drawRun(drawing, fonts, glyphs);
    case 'image':
      return drawImage(drawing);
  }
}

function writeColour(colour: Colour): string {
  return `rgb(${colour.join(',')})`;
}

function drawPath(path: PathDrawing): string {
  const fill = path.fill === null ? 'none' : writeColour(path.fill);
  const stroke =
    path.stroke === null
      ? ''
      : ` stroke="${writeColour(path.stroke.colour)}" stroke-width="${writeNumber(path.stroke.widthMm)}"`;
  const data = writePathData(path.operators, path.points);
  const { dxMm, dyMm, count } = path.repeat ?? { dxMm: 0, dyMm: 0, count: 1 };
  let svg = '';
  for (let copy = 0; copy < count; copy += 1) {
    const moves = [
      ...(copy === 0 ? [] : [`translate(${writeNumber(copy * dxMm)} ${writeNumber(copy * dyMm)})`]),
      ...(path.matrix === undefined ? [] : [`matrix(${writeMatrix(path.matrix)})`]),
    ];
    const move = moves.length === 0 ? '' : ` transform="${moves.join(' ')}"`;
    svg += `<path d="${data}" fill="${fill}"${stroke}${move}/>`;
  }
  return svg;
}

function writePathData(operators: string, points: readonly number[]): string {
  let data = '';
  let at = 0;
  for (const operator of operators) {
    const count = coordinatesOf(operator);
    data +=
      operator +
      points
        .slice(at, at + count)
        .map(writeNumber)
        .join(' ');
    at += count;
  }
  return data;
}

/** Each glyph is defined once and used at its places; the symbol keeps font units, y upwards. */
function drawRun(run: GlyphRun, fonts: FontChain, glyphs: Map<string, string>): string {
  const font = fonts.font(run.fontKey);
  const scale = run.sizeMm / font.metrics.unitsPerEm;
  let x = 0;
  let uses = '';
  run.glyphIds.forEach((glyphId, i) => {
    const id = `${run.fontKey}-${glyphId}`;
    if (!glyphs.has(id)) {
      const outline = font.outlineOf(glyphId);
      glyphs.set(id, `<path id="${escapeXml(id)}" d="${writePathData(outline.operators, outline.points)}"/>`);
    }
    if (font.glyphData(glyphId).length > 0)
      uses += `<use href="#${escapeXml(id)}" x="${writeNumber(x / scale)}"/>`;
    x += run.advancesMm[i] ?? 0;
  });
  const turn = run.rotationDegrees === 0 ? '' : ` rotate(${writeNumber(run.rotationDegrees)})`;
  const place = `translate(${writeNumber(run.xMm)} ${writeNumber(run.yMm)})${turn}`;
  const factor = scale.toPrecision(6);
  return `<g fill="${writeColour(run.colour)}" transform="${place} scale(${factor} -${factor})">${uses}</g>`;
}

function drawImage(drawing: ImageDrawing): string {
  const { box, image } = drawing;
  const place = `x="${writeNumber(box.xMm)}" y="${writeNumber(box.yMm)}"`;
  const size = `width="${writeNumber(box.widthMm)}" height="${writeNumber(box.heightMm)}"`;
  const data = Buffer.from(image.data).toString('base64');
  return `<image ${place} ${size} href="data:image/${image.format};base64,${data}"/>`;
}
