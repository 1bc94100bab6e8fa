/** One element of a certificate's face as it shall be printed: dates already written 2026年11月23日. */
export interface FaceElement {
  /** Chinese name, equal to the template's `element`. */
  readonly name: string;
  readonly value: FaceValue;
  /** The same in Mongolian as somebody entered it; printed by bilingual templates. */
  readonly mongolian?: string;
}

export type FaceValue = string | FaceImage | FaceRows;

export interface FaceImage {
  readonly kind: 'image';
  /** JPEG or PNG file. */
  readonly data: Uint8Array;
}

export interface FaceRows {
  readonly kind: 'rows';
  readonly rows: readonly Readonly<Record<string, string>>[];
}

export type FaceContent = readonly FaceElement[];
