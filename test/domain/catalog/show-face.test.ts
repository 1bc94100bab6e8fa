import fc from 'fast-check';
import { diffFaces } from '../../../domain/catalog/diff-faces';
import { displayValue } from '../../../domain/catalog/display-value';
import type { Face, FaceField } from '../../../domain/catalog/face-schema';
import { maskFace, maskValue, publicFace } from '../../../domain/catalog/mask-face';
import { maskAddress, maskIdentityNumber, maskName, maskPhone } from '../../../domain/shared/mask-text';
import { EVERY_KIND } from './a-face';

const FACE: Face = {
  单位名称: '甲公司',
  备注: '内部',
  发证日期: '2026-11-23',
  合同价格: '12.5',
  照片: '/9j/AAAA',
  权利人: [{ 姓名: '娜仁·图雅', 证件号码: '150699200101011234' }, { 姓名: '张三' }],
};

function field(name: string): FaceField {
  const found = EVERY_KIND.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no field ${name}`);
  return found;
}

describe('a masked face', () => {
  it('hides names, numbers and pictures and keeps what is not personal', () => {
    expect(maskFace(EVERY_KIND, FACE)).toEqual({
      单位名称: '甲公司',
      备注: '内部',
      发证日期: '2026-11-23',
      合同价格: '12.5',
      照片: '********',
      权利人: [{ 姓名: '娜****', 证件号码: '150***********1234' }, { 姓名: '张*' }],
    });
  });

  it('shows only public elements to whoever verifies', () => {
    expect(Object.keys(publicFace(EVERY_KIND, FACE))).toEqual(['单位名称', '发证日期', '权利人']);
  });

  it.each([
    [maskName, '张三', '张*'],
    [maskName, '𬭎三', '𬭎*'],
    [maskName, '张', '*'],
    [maskIdentityNumber, '150699200101011234', '150***********1234'],
    [maskIdentityNumber, 'E1234567', 'E******7'],
    [maskIdentityNumber, 'A1', 'A*'],
    [maskPhone, '13812345678', '138****5678'],
    [maskPhone, '12315', '1****'],
    [maskAddress, '内蒙古鄂尔多斯市东胜区天骄路1号', '内蒙古鄂尔多斯市东胜区*****'],
    [maskAddress, '天骄路1号', '天骄***'],
  ])('%p turns %s into %s', (mask, text, expected) => {
    expect(mask(text)).toBe(expected);
  });

  it('never shows a whole value under any mask but none', () => {
    const masks = ['name', 'identityNumber', 'phone', 'address', 'all'] as const;
    fc.assert(
      fc.property(fc.constantFrom(...masks), fc.stringMatching(/^[一-龥A-Z0-9]{1,30}$/), (mask, text) => {
        expect(maskValue(mask, text)).not.toBe(text);
        expect(maskValue(mask, text)).toContain('*');
      }),
    );
  });
});

describe('a displayed value', () => {
  it.each([
    ['发证日期', '2026-01-05', '2026年1月5日'],
    ['发证日期', '********', '********'],
    ['截止日期', '长期', '长期'],
    ['合同价格', '12.5', '12.5万元'],
    ['合同价格', '********', '********'],
    ['单位名称', '甲公司', '甲公司'],
    ['照片', '/9j/AAAA', '见照片'],
  ])('of %s %s reads %s', (name, value, expected) => {
    expect(displayValue(field(name), value)).toBe(expected);
  });

  it('of rows reads as lines in one', () => {
    expect(displayValue(field('权利人'), FACE['权利人'] ?? '')).toBe('娜仁·图雅 150699200101011234；张三');
  });
});

describe('differences between two faces', () => {
  it('are told with both values in words, and absence as absence', () => {
    const other: Face = {
      ...FACE,
      单位名称: '乙公司',
      发证日期: '2026-11-24',
      性别: '女',
      权利人: [{ 姓名: '张三' }],
    };
    expect(diffFaces(EVERY_KIND, FACE, other)).toEqual([
      { name: '单位名称', code: 'DWMC', left: '甲公司', right: '乙公司' },
      { name: '发证日期', code: 'FZRQ', left: '2026年11月23日', right: '2026年11月24日' },
      { name: '性别', code: 'XB', left: null, right: '女' },
      { name: '权利人', code: 'QLR', left: '娜仁·图雅 150699200101011234；张三', right: '张三' },
    ]);
  });

  it('do not count white space and the width of characters, but count look-alike characters', () => {
    expect(diffFaces(EVERY_KIND, FACE, { ...FACE, 单位名称: '甲 公司', 备注: '内　部' })).toEqual([]);
    expect(diffFaces(EVERY_KIND, { 单位名称: '甲（一）' }, { 单位名称: '甲(一)' })).toEqual([]);
    expect(diffFaces(EVERY_KIND, { 单位名称: '金' }, { 单位名称: '\uf90a' })).toHaveLength(1);
  });

  it('are none between a face and itself, and mirror each other', () => {
    const face = fc.record(
      { 单位名称: fc.constantFrom('甲', '乙', '丙'), 性别: fc.constantFrom('男', '女') },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(face, face, (a, b) => {
        expect(diffFaces(EVERY_KIND, a, a)).toEqual([]);
        const swapped = diffFaces(EVERY_KIND, b, a).map(({ left, right, ...rest }) => ({
          ...rest,
          left: right,
          right: left,
        }));
        expect(diffFaces(EVERY_KIND, a, b)).toEqual(swapped);
      }),
    );
  });
});
