import { certificateSheet, SHEET_LEFT_MM } from './certificate-sheet';
import { box, CRIMSON, frame, INK, line } from './form-parts';
import type { FormItem, MongolianField, Template } from './template';

const COLUMN_MM = 30;
const COLUMN_TOP_MM = 25;
const COLUMN_HEIGHT_MM = 202;

/** 鄂尔多斯市 as the city writes itself; fixed texts in Mongolian are data like any other, none is translated here. */
const CITY_IN_MONGOLIAN = 'ᠣᠷᠳᠣᠰ ᠬᠣᠲᠠ';

function mongolian(element: string, xMm: number): MongolianField {
  const place = box(xMm, COLUMN_TOP_MM + 3, 8, COLUMN_HEIGHT_MM - 6);
  return { kind: 'mongolian', element, box: place, sizePt: 13, minimumSizePt: 5, colour: INK };
}

const COLUMN_FORM: readonly FormItem[] = [
  frame(box(SHEET_LEFT_MM - 1, COLUMN_TOP_MM, COLUMN_MM - 3, COLUMN_HEIGHT_MM), CRIMSON.middle, 0.25),
  ...[1, 2].map((i) =>
    line(
      [SHEET_LEFT_MM - 1 + 9 * i, COLUMN_TOP_MM],
      [SHEET_LEFT_MM - 1 + 9 * i, COLUMN_TOP_MM + COLUMN_HEIGHT_MM],
      CRIMSON.middle,
    ),
  ),
  {
    kind: 'mongolian',
    text: CITY_IN_MONGOLIAN,
    box: box(SHEET_LEFT_MM - 0.5, COLUMN_TOP_MM + 3, 8, COLUMN_HEIGHT_MM - 6),
    sizePt: 17,
    colour: CRIMSON.strong,
  },
];

/**
 * 建筑工程施工许可证, A4 portrait.
 * @param scripts `zh+mn` sets the city, the builder and the work in Mongolian at the left, as far as the face brings them.
 */
function constructionPermit(scripts: Template['scripts']): Template {
  const bilingual = scripts === 'zh+mn';
  const sheet = certificateSheet({
    code: '11100000000013338W009',
    name: '建筑工程施工许可证',
    overTitle: '中华人民共和国',
    title: '建筑工程施工许可证',
    titlePt: bilingual ? 27 : 30,
    titleWidthMm: bilingual ? 118 : 132,
    palette: CRIMSON,
    number: { element: '编号', prefix: '编号：' },
    labelWidthMm: bilingual ? 26 : 30,
    labelPt: 9.5,
    valuePt: 10.5,
    leftColumnMm: bilingual ? COLUMN_MM : 0,
    extraForm: bilingual ? COLUMN_FORM : [],
    extraFields: bilingual
      ? [mongolian('建设单位', SHEET_LEFT_MM + 8.5), mongolian('工程名称', SHEET_LEFT_MM + 17.5)]
      : [],
    statement: '根据《中华人民共和国建筑法》第八条规定，经审查，本建筑工程符合施工条件，准予施工。特发此证。',
    authority: '发证机关',
    issuedOn: '发证日期',
    rows: [
      { label: '建设单位', element: '建设单位', heightMm: 12.6, minimumSizePt: 4 },
      { label: '工程名称', element: '工程名称', heightMm: 12.6, minimumSizePt: 4 },
      { label: '建设地址', element: '建设地址', heightMm: 12.6, minimumSizePt: 4 },
      { label: '建设规模', element: '建设规模', heightMm: 12.6, minimumSizePt: 4 },
      {
        label: '合同工期',
        element: '合同工期',
        heightMm: 12.6,
        minimumSizePt: 4,
        second: { label: '合同价格', element: '合同价格' },
      },
      { label: '勘察单位', element: '勘察单位', heightMm: 12.6, minimumSizePt: 4 },
      { label: '设计单位', element: '设计单位', heightMm: 12.6, minimumSizePt: 4 },
      { label: '施工单位', element: '施工单位', heightMm: 12.6, minimumSizePt: 4 },
      { label: '监理单位', element: '监理单位', heightMm: 12.6, minimumSizePt: 4 },
      {
        label: '勘察单位\n项目负责人',
        element: '勘察单位项目负责人',
        heightMm: 10.5,
        second: { label: '设计单位\n项目负责人', element: '设计单位项目负责人' },
      },
      {
        label: '施工单位\n项目负责人',
        element: '施工单位项目负责人',
        heightMm: 10.5,
        second: { label: '总监理工程师', element: '总监理工程师' },
      },
      { label: '备注', element: '备注', heightMm: 21, sizePt: 9 },
    ],
  });
  return { ...sheet, scripts };
}

export const CONSTRUCTION_PERMIT: Template = constructionPermit('zh+mn');
export const CONSTRUCTION_PERMIT_CHINESE: Template = constructionPermit('zh');
