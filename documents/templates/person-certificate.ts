import type { Palette } from './form-parts';
import { aboveStar, box, field, frame, LABEL_INK, line, securityPaper, style, text } from './form-parts';
import type { FormItem, Template, TemplateField } from './template';

/** Large enough that a seal of 42 mm stands below the lines: photo at the left, what it certifies at the right. */
const B5_LANDSCAPE = { widthMm: 250, heightMm: 176 };
const PHOTO = box(25, 44, 30, 42);
const LINES_TOP_MM = 41;
const LINES_LEFT_MM = 62;
const LINES_WIDTH_MM = 163;
const SEAL = box(180, 117.5, 40, 40);

export interface PersonCertificate {
  readonly code: string;
  readonly name: string;
  readonly overTitle: string;
  readonly title: string;
  readonly titleWidthMm: number;
  readonly titlePt: number;
  readonly palette: Palette;
  readonly labelWidthMm: number;
  readonly lines: readonly (readonly { readonly label: string; readonly element: string }[])[];
  readonly lineMm: number;
  /** Null where the face does not name the authority: only the seal does. */
  readonly authority: string | null;
}

/** A certificate of a person with photo, labels followed by underlined values. */
export function personCertificate(sheet: PersonCertificate): Template {
  const form: FormItem[] = [
    ...securityPaper(B5_LANDSCAPE, sheet.palette, 7),
    text(sheet.overTitle, box(40, 18, 170, 7), style('songBold', 12, { align: 'centre' })),
    text(
      sheet.title,
      box((B5_LANDSCAPE.widthMm - sheet.titleWidthMm) / 2, 25, sheet.titleWidthMm, 13),
      style('songBold', sheet.titlePt, { align: 'centre' }),
      true,
    ),
    frame(PHOTO, sheet.palette.middle, 0.25),
    text('扫码核验', box(25, 148, 26, 4), style('hei', 7, { colour: LABEL_INK, align: 'centre' })),
  ];
  const fields: TemplateField[] = [{ kind: 'image', element: '照片', box: PHOTO }];
  let y = LINES_TOP_MM;
  for (const row of sheet.lines) {
    const widthMm = LINES_WIDTH_MM / row.length;
    row.forEach(({ label, element }, i) => {
      const x = LINES_LEFT_MM + i * widthMm;
      form.push(
        text(
          label,
          box(x, y, sheet.labelWidthMm, sheet.lineMm - 0.8),
          style('hei', 10, { colour: LABEL_INK }),
          true,
        ),
        line(
          [x + sheet.labelWidthMm + 2, y + sheet.lineMm - 0.8],
          [x + widthMm - 3, y + sheet.lineMm - 0.8],
          sheet.palette.middle,
          0.15,
        ),
      );
      const value = box(
        x + sheet.labelWidthMm + 3,
        y + 0.4,
        widthMm - sheet.labelWidthMm - 6.5,
        sheet.lineMm - 1.6,
      );
      fields.push(field(element, value, { sizePt: 11, minimumSizePt: 4 }));
    });
    y += sheet.lineMm;
  }
  if (sheet.authority !== null) {
    const place = aboveStar(SEAL, LINES_LEFT_MM, LINES_WIDTH_MM - 4);
    fields.push(
      field(sheet.authority, place, { sizePt: 11, minimumSizePt: 5, align: 'right', prefix: '发证机关：' }),
    );
  }
  return {
    code: sheet.code,
    name: sheet.name,
    scripts: 'zh',
    pages: [{ ...B5_LANDSCAPE, form, fields }],
    continuation: null,
    qr: { pageIndex: 0, ...box(25, 122, 26, 26) },
    seals: [{ pageIndex: 0, ...SEAL }],
    notPrinted: [],
  };
}
