import { A4_LANDSCAPE } from './certificate-sheet';
import { box, CRIMSON, field, GOLD, LABEL_INK, securityPaper, style, text } from './form-parts';
import type { FormItem, Template, TextField } from './template';

const LABEL = style('heiBold', 11, { colour: LABEL_INK });
const LABEL_MM = 24;

interface Entry {
  readonly label: string;
  readonly element: string;
  readonly heightMm: number;
}

function column(
  entries: readonly Entry[],
  xMm: number,
  yMm: number,
  widthMm: number,
): { form: FormItem[]; fields: TextField[] } {
  const form: FormItem[] = [];
  const fields: TextField[] = [];
  let y = yMm;
  for (const { label, element, heightMm } of entries) {
    const tall = heightMm > 20;
    form.push(text(label, box(xMm, y, LABEL_MM, tall ? 8 : heightMm - 0.8), LABEL, true));
    const value = box(xMm + LABEL_MM + 5, y + (tall ? 1.8 : 0.4), widthMm - LABEL_MM - 5, heightMm - 1.6);
    fields.push(
      field(element, value, {
        sizePt: 12,
        minimumSizePt: 3,
        verticalAlign: tall ? 'top' : 'middle',
        lineHeight: 1.25,
      }),
    );
    y += heightMm;
  }
  return { form, fields };
}

const left = column(
  [
    { label: '名称', element: '名称', heightMm: 13 },
    { label: '类型', element: '类型', heightMm: 12 },
    { label: '法定代表人', element: '法定代表人', heightMm: 12 },
    { label: '经营范围', element: '经营范围', heightMm: 78 },
  ],
  26,
  68,
  142,
);
const right = column(
  [
    { label: '注册资本', element: '注册资本', heightMm: 12 },
    { label: '成立日期', element: '成立日期', heightMm: 12 },
    { label: '营业期限', element: '营业期限', heightMm: 12 },
    { label: '住所', element: '住所', heightMm: 17 },
    { label: '登记机关', element: '登记机关', heightMm: 14 },
    { label: '核准日期', element: '核准日期', heightMm: 12 },
  ],
  180,
  68,
  91,
);

/**
 * 营业执照, A4 landscape. It is produced by the national system and only mirrored here; this look serves to show a mirrored
 * record, hence the line at the foot.
 */
export const BUSINESS_LICENCE: Template = {
  code: '00000000000000000X002',
  name: '营业执照',
  scripts: 'zh',
  pages: [
    {
      ...A4_LANDSCAPE,
      form: [
        ...securityPaper(A4_LANDSCAPE, GOLD),
        text(
          '营业执照',
          box(96, 25, 105, 20),
          style('songBold', 46, { align: 'centre', colour: CRIMSON.strong }),
          true,
        ),
        ...left.form,
        ...right.form,
        text('扫码核验', box(243, 51.5, 26, 4), style('hei', 7.5, { colour: LABEL_INK, align: 'centre' })),
        text(
          '本页展示由市场监管总局系统登记的信息，登记事项以国家企业信用信息公示系统为准',
          box(26, 185, 160, 5),
          style('hei', 8, { colour: LABEL_INK }),
        ),
      ],
      fields: [
        field('统一社会信用代码', box(26, 46, 120, 10), {
          sizePt: 13,
          minimumSizePt: 8,
          prefix: '统一社会信用代码 ',
          overflow: 'shrink',
        }),
        ...left.fields,
        ...right.fields,
      ],
    },
  ],
  continuation: null,
  qr: { pageIndex: 0, ...box(243, 25, 26, 26) },
  seals: [{ pageIndex: 0, ...box(206, 146, 40, 40) }],
  notPrinted: [],
};
