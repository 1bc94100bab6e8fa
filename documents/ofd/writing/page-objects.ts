import type { Drawing, GlyphRun, ImageDrawing, PathDrawing, RasterImage } from '../../layout/drawing';
import { escapeXml } from '../../layout/escape-xml';
import { coordinatesOf, writeFine, writeMatrix, writeNumber } from '../../layout/write-number';

/** What page objects refer to, and the next free identifier of the document. */
export interface ObjectContext {
  readonly widthMm: number;
  readonly heightMm: number;
  readonly fonts: ReadonlyMap<
    string,
    { readonly id: number; readonly glyphIds: ReadonlyMap<number, number> }
  >;
  readonly imageIds: ReadonlyMap<RasterImage, number>;
  nextId: number;
}

const OFD_OPERATORS: Readonly<Record<string, string>> = { M: 'M', L: 'L', Q: 'Q', C: 'B', Z: 'C' };

/** Writes drawings as the objects of one layer (GB/T 33190, 7.7), in their order. */
export function writePageObjects(drawings: readonly Drawing[], context: ObjectContext): string {
  let xml = '';
  for (const drawing of drawings) {
    switch (drawing.kind) {
      case 'path':
        xml += writePath(drawing, context);
        break;
      case 'glyphs':
        xml += writeText(drawing, context);
        break;
      case 'image':
        xml += writeImage(drawing, context);
        break;
    }
  }
  return xml;
}

function takeId(context: ObjectContext): number {
  const id = context.nextId;
  context.nextId += 1;
  return id;
}

/** Paths keep page coordinates: their boundary is the page, moved for each further copy, and a matrix leads to it. */
function writePath(path: PathDrawing, context: ObjectContext): string {
  const size = `${writeNumber(context.widthMm)} ${writeNumber(context.heightMm)}`;
  const stroke =
    path.stroke === null ? ' Stroke="false"' : ` LineWidth="${writeNumber(path.stroke.widthMm)}"`;
  const strokeColour =
    path.stroke === null ? '' : `<ofd:StrokeColor Value="${path.stroke.colour.join(' ')}"/>`;
  const fill = path.fill === null ? '' : ' Fill="true"';
  const fillColour = path.fill === null ? '' : `<ofd:FillColor Value="${path.fill.join(' ')}"/>`;
  const transform = path.matrix === undefined ? '' : ` CTM="${writeMatrix(path.matrix)}"`;
  const rest =
    `${transform}${stroke}${fill}>${strokeColour}${fillColour}` +
    `<ofd:AbbreviatedData>${writeAbbreviatedData(path)}</ofd:AbbreviatedData></ofd:PathObject>`;
  const { dxMm, dyMm, count } = path.repeat ?? { dxMm: 0, dyMm: 0, count: 1 };
  let xml = '';
  for (let copy = 0; copy < count; copy += 1) {
    const origin = `${writeNumber(copy * dxMm)} ${writeNumber(copy * dyMm)}`;
    xml += `<ofd:PathObject ID="${takeId(context)}" Boundary="${origin} ${size}"${rest}`;
  }
  return xml;
}

function writeAbbreviatedData(path: PathDrawing): string {
  let data = '';
  let at = 0;
  for (const operator of path.operators) {
    data += data === '' ? '' : ' ';
    data += OFD_OPERATORS[operator] ?? '';
    for (let left = coordinatesOf(operator); left > 0; left -= 1) {
      data += ` ${writeNumber(path.points[at] ?? 0)}`;
      at += 1;
    }
  }
  return data;
}

/**
 * A line of text. The embedded font maps the characters, so no glyph transform is needed in the first plane.
 * Characters beyond the first plane stand alone: readers that count UTF-16 units would shift what follows them.
 */
function writeText(run: GlyphRun, context: ObjectContext): string {
  const font = context.fonts.get(run.fontKey);
  if (font === undefined) throw new Error(`font ${run.fontKey} was not embedded`);
  let xml = '';
  let start = 0;
  let offsetMm = 0;
  while (start < run.codePoints.length) {
    let end = start + 1;
    const alone = (run.codePoints[start] ?? 0) > 0xffff;
    while (!alone && end < run.codePoints.length && (run.codePoints[end] ?? 0) <= 0xffff) end += 1;
    xml += writeTextObject(run, { start, end, offsetMm }, font, context);
    for (const advance of run.advancesMm.slice(start, end)) offsetMm += advance;
    start = end;
  }
  return xml;
}

function writeTextObject(
  run: GlyphRun,
  part: { start: number; end: number; offsetMm: number },
  font: { readonly id: number; readonly glyphIds: ReadonlyMap<number, number> },
  context: ObjectContext,
): string {
  const text = String.fromCodePoint(...run.codePoints.slice(part.start, part.end));
  const advances = run.advancesMm.slice(part.start, part.end);
  const width = advances.reduce((sum, advance) => sum + advance, 0);
  const delta = advances.length > 1 ? ` DeltaX="${writeDeltas(advances.slice(0, -1))}"` : '';
  const size = writeFine(run.sizeMm);
  const fill = `<ofd:FillColor Value="${run.colour.join(' ')}"/>`;
  const transform = writeTransform(run.codePoints[part.start] ?? 0, font.glyphIds);
  const open = `<ofd:TextObject ID="${takeId(context)}" Font="${font.id}" Size="${size}"`;
  const close = `>${fill}${transform}<ofd:TextCode`;
  const code = `${delta}>${escapeXml(text)}</ofd:TextCode></ofd:TextObject>`;
  if (run.rotationDegrees === 0) {
    const ascent = run.sizeMm * 0.88;
    const boundary = [run.xMm + part.offsetMm, run.yMm - ascent, width, run.sizeMm * 1.16]
      .map(writeFine)
      .join(' ');
    return `${open} Boundary="${boundary}"${close} X="0" Y="${writeFine(ascent)}"${code}`;
  }
  const angle = (run.rotationDegrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const matrix = [cos, sin, -sin, cos, run.xMm, run.yMm].map(writeFine).join(' ');
  const boundary = `0 0 ${writeNumber(context.widthMm)} ${writeNumber(context.heightMm)}`;
  return `${open} Boundary="${boundary}" CTM="${matrix}"${close} X="${writeFine(part.offsetMm)}" Y="0"${code}`;
}

/**
 * Names the glyph of a character beyond the first plane (GB/T 33190, 11.4.3): readers that look characters up by UTF-16 unit
 * would print two boxes.
 */
function writeTransform(codePoint: number, glyphIds: ReadonlyMap<number, number>): string {
  if (codePoint <= 0xffff) return '';
  const glyphs = `<ofd:Glyphs>${glyphIds.get(codePoint) ?? 0}</ofd:Glyphs>`;
  return `<ofd:CGTransform CodePosition="0" CodeCount="2" GlyphCount="1">${glyphs}</ofd:CGTransform>`;
}

/** Equal neighbours are written `g count value` (GB/T 33190, 11.3). */
function writeDeltas(advances: readonly number[]): string {
  const parts: string[] = [];
  let i = 0;
  while (i < advances.length) {
    const value = writeFine(advances[i] ?? 0);
    let count = 1;
    while (i + count < advances.length && writeFine(advances[i + count] ?? 0) === value) count += 1;
    if (count >= 3) parts.push(`g ${count} ${value}`);
    else for (let j = 0; j < count; j += 1) parts.push(value);
    i += count;
  }
  return parts.join(' ');
}

function writeImage(drawing: ImageDrawing, context: ObjectContext): string {
  const resource = context.imageIds.get(drawing.image);
  if (resource === undefined) throw new Error('an image was not embedded');
  const { box } = drawing;
  const boundary = [box.xMm, box.yMm, box.widthMm, box.heightMm].map(writeNumber).join(' ');
  const matrix = `${writeNumber(box.widthMm)} 0 0 ${writeNumber(box.heightMm)} 0 0`;
  return `<ofd:ImageObject ID="${takeId(context)}" Boundary="${boundary}" CTM="${matrix}" ResourceID="${resource}"/>`;
}
