import { sm3 } from '../../../documents/sm/sm3';

/** More texts than these are made as they go, and a connection would collect their plans for ever. */
const MOST_PLANS = 400;

const names = new Map<string, string>();
let generation = 0;

/**
 * In: the text of a statement. Out: the name under which every connection keeps it prepared, since planning is most of the
 * cost of a small one; undefined when there are too many different texts already.
 */
export function keepPlanUnder(statement: string): string | undefined {
  const known = names.get(statement);
  if (known !== undefined) return known;
  if (names.size >= MOST_PLANS) return undefined;
  const digest = Buffer.from(sm3(Buffer.from(statement, 'utf8'))).toString('hex');
  const name = `ecert_${generation}_${digest.slice(0, 32)}`;
  names.set(statement, name);
  return name;
}

/** Effect: all is prepared anew, under other names; for when a migration changed the columns under the plans. */
export function forgetPlans(): void {
  names.clear();
  generation += 1;
}

/** A statement as PostgreSQL takes it, and how its values are put in order. */
export interface Positioned<Values> {
  readonly text: string;
  readonly order: (values: Values) => readonly unknown[];
}

type Named = Readonly<Record<string, unknown>>;

const positions = new Map<string, Positioned<readonly unknown[] | Named>>();

/**
 * In: a statement with `?` or `:name` for its values (a cast `::type` is none). Out: the same with `$1`, `$2`, worked out
 * once for each text.
 */
export function positioned(statement: string): Positioned<readonly unknown[] | Named> {
  const known = positions.get(statement);
  if (known !== undefined) return known;
  const names: string[] = [];
  let asked = 0;
  const text = statement.replaceAll(/\?|(?<![:\w]):([A-Za-z]\w*)/g, (_, name: string | undefined) => {
    if (name === undefined) {
      asked += 1;
      return `$${asked}`;
    }
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  if (asked > 0 && names.length > 0)
    throw new TypeError('a statement names its values or counts them, not both');
  const worked: Positioned<readonly unknown[] | Named> = {
    text,
    order: (values) => (isList(values) ? values : names.map((name) => values[name])),
  };
  if (positions.size < MOST_PLANS) positions.set(statement, worked);
  return worked;
}

function isList(values: readonly unknown[] | Named): values is readonly unknown[] {
  return Array.isArray(values);
}
