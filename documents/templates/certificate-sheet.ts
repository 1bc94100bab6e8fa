import type { FormRow, Palette } from './form-parts';
import {
  aboveStar,
  atFootOfSeal,
  box,
  field,
  LABEL_INK,
  ruledForm,
  securityPaper,
  style,
  text,
} from './form-parts';
import type { FormItem, PageBox, Template, TemplateField } from './template';

export const A4_PORTRAIT = { widthMm: 210, heightMm: 297 };
export const A4_LANDSCAPE = { widthMm: 297, heightMm: 210 };
export const A3_LANDSCAPE = { widthMm: 420, heightMm: 297 };

export interface CertificateSheet {
  readonly code: string;
  readonly name: string;
  /** Printed over the title, e.g. 中华人民共和国; empty for none. */
  readonly overTitle: string;
  readonly title: string;
  readonly titlePt: number;
  readonly titleWidthMm: number;
  readonly palette: Palette;
  /** Element printed right above the form with its prefix. */
  readonly number: { readonly element: string; readonly prefix: string };
  readonly rows: readonly FormRow[];
  readonly labelWidthMm: number;
  readonly labelPt?: number;
  readonly valuePt?: number;
  /** 发证机关 and 发证日期 are printed over and under the seal, as on paper. */
  readonly authority: string | null;
  readonly issuedOn: string | null;
  /** A sentence under the title; empty for none. */
  readonly statement: string;
  /** Kept free at the left of the form, e.g. for Mongolian. */
  readonly leftColumnMm?: number;
  readonly extraForm?: readonly FormItem[];
  readonly extraFields?: readonly TemplateField[];
}

export const SHEET_LEFT_MM = 24;
const SHEET_WIDTH_MM = 162;
const SEAL_MM = 40;

/** A4 portrait certificate: title, number, a ruled form of labels and values, at the foot the code and the seal. */
export function certificateSheet(sheet: CertificateSheet): Template {
  const hasStatement = sheet.statement !== '';
  const formTop = hasStatement ? 78 : 66;
  const numberTop = formTop - 12;
  const left = SHEET_LEFT_MM + (sheet.leftColumnMm ?? 0);
  const width = SHEET_WIDTH_MM - (sheet.leftColumnMm ?? 0);
  const rows = ruledForm({ xMm: left, yMm: formTop, widthMm: width }, sheet.rows, {
    labelWidthMm: sheet.labelWidthMm,
    palette: sheet.palette,
    ...(sheet.labelPt === undefined ? {} : { labelPt: sheet.labelPt }),
    ...(sheet.valuePt === undefined ? {} : { valuePt: sheet.valuePt }),
  });
  const titleLeft = left + (width - sheet.titleWidthMm) / 2;
  const foot = footOf(A4_PORTRAIT, sheet);
  const form: FormItem[] = [
    ...securityPaper(A4_PORTRAIT, sheet.palette),
    ...(sheet.overTitle === ''
      ? []
      : [text(sheet.overTitle, box(left, 25, width, 9), style('songBold', 15, { align: 'centre' }))]),
    text(
      sheet.title,
      box(titleLeft, sheet.overTitle === '' ? 29 : 35, sheet.titleWidthMm, 16),
      style('songBold', sheet.titlePt, { align: 'centre' }),
      true,
    ),
    ...(hasStatement
      ? [text(sheet.statement, box(left, 53, width, 12), style('song', 10.5, { verticalAlign: 'top' }))]
      : []),
    ...rows.form,
    ...foot.form,
    ...(sheet.extraForm ?? []),
  ];
  const fields: TemplateField[] = [
    field(sheet.number.element, box(left, numberTop, width, 8), {
      sizePt: 11,
      minimumSizePt: 6,
      align: 'right',
      prefix: sheet.number.prefix,
      overflow: 'shrink',
    }),
    ...rows.fields,
    ...foot.fields,
    ...(sheet.extraFields ?? []),
  ];
  return {
    code: sheet.code,
    name: sheet.name,
    scripts: 'zh',
    pages: [{ ...A4_PORTRAIT, form, fields }],
    continuation: null,
    qr: foot.qr,
    seals: [foot.seal],
    notPrinted: [],
  };
}

interface Foot {
  readonly form: FormItem[];
  readonly fields: TemplateField[];
  readonly qr: PageBox;
  readonly seal: PageBox;
}

/** Code at the left foot; at the right the seal, set over authority and date so that both stay legible. */
export function footOf(
  size: { readonly widthMm: number; readonly heightMm: number },
  names: { readonly authority: string | null; readonly issuedOn: string | null },
): Foot {
  const bottom = size.heightMm - 23;
  const right = size.widthMm - 26;
  const seal = box(right - 50, bottom - SEAL_MM + 2.5, SEAL_MM, SEAL_MM);
  const small = style('hei', 7.5, { colour: LABEL_INK, align: 'centre' });
  const fields: TemplateField[] = [];
  if (names.authority !== null) {
    const place = aboveStar(seal, right - 116, 116);
    fields.push(
      field(names.authority, place, {
        sizePt: 12,
        align: 'right',
        minimumSizePt: 5,
        prefix: `${names.authority}：`,
      }),
    );
  }
  if (names.issuedOn !== null) {
    fields.push(
      field(names.issuedOn, atFootOfSeal(seal, right - 84, 84), {
        sizePt: 12,
        align: 'right',
        overflow: 'shrink',
      }),
    );
  }
  return {
    form: [text('扫码核验', box(26, bottom - 3.4, 30, 4), small)],
    fields,
    qr: { pageIndex: 0, ...box(26, bottom - 34, 30, 30) },
    seal: { pageIndex: 0, ...seal },
  };
}
