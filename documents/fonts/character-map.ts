/** Answers the glyph of a code point, 0 when there is none. */
export type CharacterMap = (codePoint: number) => number;

/**
 * Reads the best Unicode sub-table of a cmap table: format 12 (whole Unicode) before format 4 (first plane).
 * @throws Error when the table has neither.
 */
export function readCharacterMap(cmap: Uint8Array, label: string): CharacterMap {
  const view = new DataView(cmap.buffer, cmap.byteOffset, cmap.byteLength);
  let best: { offset: number; format: number } | null = null;
  for (let i = 0; i < view.getUint16(2); i += 1) {
    const platform = view.getUint16(4 + 8 * i);
    const offset = view.getUint32(8 + 8 * i);
    const format = view.getUint16(offset);
    const usable = (platform === 0 || platform === 3) && (format === 12 || format === 4);
    if (usable && (best === null || format > best.format)) best = { offset, format };
  }
  if (best === null) throw new Error(`font ${label} has no Unicode character map`);
  const firstPlane = new Uint16Array(0x10000);
  const otherPlanes = new Map<number, number>();
  const put = (codePoint: number, glyphId: number): void => {
    if (glyphId === 0) return;
    if (codePoint < 0x10000) firstPlane[codePoint] = glyphId;
    else otherPlanes.set(codePoint, glyphId);
  };
  if (best.format === 12) readFormat12(view, best.offset, put);
  else readFormat4(view, best.offset, put);
  return (codePoint) =>
    codePoint < 0x10000 ? (firstPlane[codePoint] ?? 0) : (otherPlanes.get(codePoint) ?? 0);
}

function readFormat12(
  view: DataView,
  start: number,
  put: (codePoint: number, glyphId: number) => void,
): void {
  const groups = view.getUint32(start + 12);
  for (let i = 0; i < groups; i += 1) {
    const at = start + 16 + 12 * i;
    const first = view.getUint32(at);
    const last = view.getUint32(at + 4);
    const glyphId = view.getUint32(at + 8);
    for (let codePoint = first; codePoint <= last; codePoint += 1)
      put(codePoint, glyphId + codePoint - first);
  }
}

function readFormat4(view: DataView, start: number, put: (codePoint: number, glyphId: number) => void): void {
  const doubled = view.getUint16(start + 6);
  const ends = start + 14;
  const starts = ends + doubled + 2;
  const deltas = starts + doubled;
  const ranges = deltas + doubled;
  for (let i = 0; i < doubled; i += 2) {
    const last = view.getUint16(ends + i);
    const range = view.getUint16(ranges + i);
    for (
      let codePoint = view.getUint16(starts + i);
      codePoint <= last && codePoint < 0xffff;
      codePoint += 1
    ) {
      let glyphId = codePoint;
      if (range !== 0) {
        const at = ranges + i + range + 2 * (codePoint - view.getUint16(starts + i));
        glyphId = at + 2 <= view.byteLength ? view.getUint16(at) : 0;
        if (glyphId === 0) continue;
      }
      put(codePoint, (glyphId + view.getUint16(deltas + i)) & 0xffff);
    }
  }
}
