import fc from 'fast-check';
import {
  areaCovers,
  areaName,
  BANNER_AREAS,
  CITY_AREA,
  parseAreaCode,
} from '../../../domain/shared/area-code';
import { findForbiddenCharacter } from '../../../domain/shared/forbidden-character';
import { jsonPointer } from '../../../domain/shared/json-pointer';
import { characterCount, comparableText, halfWidth } from '../../../domain/shared/text-form';

describe('areas', () => {
  it('are the city, two districts and seven banners', () => {
    expect(BANNER_AREAS).toHaveLength(9);
    expect(areaName('150602')).toBe('东胜区');
    expect(areaName('150699')).toBeNull();
    expect(areaName('constructor')).toBeNull();
    expect(parseAreaCode('150600')).toEqual({ ok: true, value: '150600' });
    expect(parseAreaCode('150100')).toMatchObject({ ok: false });
    expect(parseAreaCode('toString')).toMatchObject({ ok: false });
  });

  it('cover themselves; only the city covers the others', () => {
    for (const area of BANNER_AREAS) {
      expect(areaCovers(area, area)).toBe(true);
      expect(areaCovers(CITY_AREA, area)).toBe(true);
      expect(areaCovers(area, CITY_AREA)).toBe(false);
    }
    expect(areaCovers('150602', '150603')).toBe(false);
    expect(areaCovers('150600', '150100')).toBe(false);
  });
});

describe('forbidden characters', () => {
  it.each([
    ['a\u0007', 2, 'control'],
    ['\u0085', 1, 'control'],
    ['甲\u2028', 2, 'control'],
    ['甲乙\u202e', 3, 'bidirectional'],
    ['\u2066', 1, 'bidirectional'],
    ['\ufeff甲', 1, 'invisible'],
    ['\u{e0041}', 1, 'invisible'],
    ['𬭎\ud800', 2, 'unpairedSurrogate'],
    ['\udc00', 1, 'unpairedSurrogate'],
    ['\udfff', 1, 'unpairedSurrogate'],
    ['\ufff9', 1, 'invisible'],
    ['\uffff', 1, 'nonCharacter'],
    ['\ue000', 1, 'privateUse'],
    ['\u{f0000}', 1, 'privateUse'],
  ])('in %p are found at character %i as %s', (text, position, kind) => {
    expect(findForbiddenCharacter(text, false)).toMatchObject({ position, kind });
  });

  it('are not the characters of names, whichever script', () => {
    for (const text of ['娜仁·图雅', '䶮㛃𬭎', 'ᠡᠷᠳᠡᠨᠢ\u180b\u200dᠪ\u202f', 'A（一）〔2026〕1号、；']) {
      expect(findForbiddenCharacter(text, false)).toBeNull();
    }
  });

  it('are line feeds and tabs only where a text is one line', () => {
    expect(findForbiddenCharacter('一\n二\t三', true)).toBeNull();
    expect(findForbiddenCharacter('一\n二', false)).toMatchObject({ position: 2 });
    expect(findForbiddenCharacter('一\r二', true)).toMatchObject({ position: 2 });
  });

  it('leave only texts that survive being stored as UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, multiline) => {
        if (findForbiddenCharacter(text, multiline) === null)
          expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
      }),
    );
  });
});

describe('forms of a text', () => {
  it('count a rare character once', () => {
    expect(characterCount('𬭎三')).toBe(2);
  });

  it('are the same in either width, but ideographs are never merged', () => {
    expect(halfWidth('ＡＢＣ１２３（）：　')).toBe('ABC123(): ');
    expect(comparableText(' 甲　乙\t丙 ')).toBe('甲乙丙');
    expect(comparableText('\uf90a')).not.toBe(comparableText('金'));
  });

  it('do not change again when compared again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(comparableText(comparableText(text))).toBe(comparableText(text));
      }),
    );
  });
});

describe('a JSON pointer', () => {
  it('escapes what RFC 6901 reserves', () => {
    expect(jsonPointer()).toBe('');
    expect(jsonPointer('face', '吨(座)位')).toBe('/face/吨(座)位');
    expect(jsonPointer('a/b', 'm~n', 0, '')).toBe('/a~1b/m~0n/0/');
  });

  it('leads back to the value', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), (path) => {
        const back = jsonPointer(...path)
          .slice(1)
          .split('/')
          .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
        expect(back).toEqual(path);
      }),
    );
  });
});
