import type { Drawing } from './drawing';
import type { DrawingGroup, LaidOutDocument } from './laid-out-document';
import { fitText, measureText, placeText } from './set-text';

const known = new WeakMap<DrawingGroup, Map<string, DrawingGroup>>();
const MAXIMUM_NOTICES = 4;

/**
 * The document's form with a line at the foot of every page, e.g. 派生件，以OFD为准; laid out once per form and text.
 * @param notice null answers the form as it is.
 * @throws Error when a character has no glyph: the notice is the office's own fixed wording.
 */
export function formWithNotice(document: LaidOutDocument, notice: string | null): DrawingGroup {
  if (notice === null) return document.form;
  const notices = known.get(document.form) ?? new Map<string, DrawingGroup>();
  known.set(document.form, notices);
  const cached = notices.get(notice);
  if (cached !== undefined) return cached;
  const group = {
    pages: document.form.pages.map((drawings, i) => {
      const size = document.formSizes[i];
      return size === undefined ? drawings : [...drawings, ...noticeLine(document, notice, size)];
    }),
  };
  if (notices.size < MAXIMUM_NOTICES) notices.set(notice, group);
  return group;
}

function noticeLine(
  document: LaidOutDocument,
  text: string,
  page: { readonly widthMm: number; readonly heightMm: number },
): readonly Drawing[] {
  const measured = measureText(document.fonts, 'hei', text);
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
  return placeText(fitted, box, style, { lineHeight: 1, spread: false }).runs;
}
