import { certificateSheet } from './certificate-sheet';
import { GREEN } from './form-parts';
import type { Template } from './template';

/** 公共场所卫生许可证, A4 portrait. */
export const PUBLIC_PLACE_HYGIENE_LICENCE: Template = certificateSheet({
  code: '00000000000000000X005',
  name: '公共场所卫生许可证',
  overTitle: '中华人民共和国',
  title: '公共场所卫生许可证',
  titlePt: 30,
  titleWidthMm: 136,
  palette: GREEN,
  number: { element: '许可证号', prefix: '' },
  labelWidthMm: 34,
  statement: '',
  authority: '发证机关',
  issuedOn: '发证日期',
  rows: [
    { label: '单位名称', element: '单位名称', heightMm: 20, sizePt: 14 },
    { label: '法定代表人', element: '法定代表人', heightMm: 16, sizePt: 14 },
    { label: '地址', element: '地址', heightMm: 22, sizePt: 14 },
    { label: '许可项目', element: '许可项目', heightMm: 46, sizePt: 14 },
    {
      label: '有效期自',
      element: '有效期起始日期',
      heightMm: 16,
      second: { label: '有效期至', element: '有效期截止日期' },
    },
  ],
});
