import { BLUE, box, field, LABEL_INK, ruledForm, securityPaper, style, text } from './form-parts';
import type { Template } from './template';

const SHEET = { widthMm: 210, heightMm: 297 };

const rows = ruledForm(
  { xMm: 24, yMm: 66, widthMm: 162 },
  [
    { label: '业户名称', element: '业户名称', heightMm: 13 },
    { label: '地址', element: '地址', heightMm: 15 },
    {
      label: '车辆号牌',
      element: '车辆号牌',
      heightMm: 13,
      second: { label: '经济类型', element: '经济类型' },
    },
    { label: '经营许可证号', element: '经营许可证号', heightMm: 13 },
    {
      label: '车辆类型',
      element: '车辆类型',
      heightMm: 13,
      second: { label: '吨(座)位', element: '吨(座)位' },
    },
    { label: '车辆长宽高', element: '车辆长宽高', heightMm: 13 },
    { label: '经营范围', element: '经营范围', heightMm: 26 },
    {
      label: '初领日期',
      element: '初领日期',
      heightMm: 13,
      second: { label: '发证日期', element: '发证日期' },
    },
    { label: '备注', element: '备注', heightMm: 24, sizePt: 10.5 },
  ],
  { labelWidthMm: 32, palette: BLUE },
);

/** 道路运输证, A4 portrait, one vehicle. */
export const ROAD_TRANSPORT_CERTIFICATE: Template = {
  code: '11100000000019713D013',
  name: '道路运输证',
  scripts: 'zh',
  pages: [
    {
      ...SHEET,
      form: [
        ...securityPaper(SHEET, BLUE),
        text('中华人民共和国', box(40, 25, 130, 9), style('songBold', 15, { align: 'centre' })),
        text('道路运输证', box(55, 35, 100, 15), style('songBold', 34, { align: 'centre' }), true),
        ...rows.form,
        text('扫码核验证照状态', box(58, 251, 80, 8), style('hei', 8, { colour: LABEL_INK })),
        text(
          '核发机关（盖章）',
          box(132, 219, 50, 6),
          style('hei', 10, { colour: LABEL_INK, align: 'centre' }),
        ),
      ],
      fields: [
        field('道路运输证号', box(60, 54, 126, 8), {
          sizePt: 11,
          align: 'right',
          prefix: '证号：',
          overflow: 'shrink',
        }),
        ...rows.fields,
      ],
    },
  ],
  continuation: null,
  qr: { pageIndex: 0, ...box(26, 230, 30, 30) },
  seals: [{ pageIndex: 0, ...box(137, 222, 40, 40) }],
  notPrinted: [],
};
