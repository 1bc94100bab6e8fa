import { BLUE } from './form-parts';
import { personCertificate } from './person-certificate';
import type { Template } from './template';

/** 建筑施工特种作业操作资格证书, half A4 with photo. */
export const SPECIAL_OPERATIONS_QUALIFICATION: Template = personCertificate({
  code: '11100000000013338W032',
  name: '建筑施工特种作业操作资格证书',
  overTitle: '中华人民共和国',
  title: '建筑施工特种作业操作资格证书',
  titleWidthMm: 150,
  titlePt: 22,
  palette: BLUE,
  labelWidthMm: 26,
  lineMm: 11,
  authority: '发证机关',
  lines: [
    [{ label: '证书编号', element: '编号' }],
    [
      { label: '姓名', element: '姓名' },
      { label: '性别', element: '性别' },
    ],
    [{ label: '身份证号', element: '身份证号' }],
    [{ label: '操作类别', element: '操作类别' }],
    [{ label: '初次领证日期', element: '初次领证日期' }],
    [
      { label: '有效期自', element: '有效期起始日期' },
      { label: '至', element: '有效期截止日期' },
    ],
  ],
});
