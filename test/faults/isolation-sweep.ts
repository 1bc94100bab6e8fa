import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answered, Json } from './agency-client';
import { CHECKOUT } from './fault-stack';
import {
  type Caller,
  maySee,
  type OwnedRow,
  SCOPED_KINDS,
  type ScopedKind,
  UNSCOPED_KINDS,
} from './isolation-oracle';
import { legalDay } from './life-bodies';
import { itemsOf } from './person-client';

/** A route below /api/v1 as openapi.json tells it. */
export interface Route {
  readonly method: string;
  readonly path: string;
  readonly kind: string;
  /** Nobody signs in for it: what it needs instead (a code, a signature of the portal) is tested elsewhere. */
  readonly isPublic: boolean;
}

/** All routes of the committed document. */
export function documentedRoutes(): readonly Route[] {
  const document: { readonly paths: Readonly<Record<string, object>> } = JSON.parse(
    readFileSync(join(CHECKOUT, 'openapi.json'), 'utf8'),
  );
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]: [string, { readonly security?: readonly object[] }]) => ({
        method: method.toUpperCase(),
        path,
        kind: kindOf(path),
        isPublic: operation.security?.length === 0,
      }),
    ),
  );
}

/** The first segment; increments have two more kinds of rows below theirs. */
function kindOf(path: string): string {
  const [first = '', second = ''] = path.split('/').slice(3);
  return first === 'increments' && /^(days|modes)$/.test(second) ? `${first}/${second}` : first;
}

/** A route that neither list knows would be swept past in silence. */
export function routesWithoutOracle(routes: readonly Route[]): readonly string[] {
  return routes
    .filter(({ kind }) => !isScoped(kind) && !UNSCOPED_KINDS.includes(kind))
    .map(({ method, path }) => `${method} ${path}: no oracle knows whose its rows are`);
}

export interface Sweeper {
  readonly name: string;
  readonly caller: Caller;
  ask(
    method: string,
    target: string,
    body?: Json,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answered>;
}

export interface Sweep {
  readonly requests: number;
  readonly leaks: readonly string[];
  /** Neither seen nor clearly refused: such a request tests nothing. */
  readonly inconclusive: readonly string[];
  /** Answers with a row that the caller may see, by route: a sweep in which everything is refused proves nothing. */
  readonly seen: Readonly<Record<string, number>>;
}

const HEADERS = { 'Use-Purpose': 'isolation-test', 'If-Match': '"1"' };
const REFUSED: readonly number[] = [403, 404];
/** Said of the form of a request before anybody looked at the row, so it says nothing of it. */
const FORMAL: readonly number[] = [400, 415, 422, 428];
const THIS_MONTH = legalDay(new Date()).slice(0, 7);
const QUERIES: Readonly<Partial<Record<ScopedKind, readonly string[]>>> = {
  tasks: ['queue=mine', 'queue=unclaimed', 'queue=done', 'queue=copied'],
  increments: [`month=${THIS_MONTH}`],
  'collection-counts': [`month=${THIS_MONTH}`],
};

export interface Asked {
  readonly rows: readonly OwnedRow[];
  readonly asked: readonly OwnedRow[];
  /** A caller who lacks the role for a route is refused whatever the row: the first refusal is enough. */
  readonly isBrief: boolean;
}

/** Asks every route about each of the rows `asked` as one caller, and judges lists by all `rows`; writes only about rows that the caller must not see. */
export async function sweep(
  sweeper: Sweeper,
  routes: readonly Route[],
  { rows, asked, isBrief }: Asked,
  bodyOf: (route: Route, row: OwnedRow) => Json | undefined,
): Promise<Sweep> {
  const tally = new Tally(sweeper);
  for (const route of routes) {
    const { kind } = route;
    if (!isScoped(kind) || route.isPublic) continue;
    if (route.path.includes('{id}')) await tally.askAboutRows(route, asked, bodyOf, isBrief);
    else if (route.method === 'GET') await tally.askForList(route, kind, rows);
  }
  return tally;
}

function isScoped(kind: string): kind is ScopedKind {
  return SCOPED_KINDS.some((known) => known === kind);
}

class Tally implements Sweep {
  readonly #sweeper: Sweeper;
  requests = 0;
  readonly leaks: string[] = [];
  readonly inconclusive: string[] = [];
  readonly seen: Record<string, number> = {};

  constructor(sweeper: Sweeper) {
    this.#sweeper = sweeper;
  }

  async askAboutRows(
    route: Route,
    rows: readonly OwnedRow[],
    bodyOf: (route: Route, row: OwnedRow) => Json | undefined,
    isBrief: boolean,
  ): Promise<void> {
    for (const row of rows.filter(({ kind }) => kind === route.kind)) {
      const isVisible = maySee(this.#sweeper.caller, row);
      if (isVisible && route.method !== 'GET') continue;
      for (const target of targetsOf(route, row)) {
        const headers = { ...HEADERS, 'Idempotency-Key': `isolation-${row.id}` };
        const { status } = await this.#ask(route.method, target, bodyOf(route, row), headers);
        this.#judge(route, row, isVisible, status);
        if (isBrief && status === 403) return;
      }
    }
  }

  async askForList(route: Route, kind: ScopedKind, rows: readonly OwnedRow[]): Promise<void> {
    const known = new Map(rows.filter((row) => row.kind.startsWith(kind)).map((row) => [row.id, row]));
    for (const query of QUERIES[kind] ?? ['']) {
      const { status, body } = await this.#ask('GET', `${route.path}?limit=100&${query}`.replace(/&$/, ''));
      if (status === 403) continue;
      if (status === 400) {
        await this.#unpaged(route, query, known);
        continue;
      }
      if (status !== 200)
        this.inconclusive.push(`${this.#sweeper.name} GET ${route.path} ${query}: ${status}`);
      this.#judgeItems(route, known, shownBy(body));
    }
  }

  /** Some short lists have no pages. */
  async #unpaged(route: Route, query: string, known: ReadonlyMap<string, OwnedRow>): Promise<void> {
    const { status, body } = await this.#ask('GET', `${route.path}?${query}`.replace(/\?$/, ''));
    if (status !== 200 && status !== 403)
      this.inconclusive.push(`${this.#sweeper.name} GET ${route.path}: ${status}`);
    this.#judgeItems(route, known, shownBy(body));
  }

  #judgeItems(route: Route, known: ReadonlyMap<string, OwnedRow>, items: readonly Json[]): void {
    for (const item of items) {
      const row = known.get(String(item['id']));
      if (row === undefined && isAboutUnit(route, item))
        this.#judgeUnit(route, String(item['authorityId']), rowsOf(known));
      else if (row === undefined)
        this.inconclusive.push(`${route.path} lists ${String(item['id'])}, which the oracle does not know`);
      else if (!maySee(this.#sweeper.caller, row))
        this.leaks.push(`${this.#sweeper.name} GET ${route.path} lists ${row.id}`);
      else this.#saw(route);
    }
  }

  /** What counts the rows of a unit tells of them: it may be shown to whoever may see one of that unit. */
  #judgeUnit(route: Route, authorityId: string, rows: readonly OwnedRow[]): void {
    const ofUnit = { ...NOTHING_OF, kind: isScoped(route.kind) ? route.kind : 'deadlines', authorityId };
    const mayKnow = [...rows.filter((row) => row.authorityId === authorityId), ofUnit];
    if (mayKnow.some((row) => maySee(this.#sweeper.caller, row))) this.#saw(route);
    else this.leaks.push(`${this.#sweeper.name} GET ${route.path} tells of the unit ${authorityId}`);
  }

  #judge(route: Route, row: OwnedRow, isVisible: boolean, status: number): void {
    const what = `${this.#sweeper.name} ${route.method} ${route.path} of ${row.id}: ${status}`;
    if (isVisible) {
      if (status < 400) this.#saw(route);
      else if (!REFUSED.includes(status)) this.inconclusive.push(what);
    } else if (!REFUSED.includes(status)) {
      // 409 or 412 would say that the row exists.
      if (FORMAL.includes(status) || status >= 500) this.inconclusive.push(what);
      else this.leaks.push(what);
    }
  }

  #saw({ method, path }: Route): void {
    const name = `${method} ${path}`;
    this.seen[name] = (this.seen[name] ?? 0) + 1;
  }

  async #ask(
    method: string,
    target: string,
    body?: Json,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answered> {
    this.requests += 1;
    return this.#sweeper.ask(method, target, body, headers);
  }
}

const NOTHING_OF = {
  id: '',
  trade: null,
  holderCodes: [],
  personId: null,
  recipientRole: null,
  covered: [],
  participantIds: [],
  partId: null,
} as const;

/** A board's line and a vacancy name a unit and no row. */
function isAboutUnit({ path }: Route, item: Json): boolean {
  return typeof item['authorityId'] === 'string' && /\/(board|vacancies|collection-counts)$/.test(path);
}

function rowsOf(known: ReadonlyMap<string, OwnedRow>): readonly OwnedRow[] {
  return [...known.values()];
}

/** The rows of a list, or the units of a board. */
function shownBy(body: Json): readonly Json[] {
  const { authorities, days, uploads } = body;
  if (Array.isArray(days) && Array.isArray(uploads)) return [...days, ...uploads];
  return Array.isArray(authorities) ? authorities : itemsOf({ body });
}

/** A part that no row has is asked for all the same, by an id that nothing has. */
const NO_PART = '01900000-0000-7000-8000-000000000000';

function targetsOf({ path }: Route, { id, partId }: OwnedRow): readonly string[] {
  const target = path.replace('{id}', id).replace(/\{(?!kind)\w+\}/, partId ?? NO_PART);
  return target.includes('{kind}')
    ? ['ofd', 'pdf', 'png'].map((kind) => target.replace('{kind}', kind))
    : [target];
}
