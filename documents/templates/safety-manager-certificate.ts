import { TEAL } from './form-parts';
import { personCertificate } from './person-certificate';
import type { Template } from './template';

/** 建筑施工企业安全生产管理人员考核合格证书, half A4 with photo. */
export const SAFETY_MANAGER_CERTIFICATE: Template = personCertificate({
  code: '11100000000013338W011',
  name: '建筑施工企业安全生产管理人员考核合格证书',
  overTitle: '建筑施工企业安全生产管理人员',
  title: '安全生产考核合格证书',
  titleWidthMm: 130,
  titlePt: 26,
  palette: TEAL,
  labelWidthMm: 24,
  lineMm: 9.2,
  authority: null,
  lines: [
    [{ label: '证书编号', element: '证书编号' }],
    [
      { label: '姓名', element: '姓名' },
      { label: '性别', element: '性别' },
    ],
    [
      { label: '出生日期', element: '出生日期' },
      { label: '岗位类别', element: '岗位类别' },
    ],
    [{ label: '企业名称', element: '企业名称' }],
    [{ label: '信用代码', element: '统一社会信用代码' }],
    [
      { label: '职务', element: '职务' },
      { label: '职称', element: '职称' },
    ],
    [
      { label: '初次领证', element: '初次领证日期' },
      { label: '发证日期', element: '发证日期' },
    ],
    [
      { label: '有效期自', element: '有效期起始日期' },
      { label: '有效期至', element: '有效期截止日期' },
    ],
  ],
});
