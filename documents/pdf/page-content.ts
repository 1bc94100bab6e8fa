import type { Colour, Drawing, GlyphRun, ImageDrawing, PathDrawing, RasterImage } from '../layout/drawing';
import { coordinatesOf, writeFine, writeMatrix, writeNumber } from '../layout/write-number';
import { hex4 } from './embed-font';

/** Names and glyphs that a content stream refers to. */
export interface ContentResources {
  /** Resource name (F1 …) and glyph numbers of the subset by font key. */
  readonly fonts: ReadonlyMap<
    string,
    { readonly name: string; readonly glyphIds: ReadonlyMap<number, number> }
  >;
  readonly images: ReadonlyMap<RasterImage, string>;
}

/**
 * Writes drawings as content stream operators (ISO 32000-1, 8 and 9) in millimetres with y downwards: the page's matrix turns
 * them into points.
 */
export function writeContent(drawings: readonly Drawing[], resources: ContentResources): string {
  const state: GraphicsState = { fill: '', stroke: '', width: '' };
  let content = '';
  for (const drawing of drawings) {
    switch (drawing.kind) {
      case 'path':
        content += writePath(drawing, state);
        break;
      case 'glyphs':
        content += writeGlyphs(drawing, resources, state);
        break;
      case 'image':
        content += writeImage(drawing, resources);
        break;
    }
  }
  return content;
}

interface GraphicsState {
  fill: string;
  stroke: string;
  width: string;
}

function writeColour(colour: Colour): string {
  if (colour[0] === colour[1] && colour[1] === colour[2]) return writeShade(colour[0]);
  return colour.map(writeShade).join(' ');
}

function writeShade(value: number): string {
  return `${Math.round((value / 255) * 1000) / 1000}`;
}

function setFill(colour: Colour, state: GraphicsState): string {
  const written = writeColour(colour);
  if (state.fill === written) return '';
  state.fill = written;
  return `${written} ${written.includes(' ') ? 'rg' : 'g'}\n`;
}

function setStroke(stroke: { colour: Colour; widthMm: number }, state: GraphicsState): string {
  const written = writeColour(stroke.colour);
  const width = writeNumber(stroke.widthMm);
  let content = '';
  if (state.stroke !== written) content += `${written} ${written.includes(' ') ? 'RG' : 'G'}\n`;
  if (state.width !== width) content += `${width} w\n`;
  state.stroke = written;
  state.width = width;
  return content;
}

function writePath(path: PathDrawing, state: GraphicsState): string {
  let colours = path.fill === null ? '' : setFill(path.fill, state);
  colours += path.stroke === null ? '' : setStroke(path.stroke, state);
  const once =
    path.matrix === undefined ? writeOnce(path) : `q ${writeMatrix(path.matrix)} cm\n${writeOnce(path)}Q\n`;
  if (path.repeat === undefined) return colours + once;
  const step = `1 0 0 1 ${writeFine(path.repeat.dxMm)} ${writeFine(path.repeat.dyMm)} cm\n`;
  return `${colours}q\n${`${once}${step}`.repeat(path.repeat.count)}Q\n`;
}

function writeOnce(path: PathDrawing): string {
  let content = '';
  let at = 0;
  let current: readonly [number, number] = [0, 0];
  for (const operator of path.operators) {
    const count = coordinatesOf(operator);
    const taken = path.points.slice(at, at + count);
    at += count;
    content += writeSegment(operator, taken, current);
    if (count > 0) current = [taken[count - 2] ?? 0, taken[count - 1] ?? 0];
  }
  if (path.fill !== null) return `${content}${path.stroke === null ? 'f' : 'B'}\n`;
  return `${content}${path.stroke === null ? 'n' : 'S'}\n`;
}

function writeSegment(
  operator: string,
  points: readonly number[],
  current: readonly [number, number],
): string {
  switch (operator) {
    case 'M':
      return `${points.map(writeNumber).join(' ')} m\n`;
    case 'L':
      return `${points.map(writeNumber).join(' ')} l\n`;
    case 'C':
      return `${points.map(writeNumber).join(' ')} c\n`;
    case 'Q': {
      const [controlX = 0, controlY = 0, endX = 0, endY = 0] = points;
      const cubic = [
        current[0] + (2 / 3) * (controlX - current[0]),
        current[1] + (2 / 3) * (controlY - current[1]),
        endX + (2 / 3) * (controlX - endX),
        endY + (2 / 3) * (controlY - endY),
        endX,
        endY,
      ];
      return `${cubic.map(writeNumber).join(' ')} c\n`;
    }
    default:
      return 'h\n';
  }
}

function writeGlyphs(run: GlyphRun, resources: ContentResources, state: GraphicsState): string {
  const font = resources.fonts.get(run.fontKey);
  if (font === undefined) throw new Error(`font ${run.fontKey} was not embedded`);
  const angle = (run.rotationDegrees * Math.PI) / 180;
  const [cos, sin] = [writeFine(Math.cos(angle)), writeFine(Math.sin(angle))];
  const negativeCos = writeFine(-Math.cos(angle));
  const matrix = `${cos} ${sin} ${sin} ${negativeCos} ${writeNumber(run.xMm)} ${writeNumber(run.yMm)} Tm`;
  const glyphs = run.codePoints.map((codePoint) => hex4(font.glyphIds.get(codePoint) ?? 0));
  const size = writeFine(run.sizeMm);
  const text = `<${glyphs.join('')}> Tj`;
  /** All gaps of a run are equal: character spacing says it once (9.3.2). */
  const shown = run.gapMm === 0 ? text : `${writeFine(run.gapMm)} Tc ${text} 0 Tc`;
  return `${setFill(run.colour, state)}BT /${font.name} ${size} Tf ${matrix} ${shown} ET\n`;
}

function writeImage(drawing: ImageDrawing, resources: ContentResources): string {
  const name = resources.images.get(drawing.image);
  if (name === undefined) throw new Error('an image was not embedded');
  const { xMm, yMm, widthMm, heightMm } = drawing.box;
  const matrix = [widthMm, 0, 0, -heightMm, xMm, yMm + heightMm].map(writeNumber).join(' ');
  return `q ${matrix} cm /${name} Do Q\n`;
}
