import type { Box } from './drawing';

/** The smallest box around all given ones; null when there is none. */
export function unionOfBoxes(boxes: readonly (Box | null)[]): Box | null {
  let union: Box | null = null;
  for (const box of boxes) {
    if (box === null) continue;
    if (union === null) {
      union = box;
      continue;
    }
    const xMm = Math.min(union.xMm, box.xMm);
    const yMm = Math.min(union.yMm, box.yMm);
    union = {
      xMm,
      yMm,
      widthMm: Math.max(union.xMm + union.widthMm, box.xMm + box.widthMm) - xMm,
      heightMm: Math.max(union.yMm + union.heightMm, box.yMm + box.heightMm) - yMm,
    };
  }
  return union;
}
