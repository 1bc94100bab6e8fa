import type { Page } from '../../../ports/page';

/** Where a page ended: lists are ordered by an instant and an id, both descending. */
export interface ListPosition {
  readonly at: Date;
  readonly id: string;
}

/** In: the cursor as a client sent it. Out: the position, or null for none or for one that is not ours (a first page). */
export function readCursor(cursor: string | null): ListPosition | null {
  if (cursor === null) return null;
  const [at, id] = Buffer.from(cursor, 'base64url').toString('utf8').split('|');
  const instant = new Date(at ?? '');
  const isOurs = !Number.isNaN(instant.getTime()) && /^[0-9a-f-]{36}$/.test(id ?? '');
  return isOurs && id !== undefined ? { at: instant, id } : null;
}

/** In: one row more than the limit, in order. Out: the page, and the cursor of the next when there was one more. */
export function pageOf<RowType, Item>(
  rows: readonly RowType[],
  limit: number,
  positionOf: (row: RowType) => ListPosition,
  itemOf: (row: RowType) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(itemOf),
    nextCursor: rows.length > limit && last !== undefined ? writeCursor(positionOf(last)) : null,
  };
}

function writeCursor({ at, id }: ListPosition): string {
  return Buffer.from(`${at.toISOString()}|${id}`, 'utf8').toString('base64url');
}
