import { certificateSheet } from './certificate-sheet';
import { ROSE } from './form-parts';
import type { Template } from './template';

/** 不动产登记证明, A4 portrait. */
export const REAL_ESTATE_REGISTRATION_PROOF: Template = certificateSheet({
  code: '00000000000000000X004',
  name: '不动产登记证明',
  overTitle: '',
  title: '不动产登记证明',
  titlePt: 34,
  titleWidthMm: 124,
  palette: ROSE,
  number: { element: '不动产登记证明号', prefix: '' },
  labelWidthMm: 36,
  statement:
    '根据《中华人民共和国民法典》等法律法规，为保护申请人合法权益，对申请人申请登记的本证明所列不动产权利或登记事项，经审查核实，准予登记，颁发此证明。',
  authority: '登记机构',
  issuedOn: '登记日期',
  rows: [
    { label: '证明权利或事项', element: '证明权利或事项', heightMm: 14 },
    { label: '权利人', element: '权利人', heightMm: 19 },
    { label: '义务人', element: '义务人', heightMm: 19 },
    { label: '坐落', element: '坐落', heightMm: 15 },
    { label: '不动产单元号', element: '不动产单元号', heightMm: 12 },
    { label: '其他', element: '其他', heightMm: 40, sizePt: 10.5, minimumSizePt: 5 },
    { label: '附记', element: '附记', heightMm: 40, sizePt: 10.5, minimumSizePt: 5 },
  ],
});
