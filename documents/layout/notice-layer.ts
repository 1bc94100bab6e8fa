import type { FontChain } from '../fonts/font-chain';
import type { DrawingGroup } from './laid-out-document';
import { fitText, measureText, placeText } from './set-text';

const notices = new WeakMap<FontChain, Map<string, DrawingGroup>>();

/**
 * A line at the foot of a page, e.g. 派生件，以OFD为准. Laid out once per text and page size.
 * @throws Error when a character has no glyph: the notice is the office's own fixed wording.
 */
export function noticeLayer(
  fonts: FontChain,
  text: string,
  page: { readonly widthMm: number; readonly heightMm: number },
): DrawingGroup {
  const known = notices.get(fonts) ?? new Map<string, DrawingGroup>();
  notices.set(fonts, known);
  const key = `${page.widthMm} ${page.heightMm} ${text}`;
  const cached = known.get(key);
  if (cached !== undefined) return cached;
  const measured = measureText(fonts, 'hei', text);
  if (!measured.ok) throw new Error(`notice: no glyph for U+${measured.codePoint.toString(16)}`);
  const sizePt = page.heightMm < 120 ? 4.5 : 7;
  const heightMm = sizePt * 0.36;
  const box = { xMm: 4, yMm: page.heightMm - heightMm - 1.2, widthMm: page.widthMm - 8, heightMm };
  const rule = { overflow: 'shrink', sizePt, minimumSizePt: 3, lineHeight: 1 } as const;
  const fitted = fitText(measured.paragraphs, box, rule);
  if (fitted === null) throw new Error('the notice does not fit the page');
  const style = {
    font: 'hei',
    sizePt,
    colour: [110, 110, 110],
    align: 'centre',
    verticalAlign: 'middle',
  } as const;
  const group = { pages: [placeText(fitted, box, style, { lineHeight: 1, spread: false }).runs] };
  known.set(key, group);
  return group;
}
