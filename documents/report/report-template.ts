import { A4_PORTRAIT } from '../templates/certificate-sheet';
import { BLUE, box, field, LABEL_INK, securityPaper, style, text } from '../templates/form-parts';
import type { PageNumberField, TableField, Template } from '../templates/template';

const LEFT_MM = 24;
const WIDTH_MM = 162;
const BOTTOM_MM = 270;

function rows(yMm: number): TableField {
  return {
    kind: 'table',
    element: '核验记录',
    box: box(LEFT_MM, yMm, WIDTH_MM, BOTTOM_MM - yMm),
    columns: [
      { column: '项目', title: '核验项目', widthMm: 46, align: 'left' },
      { column: '内容', title: '结果', widthMm: 116, align: 'left' },
    ],
    headerHeightMm: 8,
    rowHeightMm: 7,
    style: style('song', 10),
    minimumSizePt: 6,
    rule: { widthMm: 0.2, colour: BLUE.middle },
    moreText: '其余见续页',
  };
}

const PAGE_NUMBER: PageNumberField = {
  kind: 'pageNumber',
  box: box(75, 273, 60, 4),
  style: style('hei', 8, { align: 'centre', colour: LABEL_INK }),
};

/** The look of a verification report: the conclusion in large type, then everything that was looked at. */
export const REPORT_TEMPLATE: Template = {
  code: 'verification-report',
  name: '电子证照文件核验报告',
  scripts: 'zh',
  pages: [
    {
      ...A4_PORTRAIT,
      form: [
        ...securityPaper(A4_PORTRAIT, BLUE),
        text('电子证照文件核验报告', box(LEFT_MM, 26, 112, 14), style('songBold', 24)),
        text(
          '只说明文件本身；证照当前状态以发证系统为准。',
          box(LEFT_MM, 57, 112, 6),
          style('hei', 9, { colour: LABEL_INK }),
        ),
      ],
      fields: [
        field('结论', box(LEFT_MM, 42, 112, 14), { sizePt: 15, minimumSizePt: 7, font: 'heiBold' }),
        rows(68),
        PAGE_NUMBER,
      ],
    },
  ],
  continuation: { ...A4_PORTRAIT, form: securityPaper(A4_PORTRAIT, BLUE), fields: [rows(24), PAGE_NUMBER] },
  qr: null,
  seals: [{ pageIndex: 0, ...box(146, 22, 40, 40) }],
  notPrinted: [],
};
