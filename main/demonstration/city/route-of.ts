import { ALL_ROUTES } from '../../../api/all-routes';
import type { Route } from '../../../api/http/route';

/** In: method and path below /api/v1. Out: the product's route for it with the values in its path. Throws where there is none. */
export function routeOf(
  method: string,
  path: string,
): { readonly route: Route; readonly params: Readonly<Record<string, string>> } {
  for (const route of ALL_ROUTES) {
    if (route.endpoint.method.toUpperCase() !== method) continue;
    const names: string[] = [];
    const pattern = route.endpoint.path.replace(/\{(\w+)\}/g, (_, name: string) => {
      names.push(name);
      return '([^/]+)';
    });
    const found = new RegExp(`^${pattern}$`).exec(path);
    if (found === null) continue;
    return { route, params: Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? ''])) };
  }
  throw new RangeError(`no route ${method} ${path}`);
}
