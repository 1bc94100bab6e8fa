import type { Face } from '../catalog/face-schema';

/**
 * How many of the versions, newest first, carried a disputed element as the disputed one has it: what is wrong in the
 * newest was wrong in each of them, and whoever read them used it. In: the faces, beginning with the disputed version's.
 */
export function versionsWithSameValue(faces: readonly Face[], fields: readonly string[]): number {
  const [disputed] = faces;
  if (disputed === undefined) return 0;
  const differs = faces.findIndex((face) =>
    fields.every((field) => JSON.stringify(face[field] ?? null) !== JSON.stringify(disputed[field] ?? null)),
  );
  return differs < 0 ? faces.length : differs;
}
