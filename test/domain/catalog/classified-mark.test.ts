import fc from 'fast-check';
import { findClassifiedMark } from '../../../domain/catalog/classified-mark';

describe('marks of state secrets', () => {
  it.each([
    '机密★10年',
    '绝密★',
    '秘密 ★ 1年',
    '秘密　★长期',
    '绝 密★启用前',
    '文件（机密★10年）.pdf',
    '密级：机密',
    '密级:秘密',
    '密 级 ： 绝密',
    '密级：【机密】',
    '保密等级：秘密',
    '机\u200b密★',
    '机密☆',
  ])('are found in %p', (text) => {
    expect(findClassifiedMark(text)).toEqual({ pointer: '' });
    expect(findClassifiedMark({ face: { 备注: [text] } })).toEqual({ pointer: '/face/备注/0' });
    expect(findClassifiedMark(`前文${text}后文`)).not.toBeNull();
  });

  it.each([
    '不得泄露商业秘密',
    '依法保守秘密',
    '国家秘密、工作秘密和商业秘密',
    '机密设备有限公司',
    '精密机械★★★★级酒店',
    '密级人口统计',
    '保密协议',
    '绝密',
    '密级：无',
    '加密级别：机要',
    '★机关',
    '',
  ])('are not seen in the ordinary words %p', (text) => {
    expect(findClassifiedMark({ face: { 经营范围: text } })).toBeNull();
  });

  it('are found in keys, without the key in the answer', () => {
    expect(findClassifiedMark({ face: { '机密★10年': '1' } })).toEqual({ pointer: '/face' });
  });

  it('are found first where the document has them first', () => {
    expect(findClassifiedMark({ a: ['x', '绝密★'], b: '机密★' })).toEqual({ pointer: '/a/1' });
  });

  it('are found however deep they lie', () => {
    let nested: unknown = '机密★';
    for (let depth = 0; depth < 20_000; depth += 1) nested = [nested];
    expect(findClassifiedMark(nested)).not.toBeNull();
  });

  it('are found wherever they are put into any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), fc.string(), (value, before, after) => {
        expect(findClassifiedMark({ value, file: `${before}机密★${after}` })).not.toBeNull();
      }),
    );
  });

  it('are no property of numbers, truth values or nothing', () => {
    for (const value of [null, undefined, 7, true]) expect(findClassifiedMark(value)).toBeNull();
  });
});
