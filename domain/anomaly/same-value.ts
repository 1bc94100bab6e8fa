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

/**
 * Which of the versions, newest first, brought the disputed values as they are: the newest in which one of them is not what
 * the version before it had. Who entered that version may not judge it. In: the faces, beginning with the disputed
 * version's; at least one.
 */
export function introducedIn(faces: readonly Face[], fields: readonly string[]): number {
  const valueIn = (index: number, field: string) => JSON.stringify(faces[index]?.[field] ?? null);
  const changed = faces.findIndex((_, index) =>
    fields.some((field) => valueIn(index, field) !== valueIn(index + 1, field)),
  );
  return changed < 0 ? Math.max(faces.length - 1, 0) : Math.min(changed, faces.length - 1);
}
