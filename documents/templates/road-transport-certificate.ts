import { certificateSheet } from './certificate-sheet';
import { BLUE, box, LABEL_INK, style, text } from './form-parts';
import type { Template } from './template';

/** 道路运输证: one vehicle of a transport business, A4 portrait. */
export const ROAD_TRANSPORT_CERTIFICATE: Template = certificateSheet({
  code: '11100000000019713D013',
  name: '道路运输证',
  overTitle: '中华人民共和国',
  title: '道路运输证',
  titlePt: 34,
  titleWidthMm: 100,
  palette: BLUE,
  number: { element: '道路运输证号', prefix: '证号：' },
  labelWidthMm: 32,
  statement: '',
  authority: null,
  issuedOn: null,
  rows: [
    { label: '业户名称', element: '业户名称', heightMm: 14 },
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
      heightMm: 14,
      second: { label: '吨(座)位', element: '吨(座)位' },
    },
    { label: '车辆长宽高', element: '车辆长宽高', heightMm: 13 },
    { label: '经营范围', element: '经营范围', heightMm: 28 },
    {
      label: '初领日期',
      element: '初领日期',
      heightMm: 13,
      second: { label: '发证日期', element: '发证日期' },
    },
    { label: '备注', element: '备注', heightMm: 26, sizePt: 10.5 },
  ],
  extraForm: [
    text('核发机关（盖章）', box(130, 225, 56, 6), style('hei', 10, { colour: LABEL_INK, align: 'centre' })),
  ],
});
