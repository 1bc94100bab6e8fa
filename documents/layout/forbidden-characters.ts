/** A character that must not reach a file, with its place in code points from 0. */
export interface ForbiddenCharacter {
  readonly codePoint: number;
  readonly position: number;
}

/** Joiners and variation selectors that traditional Mongolian spelling needs (Unicode chapter 13.5). */
const MONGOLIAN_CONTROLS = new Set([0x180b, 0x180c, 0x180d, 0x180e, 0x180f, 0x200c, 0x200d, 0x202f]);

/**
 * Finds the first control, bidirectional, invisible or unpaired character. They could make a printed value read differently
 * from the one that was approved (Unicode TR 36, "Bidirectional Text Spoofing"). A line feed is allowed: it starts a paragraph.
 */
export function findForbiddenCharacter(text: string, script: 'zh' | 'mn'): ForbiddenCharacter | null {
  let position = 0;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    const allowed = codePoint === 0x0a || (script === 'mn' && MONGOLIAN_CONTROLS.has(codePoint));
    if (!allowed && isForbidden(codePoint)) return { codePoint, position };
    position += 1;
  }
  return null;
}

function isForbidden(codePoint: number): boolean {
  if (codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0)) return true;
  if (codePoint < 0xad) return false;
  return (
    codePoint === 0xad ||
    codePoint === 0x61c ||
    (codePoint >= 0x180b && codePoint <= 0x180f) ||
    (codePoint >= 0x200b && codePoint <= 0x200f) ||
    (codePoint >= 0x2028 && codePoint <= 0x202e) ||
    (codePoint >= 0x2060 && codePoint <= 0x206f) ||
    (codePoint >= 0xd800 && codePoint <= 0xf8ff) ||
    (codePoint >= 0xfdd0 && codePoint <= 0xfdef) ||
    codePoint === 0xfeff ||
    (codePoint >= 0xfff0 && codePoint <= 0xfffb) ||
    (codePoint & 0xfffe) === 0xfffe ||
    (codePoint >= 0xe0000 && codePoint <= 0xe007f) ||
    codePoint >= 0xf0000
  );
}
