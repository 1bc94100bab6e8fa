import type { Page, PageRequest } from '../../ports/page';
import type { Outcome } from './answer';
import { ok } from './answer';

interface PageQuery {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** The page that a query asks a port for. */
export function pageRequest({ limit, cursor }: PageQuery): PageRequest {
  return { limit, cursor: cursor ?? null };
}

/**
 * A page as the API answers it: `items`, `nextCursor`, and the address of the next page with the same filters
 * in `Link: rel="next"` (RFC 8288).
 */
export function pageAnswer<Item, Shown>(
  page: Page<Item>,
  show: (item: Item) => Shown,
  path: string,
  query: Readonly<Record<string, unknown>> & PageQuery,
): Outcome {
  const body = { items: page.items.map(show), nextCursor: page.nextCursor };
  if (page.nextCursor === null) return ok(body);
  const next = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, cursor: page.nextCursor })) {
    if (value !== undefined) next.set(name, String(value));
  }
  return ok(body, { link: `<${path}?${next.toString()}>; rel="next"` });
}

/** A whole list that fits one page. */
export function listAnswer<Item, Shown>(items: readonly Item[], show: (item: Item) => Shown): Outcome {
  return ok({ items: items.map(show), nextCursor: null });
}
