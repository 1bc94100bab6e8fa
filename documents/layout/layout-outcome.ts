import type { LaidOutDocument } from './laid-out-document';

/** Where in the face a refused character stands: the element, and row (from 0) and column when it is a table. */
export interface FacePlace {
  readonly field: string;
  readonly row: number | null;
  readonly column: string | null;
}

/** Why a face cannot be printed. Nothing is left out silently, no box is printed for a character. */
export type LayoutRefusal =
  /** `position` counts characters (code points) from 0; `codePoint` is written U+4DAE. */
  | ({ readonly code: 'missingGlyph'; readonly character: string } & CharacterPlace)
  /** Control, bidirectional, invisible and private-use characters. */
  | ({ readonly code: 'forbiddenCharacter' } & CharacterPlace)
  | ({ readonly code: 'overflow' } & FacePlace)
  /** The template has no place for an element of the face and does not list it under `notPrinted`. */
  | ({ readonly code: 'unplacedElement' } & FacePlace)
  | ({ readonly code: 'wrongValueKind'; readonly expected: 'text' | 'image' | 'rows' } & FacePlace)
  | ({
      readonly code: 'unreadableImage';
      readonly reason: 'notAnImage' | 'unsupported' | 'tooLarge';
    } & FacePlace)
  /** The template shows Mongolian and the font chain has no font for it. */
  | ({ readonly code: 'noMongolianFont' } & FacePlace)
  | { readonly code: 'qrTooLong' };

export interface CharacterPlace extends FacePlace {
  readonly codePoint: string;
  readonly position: number;
}

export type LayoutOutcome =
  | { readonly ok: true; readonly document: LaidOutDocument }
  | { readonly ok: false; readonly refusal: LayoutRefusal };

/** Carries a refusal out of nested layout code to `layOut`, which answers it as a value. */
export class LayoutRefused extends Error {
  readonly refusal: LayoutRefusal;

  constructor(refusal: LayoutRefusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

/** U+ and at least four hexadecimal digits. */
export function writeCodePoint(codePoint: number): string {
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
}
