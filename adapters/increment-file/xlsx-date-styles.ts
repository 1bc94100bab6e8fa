import type { XmlElement } from '../../documents/container/read-xml';
import { childrenNamed } from '../../documents/container/read-xml';

/** Built-in number formats that show a date; 27 to 36 and 50 to 58 are the Chinese ones (ECMA-376 part 1, 18.8.30). */
function isBuiltInDate(format: number): boolean {
  return (
    (format >= 14 && format <= 17) ||
    format === 22 ||
    (format >= 27 && format <= 36) ||
    (format >= 50 && format <= 58)
  );
}

/** Whether a number format of the workbook's own shows a year and a day, outside quoted texts, escapes and brackets. */
function showsDate(code: string): boolean {
  const plain = code.replace(/"[^"]*"|\\.|_.|\*.|\[[^\]]*\]/g, '').toLowerCase();
  return plain.includes('y') && /[md]/.test(plain);
}

/** The indexes of cell styles under which a number is shown as a date. */
export function dateStylesOf(styles: XmlElement | null): ReadonlySet<number> {
  if (styles === null) return new Set();
  const own = new Map(
    childrenNamed(styles, 'numFmts')
      .flatMap((list) => childrenNamed(list, 'numFmt'))
      .map(
        ({ attributes }) => [Number(attributes.get('numFmtId')), attributes.get('formatCode') ?? ''] as const,
      ),
  );
  const formats = childrenNamed(styles, 'cellXfs')
    .flatMap((list) => childrenNamed(list, 'xf'))
    .map(({ attributes }) => Number(attributes.get('numFmtId') ?? '0'));
  return new Set(
    formats.flatMap((format, index) => {
      const code = own.get(format);
      return (code === undefined ? isBuiltInDate(format) : showsDate(code)) ? [index] : [];
    }),
  );
}
