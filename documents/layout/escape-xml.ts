/** Markup characters, and what XML 1.0 cannot hold: controls other than tab and line ends, lone surrogates. */
const SPECIAL = /[&<>"\p{Cs}\ufffe\uffff]|[^\P{Cc}\t\n\r\u007f-\u009f]/u;
const EVERY_SPECIAL = new RegExp(SPECIAL.source, 'gu');

/**
 * Text for XML 1.0 content or a double-quoted attribute.
 * @throws Error on a character that XML cannot hold; such characters are refused before they come here.
 */
export function escapeXml(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text.replace(EVERY_SPECIAL, (character) => {
    switch (character) {
      case '&':
        return '&amp;';
      case '<':
        return '&lt;';
      case '>':
        return '&gt;';
      case '"':
        return '&quot;';
      default:
        throw new Error('a control character cannot be written into XML');
    }
  });
}
