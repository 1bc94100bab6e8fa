import { certificateSheet } from './certificate-sheet';
import { GREEN } from './form-parts';
import type { Template } from './template';

/** 建筑施工企业安全生产许可证, A4 portrait. */
export const SAFETY_PRODUCTION_LICENCE: Template = certificateSheet({
  code: '11100000000013338W050',
  name: '建筑施工企业安全生产许可证',
  overTitle: '建筑施工企业',
  title: '安全生产许可证',
  titlePt: 34,
  titleWidthMm: 124,
  palette: GREEN,
  number: { element: '许可编号', prefix: '编号：' },
  labelWidthMm: 40,
  statement: '',
  authority: '发证机关',
  issuedOn: '发证时间',
  rows: [
    { label: '单位名称', element: '单位名称', heightMm: 17, sizePt: 14 },
    { label: '统一社会信用代码', element: '统一社会信用代码', heightMm: 14 },
    { label: '主要负责人', element: '主要负责人', heightMm: 15 },
    { label: '单位地址', element: '单位地址', heightMm: 22 },
    { label: '经济类型', element: '经济类型', heightMm: 15 },
    { label: '许可范围', element: '许可范围', heightMm: 26 },
    {
      label: '有效期自',
      element: '有效期起始日期',
      heightMm: 15,
      second: { label: '有效期至', element: '有效期截止日期' },
    },
  ],
});
