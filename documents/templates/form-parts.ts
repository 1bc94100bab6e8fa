import type { FontRole } from '../fonts/font-chain';
import type { Box, Colour } from '../layout/drawing';
import type { FormItem, HorizontalAlignment, OverflowRule, TextField, TextStyle } from './template';

export const INK: Colour = [28, 28, 28];
export const LABEL_INK: Colour = [60, 60, 60];

/** A box by its left, top, width and height in millimetres. */
export function box(xMm: number, yMm: number, widthMm: number, heightMm: number): Box {
  return { xMm, yMm, widthMm, heightMm };
}

export function style(
  font: FontRole,
  sizePt: number,
  more: Partial<Omit<TextStyle, 'font' | 'sizePt'>> = {},
): TextStyle {
  return { font, sizePt, colour: INK, align: 'left', verticalAlign: 'middle', ...more };
}

export function text(content: string, place: Box, look: TextStyle, spread = false): FormItem {
  return { kind: 'text', text: content, box: place, style: look, spread };
}

export function line(
  fromMm: readonly [number, number],
  toMm: readonly [number, number],
  colour: Colour,
  widthMm = 0.2,
): FormItem {
  return { kind: 'line', fromMm, toMm, widthMm, colour };
}

export function frame(place: Box, colour: Colour, widthMm: number, radiusMm = 0): FormItem {
  return { kind: 'rectangle', box: place, radiusMm, stroke: { widthMm, colour }, fill: null };
}

export function tint(place: Box, colour: Colour): FormItem {
  return { kind: 'rectangle', box: place, radiusMm: 0, stroke: null, fill: colour };
}

/**
 * Where the name of the organ crosses its seal: between the ring's characters and the star, so that neither hides it (a
 * seal is set over name and date, 骑年盖月).
 */
export function aboveStar(seal: Box, xMm: number, widthMm: number): Box {
  return box(xMm, seal.yMm + seal.heightMm / 2 - 14, widthMm, 8.5);
}

/** Where the date crosses the seal: at its foot, below a line of text under the star and in the gap of the ring. */
export function atFootOfSeal(seal: Box, xMm: number, widthMm: number): Box {
  return box(xMm, seal.yMm + seal.heightMm / 2 + 11.5, widthMm, 8);
}

/** A field that wraps, then shrinks: right for most values. */
export function field(
  element: string,
  place: Box,
  more: {
    readonly sizePt?: number;
    readonly minimumSizePt?: number;
    readonly font?: FontRole;
    readonly align?: HorizontalAlignment;
    readonly verticalAlign?: TextStyle['verticalAlign'];
    readonly overflow?: OverflowRule;
    readonly lineHeight?: number;
    readonly prefix?: string;
    readonly suffix?: string;
    readonly colour?: Colour;
  } = {},
): TextField {
  const sizePt = more.sizePt ?? 12;
  return {
    kind: 'text',
    element,
    box: place,
    style: {
      font: more.font ?? 'song',
      sizePt,
      colour: more.colour ?? INK,
      align: more.align ?? 'left',
      verticalAlign: more.verticalAlign ?? 'middle',
    },
    overflow: more.overflow ?? 'wrapThenShrink',
    minimumSizePt: more.minimumSizePt ?? Math.min(6, sizePt),
    lineHeight: more.lineHeight ?? 1.3,
    prefix: more.prefix ?? '',
    suffix: more.suffix ?? '',
  };
}

export interface Palette {
  /** Borders and rosettes. */
  readonly strong: Colour;
  /** Rules and second frame. */
  readonly middle: Colour;
  /** Background waves, light enough to read on. */
  readonly pale: Colour;
}

export const TEAL: Palette = { strong: [38, 112, 120], middle: [120, 170, 174], pale: [222, 237, 237] };
export const CRIMSON: Palette = { strong: [158, 48, 46], middle: [203, 140, 134], pale: [248, 232, 228] };
export const GOLD: Palette = { strong: [150, 108, 44], middle: [200, 170, 118], pale: [246, 238, 222] };
export const GREEN: Palette = { strong: [52, 116, 70], middle: [136, 178, 146], pale: [228, 241, 230] };
export const BLUE: Palette = { strong: [44, 84, 148], middle: [138, 164, 204], pale: [227, 235, 247] };
export const ROSE: Palette = { strong: [178, 84, 112], middle: [216, 160, 178], pale: [251, 235, 240] };

/**
 * Border of interlaced waves between two frames, pale waves over the inside, and a rosette in the middle: what makes a sheet
 * look like a certificate, drawn from a few parameters.
 */
export function securityPaper(
  sheet: { widthMm: number; heightMm: number },
  palette: Palette,
  marginMm = 9,
): FormItem[] {
  const band = 6;
  const outer = box(marginMm, marginMm, sheet.widthMm - 2 * marginMm, sheet.heightMm - 2 * marginMm);
  const inset = band + 1.6;
  const inner = box(
    outer.xMm + inset,
    outer.yMm + inset,
    outer.widthMm - 2 * inset,
    outer.heightMm - 2 * inset,
  );
  return [
    {
      kind: 'waves',
      box: box(inner.xMm + 2, inner.yMm + 2, inner.widthMm - 4, inner.heightMm - 4),
      spacingMm: 6,
      waveMm: 60,
      amplitudeMm: 3,
      lineMm: 0.16,
      colour: palette.pale,
    },
    {
      kind: 'rosette',
      centreMm: [sheet.widthMm / 2, sheet.heightMm / 2],
      radiusMm: Math.min(sheet.widthMm, sheet.heightMm) * 0.26,
      petals: 12,
      rings: 2,
      lineMm: 0.18,
      colour: palette.pale,
    },
    frame(grow(outer, 0.8), palette.strong, 0.5),
    {
      kind: 'guillocheBorder',
      box: outer,
      bandMm: band,
      waveMm: 11,
      strands: 2,
      lineMm: 0.2,
      colour: palette.middle,
    },
    ...cornerOrnaments(outer, band, palette),
    frame(grow(outer, -band - 0.8), palette.strong, 0.3),
  ];
}

function grow(place: Box, byMm: number): Box {
  return box(place.xMm - byMm, place.yMm - byMm, place.widthMm + 2 * byMm, place.heightMm + 2 * byMm);
}

/** A square with a small flower where two bands meet. */
function cornerOrnaments(outer: Box, band: number, palette: Palette): FormItem[] {
  const right = outer.xMm + outer.widthMm - band;
  const bottom = outer.yMm + outer.heightMm - band;
  const corners: [number, number][] = [
    [outer.xMm, outer.yMm],
    [right, outer.yMm],
    [outer.xMm, bottom],
    [right, bottom],
  ];
  return corners.flatMap(([x, y]): FormItem[] => [
    {
      kind: 'rectangle',
      box: box(x, y, band, band),
      radiusMm: 0,
      fill: palette.pale,
      stroke: { widthMm: 0.25, colour: palette.strong },
    },
    {
      kind: 'rosette',
      centreMm: [x + band / 2, y + band / 2],
      radiusMm: band * 0.42,
      petals: 4,
      rings: 1,
      lineMm: 0.22,
      colour: palette.strong,
    },
  ]);
}

/** A row of a ruled form: label cell and value cell. */
export interface FormRow {
  readonly label: string;
  readonly element: string;
  readonly heightMm: number;
  readonly sizePt?: number;
  readonly minimumSizePt?: number;
  /** Second label and element on the same row. */
  readonly second?: { readonly label: string; readonly element: string };
  readonly verticalAlign?: TextStyle['verticalAlign'];
}

export interface RuledForm {
  readonly form: FormItem[];
  readonly fields: TextField[];
  readonly bottomMm: number;
}

const LABEL_PADDING_MM = 2.5;
const VALUE_PADDING_MM = 2.5;

/** Rules a form of labels and values; labels are spread over their cell as on Chinese forms. */
export function ruledForm(
  place: { readonly xMm: number; readonly yMm: number; readonly widthMm: number },
  rows: readonly FormRow[],
  look: {
    readonly labelWidthMm: number;
    readonly palette: Palette;
    readonly labelPt?: number;
    readonly valuePt?: number;
  },
): RuledForm {
  const form: FormItem[] = [];
  const fields: TextField[] = [];
  const { labelWidthMm, palette } = look;
  const labelStyle = style('hei', look.labelPt ?? 11, { colour: LABEL_INK, align: 'centre' });
  const right = place.xMm + place.widthMm;
  let y = place.yMm;
  const cell = (label: string, element: string, xMm: number, widthMm: number, row: FormRow): void => {
    form.push(tint(box(xMm, y, labelWidthMm, row.heightMm), palette.pale));
    const narrow = Array.from(label).length > 7 || label.includes('\n');
    form.push(
      text(
        label,
        box(xMm + LABEL_PADDING_MM, y, labelWidthMm - 2 * LABEL_PADDING_MM, row.heightMm),
        labelStyle,
        !narrow,
      ),
    );
    fields.push(
      field(
        element,
        box(
          xMm + labelWidthMm + VALUE_PADDING_MM,
          y + 1,
          widthMm - labelWidthMm - 2 * VALUE_PADDING_MM,
          row.heightMm - 2,
        ),
        {
          sizePt: row.sizePt ?? look.valuePt ?? 12,
          minimumSizePt: row.minimumSizePt ?? 4.5,
          ...(row.verticalAlign === undefined ? {} : { verticalAlign: row.verticalAlign }),
        },
      ),
    );
  };
  const verticals: FormItem[] = [];
  for (const row of rows) {
    const halves = row.second === undefined ? 1 : 2;
    const widthMm = place.widthMm / halves;
    cell(row.label, row.element, place.xMm, widthMm, row);
    verticals.push(
      line([place.xMm + labelWidthMm, y], [place.xMm + labelWidthMm, y + row.heightMm], palette.middle),
    );
    if (row.second !== undefined) {
      const middle = place.xMm + widthMm;
      cell(row.second.label, row.second.element, middle, widthMm, row);
      verticals.push(line([middle, y], [middle, y + row.heightMm], palette.middle));
      verticals.push(
        line([middle + labelWidthMm, y], [middle + labelWidthMm, y + row.heightMm], palette.middle),
      );
    }
    y += row.heightMm;
    if (row !== rows.at(-1)) verticals.push(line([place.xMm, y], [right, y], palette.middle));
  }
  form.push(
    ...verticals,
    frame(box(place.xMm, place.yMm, place.widthMm, y - place.yMm), palette.strong, 0.4),
  );
  return { form, fields, bottomMm: y };
}
