import fc from 'fast-check';
import { checkPattern } from '../../../domain/catalog/check-pattern';

describe('a pattern of a face element', () => {
  it.each([
    '(a+)+',
    '(?:[a-z]{2,})*b',
    '((a+)b?)*',
    '(?:(?:a|b)c)+',
    '(a|a)*',
    '(a?){9,}',
    '(?:a{1,2}){30}',
    '(a)\\1',
    '(?<x>a)\\k<x>',
    'a*b*c*d*',
    `${'a?'.repeat(40)}${'a'.repeat(40)}`,
    '(?:a|a)'.repeat(30),
    '[0-9',
    'a'.repeat(301),
  ])('%s is refused', (pattern) => {
    expect(checkPattern(pattern, 50)).not.toEqual([]);
  });

  it.each([
    '[0-9]{3,12}(?:-[0-9]{3,8})?',
    '\\p{Script=Han}[A-Z]·?[A-Z0-9]{4,6}[挂学警]?',
    '(?:[0-9]{4}-){3}[0-9]{4}',
    'JY[0-9]{14}',
    '[*+(){}|]{3}',
    '\\(\\d{4}\\)',
    '(?:甲|乙)[0-9]{6}',
    '(?:甲|乙)?',
    '(?:甲|乙)'.repeat(12),
    'a{0,2}'.repeat(7),
  ])('%s is accepted', (pattern) => {
    expect(checkPattern(pattern, 50)).toEqual([]);
  });

  it('is not allowed on long texts', () => {
    expect(checkPattern('[0-9]+', 200)).toEqual([]);
    expect(checkPattern('[0-9]+', 201)).toHaveLength(1);
  });

  it('that is accepted comes to an end on a text made to confuse it', () => {
    const atom = fc.constantFrom(
      'a',
      '[ab]',
      'a?',
      'a*',
      'a{0,5}',
      '(?:ab)+',
      '(?:a|b)',
      '(?:a?)*',
      '(?:a+)?',
      '(?:a|a)',
    );
    fc.assert(
      fc.property(fc.array(atom, { minLength: 1, maxLength: 60 }), (atoms) => {
        const pattern = atoms.join('');
        if (checkPattern(pattern, 60).length > 0) return;
        expect(new RegExp(`^(?:${pattern})$`, 'u').test(`${'a'.repeat(59)}!`)).toBe(false);
      }),
    );
  });
});
