import { Resvg } from '@resvg/resvg-js';
import { type FontChain, loadFontChain } from '../../../documents/fonts/font-chain';
import type { Box } from '../../../documents/layout/drawing';
import type { FaceContent, FaceValue } from '../../../documents/layout/face-content';
import type { LaidOutDocument } from '../../../documents/layout/laid-out-document';
import { layOut } from '../../../documents/layout/lay-out';
import type { LayoutOutcome } from '../../../documents/layout/layout-outcome';
import { renderSvg } from '../../../documents/picture/render-svg';
import { BUILT_IN_TEMPLATES } from '../../../documents/templates/built-in-templates';
import type { Template } from '../../../documents/templates/template';
import { BUILT_IN_DEFINITIONS } from '../../../domain/catalog/built-in/built-in-definitions';
import { FIVE_HOLDERS, ordinaryFace } from '../sample-faces';

let fonts: FontChain;
beforeAll(async () => {
  fonts = await loadFontChain();
});

function templateOf(type: string): Template {
  const template = BUILT_IN_TEMPLATES.get(type);
  if (template === undefined) throw new Error(`no template for ${type}`);
  return template;
}

function layOutFace(type: string, face: FaceContent, watermark: string | null = null): LayoutOutcome {
  return layOut({
    template: templateOf(type),
    face,
    qrText: 'https://ecert.example/v/7Q2M',
    watermark,
    fonts,
  });
}

function laidOut(type: string, face: FaceContent): LaidOutDocument {
  const outcome = layOutFace(type, face);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  return outcome.document;
}

function textOf(document: LaidOutDocument): string {
  return document.content.pages
    .flat()
    .map((drawing) => (drawing.kind === 'glyphs' ? drawing.text : ''))
    .join('');
}

const TYPES = [...BUILT_IN_TEMPLATES.keys()];

test.each(TYPES)('the template of %s has a place for exactly the elements of its catalogue entry', (type) => {
  const definition = BUILT_IN_DEFINITIONS.find((entry) => entry.name === type);
  const template = templateOf(type);
  const fields = template.pages.flatMap((page) => page.fields);
  const placed = fields.flatMap((field) =>
    field.kind === 'pageNumber' || field.kind === 'mongolian' ? [] : [field.element],
  );
  const bilingual = fields.flatMap((field) => (field.kind === 'mongolian' ? [field.element] : []));
  const schema = definition?.faceSchema ?? [];
  const chinese = schema.filter(({ mongolianOf }) => mongolianOf === undefined);
  expect([...placed].sort()).toEqual(chinese.map((element) => element.name).sort());
  expect(schema.flatMap(({ mongolianOf = null }) => mongolianOf ?? []).sort()).toEqual([...bilingual].sort());
  expect(template.code).toBe(definition?.code);
});

test.each(TYPES)('%s takes the longest values that its catalogue entry allows', (type) => {
  const schema = BUILT_IN_DEFINITIONS.find((entry) => entry.name === type)?.faceSchema ?? [];
  const face = ordinaryFace(type).map((element) => {
    const field = schema.find((entry) => entry.name === element.name);
    const length = field?.kind === 'text' ? field.maxLength : 0;
    return length > 0 ? { ...element, value: '鄂尔多斯市䶮'.repeat(length).slice(0, length) } : element;
  });
  expect(layOutFace(type, face)).toMatchObject({ ok: true });
});

test.each(TYPES)('%s prints rare characters and leaves empty elements empty', (type) => {
  const rare = ordinaryFace(type).map((element) =>
    typeof element.value === 'string' && element.value !== ''
      ? { ...element, value: `${element.value}䶮㛃𬭎` }
      : element,
  );
  expect(textOf(laidOut(type, rare))).toContain('䶮㛃𬭎');
  const empty = ordinaryFace(type).map((element) => ({
    ...element,
    value: typeof element.value === 'string' ? '' : element.value,
  }));
  expect(layOutFace(type, empty)).toMatchObject({ ok: true });
});

test.each(TYPES)('the ink of every field of %s lies inside its box', (type) => {
  for (const { element, box, ink } of laidOut(type, ordinaryFace(type)).fields) {
    if (ink === null) continue;
    expect({ element, inside: contains(box, ink, 0.4) }).toEqual({ element, inside: true });
  }
});

function contains(outer: Box, inner: Box, slackMm: number): boolean {
  return (
    inner.xMm >= outer.xMm - slackMm &&
    inner.yMm >= outer.yMm - slackMm &&
    inner.xMm + inner.widthMm <= outer.xMm + outer.widthMm + slackMm &&
    inner.yMm + inner.heightMm <= outer.yMm + outer.heightMm + slackMm
  );
}

interface Picture {
  readonly width: number;
  readonly pixels: Uint8Array;
}

function picture(document: LaidOutDocument, widthPx: number): Picture {
  const svg = renderSvg(document, { pageIndex: 0, derivedNotice: null });
  const rendered = new Resvg(svg, { fitTo: { mode: 'width', value: widthPx } }).render();
  return { width: rendered.width, pixels: rendered.pixels };
}

/** Number of pixels in a box that differ between two pictures. */
function changedPixels(left: Picture, right: Picture, box: Box, pxPerMm: number): number {
  let changed = 0;
  for (let y = Math.floor(box.yMm * pxPerMm); y < (box.yMm + box.heightMm) * pxPerMm; y += 1) {
    for (let x = Math.floor(box.xMm * pxPerMm); x < (box.xMm + box.widthMm) * pxPerMm; x += 1) {
      const at = 4 * (y * left.width + x);
      if (Math.abs((left.pixels[at] ?? 0) - (right.pixels[at] ?? 0)) > 24) changed += 1;
    }
  }
  return changed;
}

test.each(TYPES)(
  'the rendered picture of %s has ink in the box of each filled field and nowhere else',
  (type) => {
    const pxPerMm = 4;
    const full = laidOut(type, ordinaryFace(type));
    const blank = laidOut(
      type,
      ordinaryFace(type).map((element) => ({
        ...element,
        value: isRows(element.value) ? { kind: 'rows' as const, rows: [] } : '',
      })),
    );
    const { widthMm = 0, heightMm = 0 } = full.pages[0] ?? {};
    const [left, right] = [picture(full, widthMm * pxPerMm), picture(blank, widthMm * pxPerMm)];
    let inBoxes = 0;
    for (const { element, box, ink } of full.fields) {
      const changed = changedPixels(left, right, box, pxPerMm);
      expect({ element, printed: changed > 10 }).toEqual({ element, printed: ink !== null });
      inBoxes += changed;
    }
    const whole = { xMm: 0, yMm: 0, widthMm, heightMm };
    // A pixel on the edge of a box may belong to either side.
    expect(changedPixels(left, right, whole, pxPerMm) - inBoxes).toBeLessThanOrEqual(4);
  },
);

function isRows(value: FaceValue): boolean {
  return typeof value !== 'string' && value.kind === 'rows';
}

test('a character that no font has is refused by name and position, without the prefix being counted', () => {
  const face = ordinaryFace('道路运输证', { 道路运输证号: '鄂\u{2EBF0}号' });
  expect(layOutFace('道路运输证', face)).toEqual({
    ok: false,
    refusal: {
      code: 'missingGlyph',
      character: '\u{2EBF0}',
      codePoint: 'U+2EBF0',
      field: '道路运输证号',
      row: null,
      column: null,
      position: 1,
    },
  });
});

test.each(['\u202e', '\u2066', '\u0007', '\u200b', '\ufeff', '\ud800', '\ue000', '\t'])(
  'the invisible or bidirectional character %j never reaches a file',
  (character) => {
    const face = ordinaryFace('道路运输证', { 业户名称: `鄂尔多斯${character}公司` });
    expect(layOutFace('道路运输证', face)).toMatchObject({
      ok: false,
      refusal: { code: 'forbiddenCharacter', field: '业户名称', position: 4 },
    });
  },
);

test('a value that does not fit at the smallest size is refused', () => {
  const face = ordinaryFace('道路运输证', { 车辆号牌: '鄂'.repeat(2000) });
  expect(layOutFace('道路运输证', face)).toMatchObject({
    ok: false,
    refusal: { code: 'overflow', field: '车辆号牌' },
  });
});

test('an element that the template has no place for is refused instead of being left out', () => {
  const face = [...ordinaryFace('道路运输证'), { name: '未知要素', value: '值' }];
  expect(layOutFace('道路运输证', face)).toMatchObject({
    ok: false,
    refusal: { code: 'unplacedElement', field: '未知要素' },
  });
});

test('values of the wrong kind and pictures that are none are refused', () => {
  const rows: FaceValue = { kind: 'rows', rows: [] };
  expect(layOutFace('道路运输证', ordinaryFace('道路运输证', { 地址: rows }))).toMatchObject({
    ok: false,
    refusal: { code: 'wrongValueKind', expected: 'text' },
  });
  const type = '建筑施工特种作业操作资格证书';
  const noPicture: FaceValue = { kind: 'image', data: new Uint8Array(100) };
  expect(layOutFace(type, ordinaryFace(type, { 照片: noPicture }))).toMatchObject({
    ok: false,
    refusal: { code: 'unreadableImage', reason: 'notAnImage', field: '照片' },
  });
});

test('five holders of a flat stand on the certificate itself', () => {
  const document = laidOut('不动产权证书', ordinaryFace('不动产权证书', { 权利人: FIVE_HOLDERS }));
  expect(document.pages).toHaveLength(1);
  for (const name of ['阿拉腾其其格', '娜仁·图雅', '苏和巴特尔', '䶮㛃', '张𬭎']) {
    expect(textOf(document)).toContain(name);
  }
});

test('holders that do not fit continue on further pages, each printed once', () => {
  const rows = Array.from({ length: 90 }, (_, i) => ({
    姓名: `持有人${String(i).padStart(3, '0')}号`,
    证件号码: '150699199001011201',
    份额: '1/90',
  }));
  const holders: FaceValue = { kind: 'rows', rows };
  const document = laidOut('不动产权证书', ordinaryFace('不动产权证书', { 权利人: holders }));
  expect(document.pages.map((page) => page.formIndex)).toEqual([0, 1, 1, 1, 1]);
  const text = textOf(document);
  for (const { 姓名: name } of rows) expect(text.split(name)).toHaveLength(2);
  expect(text).toContain('其余权利人见续页');
  expect(text).toContain('第5页 共5页');
});

test('Mongolian that came with an element is set upright at the left of the Chinese', () => {
  const face = ordinaryFace('建筑工程施工许可证').map((element) =>
    element.name === '建设单位' ? { ...element, mongolian: 'ᠣᠷᠳᠣᠰ ᠬᠣᠲᠠ' } : element,
  );
  const fields = laidOut('建筑工程施工许可证', face).fields.filter((field) => field.element === '建设单位');
  const chinese = fields.find((field) => field.box.widthMm > field.box.heightMm)?.ink;
  const mongolian = fields.find((field) => field.box.heightMm > field.box.widthMm)?.ink;
  expect(mongolian?.heightMm).toBeGreaterThan(4 * (mongolian?.widthMm ?? 0));
  expect((mongolian?.xMm ?? 0) + (mongolian?.widthMm ?? 0)).toBeLessThan(chinese?.xMm ?? 0);
});

test('a watermark lies under everything and the same template with and without it stay apart', () => {
  const face = ordinaryFace('道路运输证');
  const marked = layOutFace('道路运输证', face, '演示数据');
  const plain = layOutFace('道路运输证', face);
  if (!marked.ok || !plain.ok) throw new Error('refused');
  const first = marked.document.form.pages[0]?.[0];
  expect(first).toMatchObject({ kind: 'glyphs', text: '演示数据' });
  expect(JSON.stringify(plain.document.form)).not.toContain('演示数据');
});
