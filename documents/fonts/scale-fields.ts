/**
 * Divides the signed 16-bit numbers at these offsets by the step of a coarser grid and rounds them. Lengths above 32,767
 * units, which would be unsigned, do not occur: an em has at most 16,384 (OpenType 1.9, head).
 */
export function scaleFields(view: DataView, offsets: readonly number[], step: number): void {
  for (const offset of offsets) view.setInt16(offset, Math.round(view.getInt16(offset) / step));
}
