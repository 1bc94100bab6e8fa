import { A3_LANDSCAPE } from './certificate-sheet';
import {
  aboveStar,
  atFootOfSeal,
  box,
  CRIMSON,
  field,
  INK,
  LABEL_INK,
  line,
  ruledForm,
  securityPaper,
  style,
  text,
  tint,
} from './form-parts';
import type { PageNumberField, TableField, Template } from './template';

const RIGHT_MM = 226;
const FORM_WIDTH_MM = 172;
const SEAL = box(122, 229, 45, 45);
const STATEMENT =
  '根据《中华人民共和国民法典》等法律法规，为保护不动产权利人合法权益，对不动产权利人申请登记的本证所列不动产权利，经审查核实，准予登记，颁发此证。';

const HOLDER_COLUMNS = [
  { column: '姓名', title: '权利人', widthMm: 78, align: 'centre' },
  { column: '证件号码', title: '证件号码', widthMm: 64, align: 'centre' },
  { column: '份额', title: '份额', widthMm: 30, align: 'centre' },
] as const;

function holders(yMm: number, heightMm: number): TableField {
  return {
    kind: 'table',
    element: '权利人',
    box: box(RIGHT_MM, yMm, FORM_WIDTH_MM, heightMm),
    columns: HOLDER_COLUMNS,
    headerHeightMm: 8,
    rowHeightMm: 8,
    style: style('song', 11),
    minimumSizePt: 5,
    rule: { widthMm: 0.2, colour: CRIMSON.middle },
    moreText: '其余权利人见续页',
  };
}

const rows = ruledForm(
  { xMm: RIGHT_MM, yMm: 82, widthMm: FORM_WIDTH_MM },
  [
    { label: '共有情况', element: '共有情况', heightMm: 10 },
    { label: '坐落', element: '坐落', heightMm: 13 },
    { label: '不动产单元号', element: '不动产单元号', heightMm: 10 },
    { label: '权利类型', element: '权利类型', heightMm: 11 },
    { label: '权利性质', element: '权利性质', heightMm: 11 },
    { label: '用途', element: '用途', heightMm: 11 },
    { label: '面积', element: '面积', heightMm: 12 },
    { label: '使用期限', element: '使用期限', heightMm: 18 },
    {
      label: '权利其他状况',
      element: '权利其他状况',
      heightMm: 90,
      sizePt: 11,
      minimumSizePt: 6,
      verticalAlign: 'top',
    },
  ],
  { labelWidthMm: 36, palette: CRIMSON },
);

const PAGE_NUMBER: PageNumberField = {
  kind: 'pageNumber',
  box: box(180, 278, 60, 4),
  style: style('hei', 8, { align: 'centre', colour: LABEL_INK }),
};

/** 不动产权证书: an A3 spread as the opened booklet; holders that do not fit go to continuation pages. */
export const REAL_ESTATE_CERTIFICATE: Template = {
  code: '11100000MB03271699001',
  name: '不动产权证书',
  scripts: 'zh',
  pages: [
    {
      ...A3_LANDSCAPE,
      form: [
        ...securityPaper(A3_LANDSCAPE, CRIMSON),
        line([210, 20], [210, 277], CRIMSON.middle, 0.2),
        text('中华人民共和国', box(32, 34, 146, 12), style('songBold', 20, { align: 'centre' })),
        text(
          '不动产权证书',
          box(45, 50, 120, 20),
          style('songBold', 42, { align: 'centre', colour: CRIMSON.strong }),
          true,
        ),
        text(STATEMENT, box(36, 86, 138, 40), style('song', 14, { verticalAlign: 'top' })),
        tint(box(28, 128, 154, 9), CRIMSON.pale),
        text('附记', box(28, 128, 154, 9), style('heiBold', 11, { align: 'centre', colour: LABEL_INK })),
        {
          kind: 'rectangle',
          box: box(28, 128, 154, 88),
          radiusMm: 0,
          stroke: { widthMm: 0.3, colour: CRIMSON.strong },
          fill: null,
        },
        text(
          '登记机构（章）',
          box(112, 224, 66, 6),
          style('hei', 10, { align: 'centre', colour: LABEL_INK }),
        ),
        text('扫码核验', box(32, 263, 32, 4), style('hei', 7.5, { align: 'centre', colour: LABEL_INK })),
        ...rows.form,
      ],
      fields: [
        field('不动产权证号', box(RIGHT_MM, 20, FORM_WIDTH_MM, 9), {
          sizePt: 13,
          minimumSizePt: 6,
          align: 'centre',
          overflow: 'shrink',
        }),
        holders(32, 48),
        ...rows.fields,
        field('附记', box(31, 139, 148, 75), { sizePt: 11, minimumSizePt: 5, verticalAlign: 'top' }),
        field('登记机构', aboveStar(SEAL, 80, 98), { sizePt: 13, minimumSizePt: 6, align: 'right' }),
        field('登记日期', atFootOfSeal(SEAL, 100, 78), { sizePt: 13, align: 'right', overflow: 'shrink' }),
        PAGE_NUMBER,
      ],
    },
  ],
  continuation: {
    ...A3_LANDSCAPE,
    form: [
      ...securityPaper(A3_LANDSCAPE, CRIMSON),
      text('不动产权证书续页', box(32, 34, 146, 20), style('songBold', 28, { align: 'centre' })),
      line([210, 20], [210, 277], CRIMSON.middle, 0.2),
    ],
    fields: [
      field('不动产权证号', box(RIGHT_MM, 20, FORM_WIDTH_MM, 9), {
        sizePt: 13,
        minimumSizePt: 6,
        align: 'centre',
        overflow: 'shrink',
        colour: INK,
      }),
      holders(32, 240),
      PAGE_NUMBER,
    ],
  },
  qr: { pageIndex: 0, ...box(32, 231, 32, 32) },
  seals: [{ pageIndex: 0, ...SEAL }],
  notPrinted: [],
};
