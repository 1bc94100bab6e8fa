import { certificateSheet } from './certificate-sheet';
import { TEAL } from './form-parts';
import type { Template } from './template';

/** 道路运输经营许可证, A4 portrait. */
export const ROAD_TRANSPORT_BUSINESS_LICENCE: Template = certificateSheet({
  code: '11100000000019713D008',
  name: '道路运输经营许可证',
  overTitle: '中华人民共和国',
  title: '道路运输经营许可证',
  titlePt: 30,
  titleWidthMm: 136,
  palette: TEAL,
  number: { element: '许可证号', prefix: '许可证号：' },
  labelWidthMm: 34,
  statement: '',
  authority: '发证机关',
  issuedOn: '发证日期',
  rows: [
    { label: '业户名称', element: '业户名称', heightMm: 18, sizePt: 14 },
    { label: '地址', element: '地址', heightMm: 18 },
    { label: '法定代表人', element: '法定代表人', heightMm: 15 },
    { label: '经营范围', element: '经营范围', heightMm: 52, sizePt: 14 },
    {
      label: '有效期自',
      element: '有效期起始日期',
      heightMm: 16,
      second: { label: '有效期至', element: '有效期截止日期' },
    },
  ],
});
