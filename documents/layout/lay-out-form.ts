import type { FontChain } from '../fonts/font-chain';
import type { FormItem, Template, TemplatePage } from '../templates/template';
import type { Box, Drawing, PathDrawing, Stroke } from './drawing';
import { type CurveLines, guillocheBorder, rosette, waveField } from './guilloche';
import type { DrawingGroup } from './laid-out-document';
import { setMongolian } from './set-mongolian';
import { fitText, measureText, placeText } from './set-text';
import { PALE_WATERMARK, setWatermark } from './watermark';

const formsByFonts = new WeakMap<FontChain, WeakMap<Template, Map<string, DrawingGroup>>>();
const MAXIMUM_WATERMARKS = 8;

/**
 * The fixed form of a template, laid out once per template object, font chain and watermark: the pages of the template and,
 * last, its continuation page. The watermark lies under everything.
 * @throws Error when a fixed text has no glyph or no room: the template itself is wrong.
 */
export function layOutForm(template: Template, fonts: FontChain, watermark: string | null): DrawingGroup {
  const templates = formsByFonts.get(fonts) ?? new WeakMap<Template, Map<string, DrawingGroup>>();
  formsByFonts.set(fonts, templates);
  const forms = templates.get(template) ?? new Map<string, DrawingGroup>();
  templates.set(template, forms);
  const known = forms.get(watermark ?? '');
  if (known !== undefined) return known;
  const pages: readonly TemplatePage[] =
    template.continuation === null ? template.pages : [...template.pages, template.continuation];
  const form = {
    pages: pages.map((page) => [
      ...(watermark === null ? [] : setWatermark(fonts, watermark, page, PALE_WATERMARK)),
      ...page.form.flatMap((item) => drawItem(item, fonts)),
    ]),
  };
  if (forms.size < MAXIMUM_WATERMARKS) forms.set(watermark ?? '', form);
  return form;
}

/** A rectangle as a path, with rounded corners when `radiusMm` is not 0. */
export function rectanglePath(box: Box, radiusMm: number): CurveLines {
  const { xMm: left, yMm: top } = box;
  const right = left + box.widthMm;
  const bottom = top + box.heightMm;
  if (radiusMm === 0)
    return { operators: 'MLLLZ', points: [left, top, right, top, right, bottom, left, bottom] };
  const r = radiusMm;
  const k = r * (1 - 0.5522847498);
  return {
    operators: 'MLCLCLCLCZ',
    points: [
      ...[left + r, top, right - r, top, right - k, top, right, top + k, right, top + r],
      ...[right, bottom - r, right, bottom - k, right - k, bottom, right - r, bottom],
      ...[left + r, bottom, left + k, bottom, left, bottom - k, left, bottom - r],
      ...[left, top + r, left, top + k, left + k, top, left + r, top],
    ],
  };
}

function stroked(lines: CurveLines, stroke: Stroke): PathDrawing {
  return { kind: 'path', ...lines, fill: null, stroke };
}

function drawItem(item: FormItem, fonts: FontChain): Drawing[] {
  switch (item.kind) {
    case 'line':
      return [
        stroked(
          { operators: 'ML', points: [...item.fromMm, ...item.toMm] },
          { widthMm: item.widthMm, colour: item.colour },
        ),
      ];
    case 'rectangle':
      return [
        { kind: 'path', ...rectanglePath(item.box, item.radiusMm), fill: item.fill, stroke: item.stroke },
      ];
    case 'text':
      return drawFixedText(item, fonts);
    case 'guillocheBorder':
      return guillocheBorder(item.box, item).map((lines) =>
        stroked(lines, { widthMm: item.lineMm, colour: item.colour }),
      );
    case 'rosette':
      return [stroked(rosette(item.centreMm, item), { widthMm: item.lineMm, colour: item.colour })];
    case 'waves':
      return waveField(item.box, item).map((lines) =>
        stroked(lines, { widthMm: item.lineMm, colour: item.colour }),
      );
    case 'mongolian':
      return drawFixedMongolian(item, fonts);
  }
}

function drawFixedText(item: Extract<FormItem, { kind: 'text' }>, fonts: FontChain): Drawing[] {
  const measured = measureText(fonts, item.style.font, item.text);
  if (!measured.ok)
    throw new Error(`fixed text ${item.text}: no glyph for U+${measured.codePoint.toString(16)}`);
  const rule = {
    overflow: 'wrap',
    sizePt: item.style.sizePt,
    minimumSizePt: item.style.sizePt,
    lineHeight: 1.5,
  } as const;
  const fitted = fitText(measured.paragraphs, item.box, rule);
  if (fitted === null) throw new Error(`fixed text ${item.text} does not fit its box`);
  return [
    ...placeText(fitted, item.box, item.style, { lineHeight: rule.lineHeight, spread: item.spread }).runs,
  ];
}

function drawFixedMongolian(item: Extract<FormItem, { kind: 'mongolian' }>, fonts: FontChain): Drawing[] {
  if (fonts.mongolian === null) throw new Error('a bilingual template needs a Mongolian font in the chain');
  const set = setMongolian(fonts.mongolian, item.text, item.box, { ...item, minimumSizePt: item.sizePt });
  if (!set.ok) throw new Error(`fixed Mongolian text of the template cannot be set: ${set.problem}`);
  return [...set.drawings];
}
