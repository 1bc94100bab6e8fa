export interface ForbiddenCharacter {
  /** Position counted in characters (code points), from 1, as a person would count. */
  readonly position: number;
  readonly codePoint: number;
  readonly kind:
    | 'control'
    | 'bidirectional'
    | 'invisible'
    | 'unpairedSurrogate'
    | 'nonCharacter'
    | 'privateUse';
}

const TAB_OR_NEWLINE: ReadonlySet<number> = new Set([0x09, 0x0a]);

/**
 * Finds the first character that must not reach a certificate because it prints as nothing, reorders its
 * neighbours or cannot be stored as UTF-8. Mongolian needs its own joiners and variation selectors
 * (U+180B–U+180E, U+200D, U+202F), which are therefore allowed. Private-use characters have no agreed
 * shape, so two systems would print different things. `multiline` admits line feed and tab.
 */
export function findForbiddenCharacter(text: string, multiline: boolean): ForbiddenCharacter | null {
  let position = 0;
  for (const character of text) {
    position += 1;
    const codePoint = character.codePointAt(0) ?? 0;
    if (multiline && TAB_OR_NEWLINE.has(codePoint)) continue;
    const kind = forbiddenKind(codePoint);
    if (kind !== null) return { position, codePoint, kind };
  }
  return null;
}

function forbiddenKind(codePoint: number): ForbiddenCharacter['kind'] | null {
  if (codePoint < 0x20 || (codePoint >= 0x7f && codePoint <= 0x9f)) return 'control';
  if (codePoint === 0x2028 || codePoint === 0x2029) return 'control';
  if (isBidirectionalControl(codePoint)) return 'bidirectional';
  if (isInvisible(codePoint)) return 'invisible';
  if (codePoint >= 0xd800 && codePoint <= 0xdfff) return 'unpairedSurrogate';
  if ((codePoint & 0xfffe) === 0xfffe || (codePoint >= 0xfdd0 && codePoint <= 0xfdef)) return 'nonCharacter';
  if ((codePoint >= 0xe000 && codePoint <= 0xf8ff) || codePoint >= 0xf0000) return 'privateUse';
  return null;
}

function isBidirectionalControl(codePoint: number): boolean {
  return (
    codePoint === 0x061c ||
    codePoint === 0x200e ||
    codePoint === 0x200f ||
    (codePoint >= 0x202a && codePoint <= 0x202e) ||
    (codePoint >= 0x2066 && codePoint <= 0x2069)
  );
}

function isInvisible(codePoint: number): boolean {
  return (
    codePoint === 0x00ad ||
    codePoint === 0x200b ||
    codePoint === 0x2060 ||
    (codePoint >= 0x2061 && codePoint <= 0x2065) ||
    (codePoint >= 0x206a && codePoint <= 0x206f) ||
    codePoint === 0xfeff ||
    (codePoint >= 0xfff9 && codePoint <= 0xfffb) ||
    (codePoint >= 0xe0000 && codePoint <= 0xe007f)
  );
}
