/** Number of characters (code points) as a person counts them; a rare character beyond the BMP is one. */
export function characterCount(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/**
 * Full-width forms (U+FF01–U+FF5E) and the ideographic space become their half-width counterparts.
 * Deliberately less than NFKC, which would also merge compatibility ideographs: two spellings of a
 * person's name must stay two.
 */
export function halfWidth(text: string): string {
  return text.replace(/[\uFF01-\uFF5E\u3000]/g, (character) =>
    character === '\u3000' ? ' ' : String.fromCharCode(character.charCodeAt(0) - 0xfee0),
  );
}

/** What remains of a text when white space and width are no difference; used to compare, never to store. */
export function comparableText(text: string): string {
  return halfWidth(text).replace(/\s+/g, '');
}
