import { A4_LANDSCAPE } from './certificate-sheet';
import { box, field, GREEN, LABEL_INK, line, securityPaper, style, text } from './form-parts';
import type { FormItem, Template, TextField } from './template';

interface Entry {
  readonly label: string;
  readonly element: string;
  readonly heightMm: number;
}

const LEFT: readonly Entry[] = [
  { label: '经营者名称', element: '经营者名称', heightMm: 13 },
  { label: '社会信用代码', element: '社会信用代码', heightMm: 11 },
  { label: '法定代表人', element: '法定代表人', heightMm: 11 },
  { label: '住所', element: '住所', heightMm: 14 },
  { label: '经营场所', element: '经营场所', heightMm: 14 },
  { label: '主体业态', element: '主体业态', heightMm: 12 },
  { label: '经营项目', element: '经营项目', heightMm: 32 },
];
const RIGHT: readonly Entry[] = [
  { label: '许可证编号', element: '许可证编号', heightMm: 11 },
  { label: '监督管理机构', element: '监督管理机构', heightMm: 13 },
  { label: '监督管理人员', element: '监督管理人员', heightMm: 13 },
  { label: '投诉举报电话', element: '投诉举报电话', heightMm: 11 },
  { label: '发证机关', element: '发证机关', heightMm: 13 },
  { label: '签发人', element: '签发人', heightMm: 11 },
  { label: '签发日期', element: '签发日期', heightMm: 11 },
  { label: '有效期至', element: '有效期至', heightMm: 11 },
];
const LABEL_MM = 27;

/** Open lines instead of a ruled form: label, value, and a thin line under the value. */
function column(
  entries: readonly Entry[],
  xMm: number,
  widthMm: number,
): { form: FormItem[]; fields: TextField[] } {
  const form: FormItem[] = [];
  const fields: TextField[] = [];
  let y = 53;
  for (const entry of entries) {
    const place = box(xMm, y, LABEL_MM, entry.heightMm - 0.4);
    form.push(text(entry.label, place, style('heiBold', 11, { colour: LABEL_INK }), true));
    form.push(
      line(
        [xMm + LABEL_MM + 3, y + entry.heightMm - 0.6],
        [xMm + widthMm, y + entry.heightMm - 0.6],
        GREEN.middle,
        0.15,
      ),
    );
    const value = box(xMm + LABEL_MM + 4, y + 0.8, widthMm - LABEL_MM - 5, entry.heightMm - 2);
    fields.push(field(entry.element, value, { sizePt: 12, minimumSizePt: 5 }));
    y += entry.heightMm;
  }
  return { form, fields };
}

const left = column(LEFT, 26, 132);
const right = column(RIGHT, 172, 99);

/** 食品经营许可证, A4 landscape. */
export const FOOD_BUSINESS_LICENCE: Template = {
  code: '00000000000000000X001',
  name: '食品经营许可证',
  scripts: 'zh',
  pages: [
    {
      ...A4_LANDSCAPE,
      form: [
        ...securityPaper(A4_LANDSCAPE, GREEN),
        text('食品经营许可证', box(83, 26, 131, 18), style('songBold', 38, { align: 'centre' }), true),
        ...left.form,
        ...right.form,
        text('扫码核验', box(26, 186.5, 24, 4), style('hei', 7.5, { colour: LABEL_INK, align: 'centre' })),
        text('请在经营场所显著位置悬挂或摆放', box(56, 182, 90, 6), style('hei', 9, { colour: LABEL_INK })),
      ],
      fields: [...left.fields, ...right.fields],
    },
  ],
  continuation: null,
  qr: { pageIndex: 0, ...box(26, 162.5, 24, 24) },
  seals: [{ pageIndex: 0, ...box(222, 149, 40, 40) }],
  notPrinted: [],
};
