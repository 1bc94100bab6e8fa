import type { FontChain } from '../fonts/font-chain';
import { drawQr } from '../picture/qr-drawing';
import { readImageHeader } from '../picture/read-image-header';
import type {
  ImageField,
  MongolianField,
  PageNumberField,
  TableField,
  Template,
  TemplateField,
  TemplatePage,
  TextField,
} from '../templates/template';
import type { Box, Drawing } from './drawing';
import type { FaceContent, FaceElement, FaceRows, FaceValue } from './face-content';
import type { FieldInk, LaidOutDocument, LaidOutPage } from './laid-out-document';
import { layOutForm } from './lay-out-form';
import { layOutTable } from './lay-out-table';
import { type FacePlace, type LayoutOutcome, LayoutRefused } from './layout-outcome';
import { assertPrintable, setFieldText } from './set-field-text';
import { setMongolian } from './set-mongolian';

const MAXIMUM_PAGES = 200;

export interface LayoutRequest {
  /** Pass the same object again for the same version: its fixed form is kept by identity. */
  readonly template: Template;
  readonly face: FaceContent;
  /** What the code on the page leads to; null prints none. */
  readonly qrText: string | null;
  /** E.g. 演示数据, or 待编号 on a draft; null prints none. */
  readonly watermark: string | null;
  readonly fonts: FontChain;
}

/**
 * Lays a face out on its template: the one model from which OFD, PDF, SVG and PNG are written.
 * @returns the pages in millimetres with the ink of every field, or the first refusal by name and position.
 * @throws Error when the template itself is wrong (a fixed text without glyph or room).
 */
export function layOut(request: LayoutRequest): LayoutOutcome {
  try {
    return { ok: true, document: layOutPages(request) };
  } catch (error) {
    if (error instanceof LayoutRefused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}

/** State of one run: what is printed so far and how far each table has come. */
interface Progress {
  readonly request: LayoutRequest;
  readonly elements: ReadonlyMap<string, FaceElement>;
  readonly fields: FieldInk[];
  readonly nextRows: Map<string, number>;
}

interface OpenPage {
  readonly page: TemplatePage;
  readonly drawings: Drawing[];
}

function layOutPages(request: LayoutRequest): LaidOutDocument {
  const { template, fonts, face } = request;
  const elements = new Map(face.map((element) => [element.name, element]));
  assertAllPlaced(template, face);
  const progress: Progress = { request, elements, fields: [], nextRows: new Map() };
  const form = layOutForm(template, fonts, request.watermark);
  const pages: LaidOutPage[] = [];
  const open: OpenPage[] = [];
  const addPage = (page: TemplatePage, formIndex: number): void => {
    pages.push({ widthMm: page.widthMm, heightMm: page.heightMm, formIndex });
    const drawings: Drawing[] = [];
    const pageIndex = open.length;
    open.push({ page, drawings });
    for (const field of page.fields) drawings.push(...layOutField(progress, field, pageIndex));
  };
  template.pages.forEach((page, index) => {
    addPage(page, index);
  });
  while (template.continuation !== null && hasRowsLeft(progress)) {
    if (open.length >= MAXIMUM_PAGES) refuseLeftRows(progress);
    const before = progressOfRows(progress);
    addPage(template.continuation, template.pages.length);
    if (progressOfRows(progress) === before) refuseLeftRows(progress);
  }
  if (hasRowsLeft(progress)) refuseLeftRows(progress);
  open.forEach(({ page, drawings }, index) => {
    for (const field of page.fields) {
      if (field.kind === 'pageNumber') drawings.push(...setPageNumber(fonts, field, index, open.length));
    }
  });
  addQr(request, open);
  return {
    pages,
    form,
    formSizes: template.continuation === null ? template.pages : [...template.pages, template.continuation],
    content: { pages: open.map((page) => page.drawings) },
    sealBoxes: template.seals,
    qrBox: template.qr,
    fields: progress.fields,
    metadata: {},
    fonts,
  };
}

function assertAllPlaced(template: Template, face: FaceContent): void {
  const placed = new Set(template.notPrinted);
  for (const page of [
    ...template.pages,
    ...(template.continuation === null ? [] : [template.continuation]),
  ]) {
    for (const field of page.fields) if (field.kind !== 'pageNumber') placed.add(field.element);
  }
  for (const { name, value } of face) {
    if (!placed.has(name) && value !== '') {
      throw new LayoutRefused({ code: 'unplacedElement', ...placeOf(name) });
    }
  }
}

function placeOf(field: string): FacePlace {
  return { field, row: null, column: null };
}

function hasRowsLeft(progress: Progress): boolean {
  return [...progress.nextRows].some(([element, next]) => next < rowsOf(progress, element).length);
}

function progressOfRows(progress: Progress): number {
  return [...progress.nextRows.values()].reduce((sum, next) => sum + next, 0);
}

function refuseLeftRows(progress: Progress): never {
  const [field, row] = [...progress.nextRows].find(
    ([name, next]) => next < rowsOf(progress, name).length,
  ) ?? ['', 0];
  throw new LayoutRefused({ code: 'overflow', field, row, column: null });
}

function rowsOf(progress: Progress, element: string): FaceRows['rows'] {
  const value: FaceValue = progress.elements.get(element)?.value ?? { kind: 'rows', rows: [] };
  if (typeof value === 'string' || value.kind !== 'rows') {
    throw new LayoutRefused({ code: 'wrongValueKind', expected: 'rows', ...placeOf(element) });
  }
  return value.rows;
}

function layOutField(progress: Progress, field: TemplateField, pageIndex: number): readonly Drawing[] {
  switch (field.kind) {
    case 'text':
      return layOutText(progress, field, pageIndex);
    case 'image':
      return layOutImage(progress, field, pageIndex);
    case 'mongolian':
      return layOutMongolian(progress, field, pageIndex);
    case 'table':
      return layOutTableField(progress, field, pageIndex);
    case 'pageNumber':
      return [];
  }
}

function noteInk(
  progress: Progress,
  field: { element: string; box: Box },
  pageIndex: number,
  printed: { ink: Box | null; sizePt: number },
): void {
  progress.fields.push({ element: field.element, box: { ...field.box, pageIndex }, ...printed });
}

function layOutText(progress: Progress, field: TextField, pageIndex: number): readonly Drawing[] {
  const value = progress.elements.get(field.element)?.value ?? '';
  const place = placeOf(field.element);
  if (typeof value !== 'string') {
    throw new LayoutRefused({ code: 'wrongValueKind', expected: 'text', ...place });
  }
  assertPrintable(value, 'zh', place);
  if (value === '') {
    noteInk(progress, field, pageIndex, { ink: null, sizePt: field.style.sizePt });
    return [];
  }
  const prefixLength = Array.from(field.prefix).length;
  const text = `${field.prefix}${value}${field.suffix}`;
  const set = setFieldText(progress.request.fonts, text, field.box, field.style, field, {
    ...place,
    prefixLength,
  });
  noteInk(progress, field, pageIndex, set);
  return set.runs;
}

function layOutImage(progress: Progress, field: ImageField, pageIndex: number): readonly Drawing[] {
  const value = progress.elements.get(field.element)?.value ?? '';
  const place = placeOf(field.element);
  if (value === '') {
    noteInk(progress, field, pageIndex, { ink: null, sizePt: 0 });
    return [];
  }
  if (typeof value === 'string' || value.kind !== 'image') {
    throw new LayoutRefused({ code: 'wrongValueKind', expected: 'image', ...place });
  }
  const header = readImageHeader(value.data);
  if (!header.ok) throw new LayoutRefused({ code: 'unreadableImage', reason: header.reason, ...place });
  const { image } = header;
  const scale = Math.min(field.box.widthMm / image.widthPx, field.box.heightMm / image.heightPx);
  const [widthMm, heightMm] = [image.widthPx * scale, image.heightPx * scale];
  const box = {
    xMm: field.box.xMm + (field.box.widthMm - widthMm) / 2,
    yMm: field.box.yMm + (field.box.heightMm - heightMm) / 2,
    widthMm,
    heightMm,
  };
  noteInk(progress, field, pageIndex, { ink: box, sizePt: 0 });
  return [{ kind: 'image', box, image }];
}

function layOutMongolian(progress: Progress, field: MongolianField, pageIndex: number): readonly Drawing[] {
  const text = progress.elements.get(field.element)?.mongolian ?? '';
  const place = placeOf(field.element);
  assertPrintable(text, 'mn', place);
  if (text === '') return [];
  const shaper = progress.request.fonts.mongolian;
  if (shaper === null) throw new LayoutRefused({ code: 'noMongolianFont', ...place });
  const set = setMongolian(shaper, text, field.box, field);
  if (set.ok) {
    noteInk(progress, field, pageIndex, set);
    return set.drawings;
  }
  if (set.problem === 'overflow') throw new LayoutRefused({ code: 'overflow', ...place });
  throw new LayoutRefused({
    code: 'missingGlyph',
    character: String.fromCodePoint(set.codePoint),
    codePoint: `U+${set.codePoint.toString(16).toUpperCase().padStart(4, '0')}`,
    position: set.position,
    ...place,
  });
}

function layOutTableField(progress: Progress, field: TableField, pageIndex: number): readonly Drawing[] {
  const firstRow = progress.nextRows.get(field.element) ?? 0;
  const rows = rowsOf(progress, field.element);
  const table = layOutTable(field, rows, firstRow, progress.request.fonts);
  progress.nextRows.set(field.element, table.nextRow);
  noteInk(progress, field, pageIndex, { ink: table.ink, sizePt: field.style.sizePt });
  return table.drawings;
}

function setPageNumber(
  fonts: FontChain,
  field: PageNumberField,
  index: number,
  count: number,
): readonly Drawing[] {
  if (count === 1) return [];
  const text = `第${index + 1}页 共${count}页`;
  const rule = { overflow: 'shrink', minimumSizePt: 4, lineHeight: 1 } as const;
  const place = { ...placeOf('页码'), prefixLength: 0 };
  return setFieldText(fonts, text, field.box, field.style, rule, place).runs;
}

function addQr(request: LayoutRequest, open: readonly OpenPage[]): void {
  const { qrText, template } = request;
  if (qrText === null || template.qr === null) return;
  const drawings = drawQr(qrText, template.qr);
  if (drawings === null) throw new LayoutRefused({ code: 'qrTooLong' });
  open[template.qr.pageIndex]?.drawings.push(...drawings);
}
