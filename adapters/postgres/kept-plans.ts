import { sm3 } from '../../documents/sm/sm3';

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
