import type { FontChain } from '../fonts/font-chain';
import type { OverflowRule, TextStyle } from '../templates/template';
import type { Box } from './drawing';
import { findForbiddenCharacter } from './forbidden-characters';
import { type FacePlace, LayoutRefused, writeCodePoint } from './layout-outcome';
import { type FittedText, fitText, type Measured, measureText, type PlacedText, placeText } from './set-text';

export interface FieldTextRule {
  readonly overflow: OverflowRule;
  readonly minimumSizePt: number;
  readonly lineHeight: number;
}

/** Refuses a value with a control, bidirectional or invisible character. */
export function assertPrintable(text: string, script: 'zh' | 'mn', place: FacePlace): void {
  const forbidden = findForbiddenCharacter(text, script);
  if (forbidden === null) return;
  throw new LayoutRefused({
    code: 'forbiddenCharacter',
    ...place,
    codePoint: writeCodePoint(forbidden.codePoint),
    position: forbidden.position,
  });
}

/** Measures a value; refuses it when a character has no glyph. `prefixLength` is what precedes it on the certificate. */
export function measureValue(
  fonts: FontChain,
  style: TextStyle,
  text: string,
  place: FacePlace & { prefixLength: number },
): Extract<Measured, { ok: true }> {
  const measured = measureText(fonts, style.font, text);
  if (measured.ok) return measured;
  const { prefixLength, ...face } = place;
  throw new LayoutRefused({
    code: 'missingGlyph',
    ...face,
    character: String.fromCodePoint(measured.codePoint),
    codePoint: writeCodePoint(measured.codePoint),
    position: measured.position - prefixLength,
  });
}

/** Fits and places a value in its box by rule; refuses it when there is no room. */
export function setFieldText(
  fonts: FontChain,
  text: string,
  box: Box,
  style: TextStyle,
  rule: FieldTextRule,
  place: FacePlace & { prefixLength: number },
): PlacedText & { readonly sizePt: number } {
  const fitted = fitValue(fonts, text, box, style, rule, place);
  return {
    ...placeText(fitted, box, style, { lineHeight: rule.lineHeight, spread: false }),
    sizePt: fitted.sizePt,
  };
}

/** Fits a value without placing it, for rows whose height follows from their text. */
export function fitValue(
  fonts: FontChain,
  text: string,
  box: { readonly widthMm: number; readonly heightMm: number },
  style: TextStyle,
  rule: FieldTextRule,
  place: FacePlace & { prefixLength: number },
): FittedText {
  const measured = measureValue(fonts, style, text, place);
  const fitted = fitText(measured.paragraphs, box, { ...rule, sizePt: style.sizePt });
  if (fitted !== null) return fitted;
  throw new LayoutRefused({ code: 'overflow', field: place.field, row: place.row, column: place.column });
}
