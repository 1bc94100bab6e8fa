import fc from 'fast-check';
import type { BoundValues, FaceSchema } from '../../../domain/catalog/face-schema';
import { completeFace, parseFace } from '../../../domain/catalog/parse-face';
import { aFaceInput, aTextField, EVERY_KIND, NOTHING_BOUND } from './a-face';

const JPEG = `/9j/${'A'.repeat(36)}`;

function problems(
  input: unknown,
  schema: FaceSchema = EVERY_KIND,
  bound: BoundValues = NOTHING_BOUND,
): string[] {
  const parsed = parseFace(schema, input, bound);
  return parsed.ok ? [] : parsed.refusal.map(({ pointer, code }) => `${code} ${pointer}`);
}

function readValue(override: Readonly<Record<string, unknown>>, name: string): unknown {
  const parsed = parseFace(EVERY_KIND, aFaceInput(override), NOTHING_BOUND);
  return parsed.ok ? parsed.value[name] : parsed.refusal;
}

describe('reading a face', () => {
  it('keeps the order of the schema and the Chinese names, whichever way elements were named', () => {
    const parsed = parseFace(
      EVERY_KIND,
      { FZRQ: '2026-11-23', DWMC: '甲公司', CLHP: '蒙K·T1234' },
      NOTHING_BOUND,
    );
    expect(parsed).toEqual({
      ok: true,
      value: { 单位名称: '甲公司', 车辆号牌: '蒙K·T1234', 发证日期: '2026-11-23' },
    });
    expect(parsed.ok && Object.keys(parsed.value)).toEqual(['单位名称', '车辆号牌', '发证日期']);
  });

  it.each([
    ['faceNotAnObject /face', null],
    ['faceNotAnObject /face', []],
    ['faceNotAnObject /face', '甲'],
    ['unknownElement /face/颜色', aFaceInput({ 颜色: '红' })],
    ['unknownElement /face/a~1b~0c', aFaceInput({ 'a/b~c': '1' })],
    [
      'unknownElement /face/__proto__',
      JSON.parse('{"单位名称":"甲","发证日期":"2026-11-23","__proto__":{"x":1}}'),
    ],
    ['unknownElement /face/constructor', aFaceInput({ constructor: 'x' })],
    ['givenTwice /face/DWMC', aFaceInput({ DWMC: '甲公司' })],
    ['missing /face/单位名称', { 发证日期: '2026-11-23' }],
    ['missing /face/单位名称', aFaceInput({ 单位名称: '　 ' })],
    ['missing /face/单位名称', aFaceInput({ 单位名称: null })],
    ['wrongType /face/单位名称', aFaceInput({ 单位名称: 7 })],
    ['wrongType /face/单位名称', aFaceInput({ 单位名称: ['甲'] })],
    ['tooLong /face/单位名称', aFaceInput({ 单位名称: '甲'.repeat(21) })],
    ['tooLong /face/单位名称', aFaceInput({ 单位名称: '甲'.repeat(1_000_000) })],
    ['patternMismatch /face/车辆号牌', aFaceInput({ 车辆号牌: '蒙K·T123' })],
    ['patternMismatch /face/CLHP', aFaceInput({ CLHP: 'x蒙K·T1234' })],
    ['forbiddenCharacter /face/单位名称', aFaceInput({ 单位名称: '甲\u0000公司' })],
    ['forbiddenCharacter /face/单位名称', aFaceInput({ 单位名称: '甲\u202e公司' })],
    ['forbiddenCharacter /face/单位名称', aFaceInput({ 单位名称: '甲\u200b公司' })],
    ['forbiddenCharacter /face/单位名称', aFaceInput({ 单位名称: '甲\ud842公司' })],
    ['forbiddenCharacter /face/单位名称', aFaceInput({ 单位名称: '甲\n公司' })],
    ['forbiddenCharacter /face/单位名称', aFaceInput({ 单位名称: '甲\ue000公司' })],
    ['dateIllFormed /face/发证日期', aFaceInput({ 发证日期: '2026年11月23日' })],
    ['dateIllFormed /face/发证日期', aFaceInput({ 发证日期: '2026-11-23T00:00:00Z' })],
    ['dateIllFormed /face/发证日期', aFaceInput({ 发证日期: '长期' })],
    ['dateDoesNotExist /face/发证日期', aFaceInput({ 发证日期: '2026-02-29' })],
    ['numberOutOfRange /face/合同价格', aFaceInput({ 合同价格: 1000.01 })],
    ['numberOutOfRange /face/合同价格', aFaceInput({ 合同价格: '-1' })],
    ['tooManyDecimals /face/合同价格', aFaceInput({ 合同价格: '1.234' })],
    ['numberIllFormed /face/合同价格', aFaceInput({ 合同价格: '1,000' })],
    ['numberIllFormed /face/合同价格', aFaceInput({ 合同价格: '1e2' })],
    ['numberIllFormed /face/合同价格', aFaceInput({ 合同价格: Number.NaN })],
    ['wrongType /face/合同价格', aFaceInput({ 合同价格: true })],
    ['notInEnumeration /face/性别', aFaceInput({ 性别: '未知' })],
    ['imageIllFormed /face/照片', aFaceInput({ 照片: 'aGVsbG8=' })],
    ['imageIllFormed /face/照片', aFaceInput({ 照片: '/9j/%%%%' })],
    ['imageTooBig /face/照片', aFaceInput({ 照片: `/9j/${'A'.repeat(200)}` })],
    ['wrongType /face/权利人', aFaceInput({ 权利人: { 姓名: '张三' } })],
    ['tooFewRows /face/权利人', aFaceInput({ 权利人: [] })],
    ['tooManyRows /face/权利人', aFaceInput({ 权利人: Array.from({ length: 4 }, () => ({ 姓名: '张三' })) })],
    ['wrongType /face/权利人/0', aFaceInput({ 权利人: ['张三'] })],
    ['missing /face/权利人/1/姓名', aFaceInput({ 权利人: [{ 姓名: '张三' }, { 证件号码: '1' }] })],
    ['unknownElement /face/权利人/0/年龄', aFaceInput({ 权利人: [{ 姓名: '张三', 年龄: '8' }] })],
    ['givenTwice /face/权利人/0/XM', aFaceInput({ 权利人: [{ 姓名: '张三', XM: '张三' }] })],
    ['tooLong /face/权利人/0/姓名', aFaceInput({ 权利人: [{ 姓名: '张'.repeat(11) }] })],
  ])('refuses with %s', (expected, input) => {
    expect(problems(input)).toContain(expected);
  });

  it('tells all problems at once, in Chinese, without repeating what was sent', () => {
    const parsed = parseFace(
      EVERY_KIND,
      { 单位名称: '机密内容'.repeat(9), 颜色: '张三的秘密' },
      NOTHING_BOUND,
    );
    expect(parsed.ok).toBe(false);
    if (parsed.ok) return;
    expect(parsed.refusal.map(({ code }) => code).sort()).toEqual(['missing', 'tooLong', 'unknownElement']);
    expect(JSON.stringify(parsed.refusal)).not.toContain('机密');
    expect(JSON.stringify(parsed.refusal)).not.toContain('张三');
    for (const { expected } of parsed.refusal) expect(expected).toMatch(/\p{Script=Han}/u);
  });

  it('offers 长期 only where it may stand', () => {
    const expectedOf = (name: string) => {
      const parsed = parseFace(EVERY_KIND, aFaceInput({ [name]: '明天' }), NOTHING_BOUND);
      return parsed.ok ? '' : parsed.refusal.map(({ expected }) => expected).join();
    };
    expect(expectedOf('截止日期')).toContain('长期');
    expect(expectedOf('发证日期')).not.toContain('长期');
  });

  it('reports at most 50 problems and refuses more than 200 elements unread', () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, '1']));
    expect(problems(many(200))).toHaveLength(50);
    expect(problems(many(201))).toEqual(['tooManyElements /face']);
  });

  it('writes values canonically', () => {
    expect(readValue({ 单位名称: '　甲公司 ' }, '单位名称')).toBe('甲公司');
    expect(readValue({ 备注: '一\r\n二\t三' }, '备注')).toBe('一\n二\t三');
    expect(readValue({ 合同价格: '007.50' }, '合同价格')).toBe('7.5');
    expect(readValue({ 合同价格: 12 }, '合同价格')).toBe('12');
    expect(readValue({ 合同价格: '-0.00' }, '合同价格')).toBe('0');
    expect(readValue({ 截止日期: '长期' }, '截止日期')).toBe('长期');
    expect(readValue({ 照片: JPEG }, '照片')).toBe(JPEG);
    expect(readValue({ 权利人: [{ XM: '张三' }] }, '权利人')).toEqual([{ 姓名: '张三' }]);
    expect(readValue({ 车辆号牌: '' }, '车辆号牌')).toBeUndefined();
  });

  it('accepts rare characters as one each, and Mongolian with its joiners', () => {
    expect(readValue({ 单位名称: '𬭎'.repeat(20) }, '单位名称')).toBe('𬭎'.repeat(20));
    expect(readValue({ 单位名称: 'ᠮᠣᠩᠭᠣᠯ\u180eᠠ\u202f\u200d' }, '单位名称')).toContain('ᠮᠣᠩᠭᠣᠯ');
  });

  it('reads back its own result unchanged', () => {
    const input = aFaceInput({ 合同价格: '3.10', 权利人: [{ 姓名: '张三', 证件号码: '1' }], 性别: '女' });
    const first = parseFace(EVERY_KIND, input, NOTHING_BOUND);
    expect(first.ok && parseFace(EVERY_KIND, first.value, NOTHING_BOUND)).toEqual(first);
  });

  it('never throws on anything that JSON can say', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.dictionary(fc.constantFrom(...EVERY_KIND.map(({ name }) => name)), fc.jsonValue()),
        (any, face) => {
          expect(typeof parseFace(EVERY_KIND, any, NOTHING_BOUND).ok).toBe('boolean');
          const parsed = parseFace(EVERY_KIND, face, NOTHING_BOUND);
          if (parsed.ok) expect(parseFace(EVERY_KIND, parsed.value, NOTHING_BOUND)).toEqual(parsed);
        },
      ),
    );
  });
});

describe('elements bound to metadata', () => {
  const SCHEMA: FaceSchema = [
    aTextField({ name: '编号', code: 'BH', metadata: 'ZZBH' }),
    aTextField({ name: '业户名称', code: 'YHMC', metadata: 'CZZT' }),
    aTextField({ name: '发证机关', code: 'FZJG', metadata: 'ZZBFJG' }),
    {
      kind: 'rows',
      name: '权利人',
      code: 'QLR',
      required: true,
      mask: 'none',
      publicOnVerification: true,
      metadata: 'CZZT',
      minRows: 1,
      maxRows: 5,
      columns: [
        {
          kind: 'text',
          name: '姓名',
          code: 'XM',
          required: true,
          mask: 'name',
          maxLength: 10,
          metadata: 'CZZT',
        },
        {
          kind: 'text',
          name: '证件号码',
          code: 'ZJHM',
          required: false,
          mask: 'none',
          maxLength: 18,
          metadata: 'CZZTDM',
        },
        {
          kind: 'text',
          name: '份额',
          code: 'FE',
          required: false,
          mask: 'none',
          maxLength: 10,
          metadata: 'KZ_份额',
        },
      ],
    },
  ];
  const BOUND: BoundValues = {
    values: { ZZBFJG: '东胜区行政审批局' },
    holders: [
      { name: '张三', code: 'A1', codeTypeName: null, share: '1/2' },
      { name: '李四', code: 'B2', codeTypeName: null, share: '1/2' },
    ],
    assignedLater: ['ZZBH'],
  };

  it('are filled in when left out; what the register assigns later stays absent until then', () => {
    const parsed = parseFace(SCHEMA, {}, BOUND);
    const face = {
      业户名称: '张三、李四',
      发证机关: '东胜区行政审批局',
      权利人: [
        { 姓名: '张三', 证件号码: 'A1', 份额: '1/2' },
        { 姓名: '李四', 证件号码: 'B2', 份额: '1/2' },
      ],
    };
    expect(parsed).toEqual({ ok: true, value: face });
    const numbered = { ...BOUND, values: { ...BOUND.values, ZZBH: '蒙1号' }, assignedLater: [] };
    expect(completeFace(SCHEMA, face, numbered)).toEqual({ 编号: '蒙1号', ...face });
    expect(Object.keys(completeFace(SCHEMA, face, numbered))[0]).toBe('编号');
  });

  it.each([
    ['disagreesWithMetadata /face/发证机关', { 发证机关: '别的局' }],
    ['disagreesWithMetadata /face/业户名称', { 业户名称: '张三' }],
    ['disagreesWithMetadata /face/权利人', { 权利人: [{ 姓名: '张三' }] }],
    [
      'disagreesWithMetadata /face/权利人/1/证件号码',
      { 权利人: [{ 姓名: '张三' }, { 姓名: '李四', 证件号码: 'A1' }] },
    ],
    ['assignedByRegister /face/编号', { 编号: '1' }],
  ])('are refused with %s when they say something else', (expected, input) => {
    expect(problems(input, SCHEMA, BOUND)).toEqual([expected]);
  });

  it('may be repeated in another width, and rows may leave out what is known', () => {
    const parsed = parseFace(
      SCHEMA,
      { 发证机关: ' 东胜区 行政审批局', 权利人: [{ 姓名: '张三' }, { XM: '李四' }] },
      BOUND,
    );
    expect(parsed).toMatchObject({
      ok: true,
      value: { 权利人: [{ 证件号码: 'A1' }, { 姓名: '李四', 份额: '1/2' }] },
    });
  });

  it('obey the rule of the element also when filled in', () => {
    const long = { ...BOUND, values: { ZZBFJG: '局'.repeat(21) } };
    expect(problems({}, SCHEMA, long)).toEqual(['tooLong /face/发证机关']);
  });

  it('are missing when nobody knows them', () => {
    expect(problems({}, SCHEMA, NOTHING_BOUND)).toEqual([
      'missing /face/编号',
      'missing /face/业户名称',
      'missing /face/发证机关',
      'missing /face/权利人',
    ]);
  });
});
