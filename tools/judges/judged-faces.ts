import type { FaceContent, FaceElement } from '../../documents/layout/face-content';
import { BUILT_IN_TEMPLATES } from '../../documents/templates/built-in-templates';
import { BUILT_IN_DEFINITIONS } from '../../domain/catalog/built-in/built-in-definitions';
import type { FaceColumn, FaceField } from '../../domain/catalog/face-schema';
import { FIVE_HOLDERS, ordinaryFace } from '../../test/documents/sample-faces';

/** A face that the judges get to see, by the name of its files. */
export interface JudgedFace {
  readonly type: string;
  readonly kind: 'ordinary' | 'longest' | 'rare' | 'five-holders' | 'fallback';
  readonly face: FaceContent;
}

/** In the common fonts: 通用规范汉字表, GB 18030-2022 level 2. */
const RARE = '䶮㛃𬭎';
/** Only in fallback fonts such as HanaMin: GB 18030-2022 level 3. */
const IN_FALLBACKS_ONLY = '𠮷𪚥';

/** What people write where there is much to say; long values must not look like one character repeated. */
const LONG_TEXT =
  '内蒙古自治区鄂尔多斯市东胜区鄂尔多斯大街与达拉特南路交汇处东北角万正城小区三号楼二单元一千二百零一室，' +
  '东至天骄北路，南至伊金霍洛东街，西至吉劳庆北路，北至杭锦北路；经批准可从事道路普通货物运输、集装箱专用运输、' +
  '冷藏保鲜设备运输以及大型物件运输（一类），依法须经批准的项目经相关部门批准后方可开展经营活动。';

function longText(length: number): string {
  const characters = Array.from(LONG_TEXT);
  return Array.from({ length }, (_, i) => characters[i % characters.length] ?? '').join('');
}

/** A text as long as the rule allows; what a pattern binds keeps the form of the ordinary face. */
function longest(rule: FaceField | FaceColumn | undefined, ordinary: string): string {
  if (rule === undefined || rule.kind !== 'text' || rule.pattern !== undefined) return ordinary;
  return longText(rule.maxLength);
}

function longestElement(element: FaceElement, schema: readonly FaceField[]): FaceElement {
  const rule = schema.find(({ name }) => name === element.name);
  const { value } = element;
  if (typeof value === 'string') return { ...element, value: longest(rule, value) };
  if (value.kind !== 'rows' || rule?.kind !== 'rows') return element;
  const rows = value.rows.map((row) =>
    Object.fromEntries(
      rule.columns.map((column) => [
        column.name,
        column.metadata === 'CZZT' ? longest(column, row[column.name] ?? '') : (row[column.name] ?? ''),
      ]),
    ),
  );
  return { ...element, value: { kind: 'rows', rows } };
}

/** The face with further characters after its first text that is no number of a certificate. */
function withCharacters(face: FaceContent, characters: string): FaceContent {
  const first = face.findIndex(({ value }) => typeof value === 'string' && /^\p{Script=Han}+$/u.test(value));
  return face.map((element, index) =>
    index === first && typeof element.value === 'string'
      ? { ...element, value: `${element.value}${characters}` }
      : element,
  );
}

/** 鄂尔多斯市 as the city writes itself, beside the builder where a template has a place for it. */
function withMongolian(face: FaceContent): FaceContent {
  return face.map((element) =>
    element.name === '建设单位' ? { ...element, mongolian: 'ᠣᠷᠳᠣᠰ ᠬᠣᠲᠠ' } : element,
  );
}

/**
 * Ordinary, longest allowed and rare faces of every built-in type, 不动产权证书 also with five holders; with fallback
 * fonts at hand, one more with characters that only they have.
 */
export function judgedFaces(hasFallbacks: boolean): readonly JudgedFace[] {
  const faces = [...BUILT_IN_TEMPLATES.keys()].flatMap((type): JudgedFace[] => {
    const schema = BUILT_IN_DEFINITIONS.find(({ name }) => name === type)?.faceSchema ?? [];
    const ordinary = ordinaryFace(type);
    return [
      { type, kind: 'ordinary', face: withMongolian(ordinary) },
      { type, kind: 'longest', face: ordinary.map((element) => longestElement(element, schema)) },
      { type, kind: 'rare', face: withCharacters(ordinary, RARE) },
    ];
  });
  const type = '不动产权证书';
  faces.push({ type, kind: 'five-holders', face: ordinaryFace(type, { 权利人: FIVE_HOLDERS }) });
  if (hasFallbacks) {
    faces.push({ type, kind: 'fallback', face: withCharacters(ordinaryFace(type), IN_FALLBACKS_ONLY) });
  }
  return faces;
}
