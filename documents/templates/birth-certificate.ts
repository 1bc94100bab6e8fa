import { certificateSheet } from './certificate-sheet';
import { ROSE } from './form-parts';
import type { Template } from './template';

const parent = (name: '母亲' | '父亲') =>
  [
    {
      label: `${name}姓名`,
      element: `${name}姓名`,
      heightMm: 10.5,
      second: { label: '年龄', element: `${name}年龄` },
    },
    {
      label: '国籍',
      element: `${name}国籍`,
      heightMm: 9.5,
      second: { label: '民族', element: `${name}民族` },
    },
    { label: '住址', element: `${name}住址`, heightMm: 12.5 },
    { label: '证件号码', element: `${name}证件号码`, heightMm: 9.5 },
  ] as const;

/** 出生医学证明, A4 portrait. */
export const BIRTH_CERTIFICATE: Template = certificateSheet({
  code: '00000000000000000X003',
  name: '出生医学证明',
  overTitle: '中华人民共和国',
  title: '出生医学证明',
  titlePt: 32,
  titleWidthMm: 110,
  palette: ROSE,
  number: { element: '编号', prefix: '编号：' },
  labelWidthMm: 28,
  labelPt: 10,
  valuePt: 11,
  statement: '',
  authority: '签发机构',
  issuedOn: '签发日期',
  rows: [
    { label: '新生儿姓名', element: '新生儿姓名', heightMm: 11, second: { label: '性别', element: '性别' } },
    { label: '出生时间', element: '出生时间', heightMm: 10, second: { label: '出生孕周', element: '孕周' } },
    { label: '体重', element: '体重', heightMm: 10, second: { label: '身长', element: '身长' } },
    { label: '出生地点', element: '出生地点', heightMm: 12 },
    { label: '医疗机构', element: '医疗机构', heightMm: 12 },
    ...parent('母亲'),
    ...parent('父亲'),
  ],
});
