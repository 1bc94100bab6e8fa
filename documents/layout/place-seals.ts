import type { LaidOutDocument, PlacedBox } from './laid-out-document';

/** Seals are drawn in their own size, which may be a little larger than their place. */
const GAP_MM = 4;
/** Border and white of the sheet, which no seal enters. */
const MARGIN_MM = 20;

/**
 * Places for the seals of a joint issue (联合发证), by ordinal: the template's own, then further ones in a row to the left of
 * its last. Where the code or the margin is in the way the whole row moves to the right, and what then still lacks room is taken
 * from the gaps: every seal is on the page, and none lies on the code.
 * @param count at least one; fewer places than the template has are its first ones.
 */
export function placeSeals(
  { sealBoxes, qrBox, pages }: Pick<LaidOutDocument, 'sealBoxes' | 'qrBox' | 'pages'>,
  count: number,
): readonly PlacedBox[] {
  const last = sealBoxes.at(-1);
  if (last === undefined || count <= sealBoxes.length) return sealBoxes.slice(0, count);
  const inRow = count - sealBoxes.length + 1;
  const pitch = last.widthMm + GAP_MM;
  const leftmost = qrBox !== null && besideRow(qrBox, last) ? qrBox.xMm + qrBox.widthMm + GAP_MM : MARGIN_MM;
  const rightmost = (pages[last.pageIndex]?.widthMm ?? 0) - MARGIN_MM - last.widthMm;
  const wanted = Math.max(last.xMm, leftmost + (inRow - 1) * pitch);
  const first = Math.max(last.xMm, Math.min(wanted, rightmost));
  const step = Math.min(pitch, (first - leftmost) / (inRow - 1));
  const row = Array.from({ length: inRow }, (_, i) => ({ ...last, xMm: first - i * step }));
  return [...sealBoxes.slice(0, -1), ...row];
}

/** Does the code stand where a row to the left of this place would come? */
function besideRow(qr: PlacedBox, place: PlacedBox): boolean {
  return (
    qr.pageIndex === place.pageIndex &&
    qr.xMm < place.xMm &&
    qr.yMm < place.yMm + place.heightMm + GAP_MM &&
    qr.yMm + qr.heightMm + GAP_MM > place.yMm
  );
}
