import { sm3 } from '../../../documents/sm/sm3';
import { findClassifiedMark } from '../../../domain/catalog/classified-mark';
import { INCREMENT_COLUMNS } from '../../../domain/ingestion/increment-columns';
import type { Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { IncrementContent } from '../../../ports/increment-desk';
import type { IncrementTableReader } from '../../../ports/increment-table';
import { recordClassifiedSuspicion } from '../evidence/record-classified-suspicion';
import type { Register } from '../register/register';
import { INCREMENTS } from './increment-day';
import type { RejectedRow } from './increment-errors';
import type { IncrementRules } from './increment-rules';
import type { StoredDelivery } from './increment-upload';
import type { GivenRow } from './judge-increment';
import { givenJsonRows, givenRows } from './judge-increment';

/** What was sent, as rows that can be judged. */
export interface GivenContent {
  readonly rows: readonly GivenRow[];
  readonly format: StoredDelivery['format'];
  /** SM3 of what was sent, hexadecimal. */
  readonly contentDigest: string;
}

export interface ReadIncrement {
  readonly principal: Principal;
  readonly rules: IncrementRules;
  readonly content: Exclude<IncrementContent, { kind: 'zeroReport' }>;
  readonly now: Date;
}

/**
 * Out: the rows of a body or a file by column names. Refuses what cannot be read and columns that the type lacks. Names of
 * columns may bear a secrecy mark, too (art. 3): then nothing of it goes on, and the security administrator is told.
 */
export async function readIncrement(
  tools: { readonly register: Register; readonly reader: IncrementTableReader },
  { principal, rules, content, now }: ReadIncrement,
): Promise<Result<GivenContent, Refusal>> {
  if (content.kind === 'rows') {
    const names = content.rows.flatMap((row) => Object.keys(row));
    const marked = await refuseMarkedNames(tools.register, { principal, names, pointer: '/rows', now });
    if (marked !== null) return refused(marked);
    const rows = givenJsonRows(content.rows, rules);
    const contentDigest = digestOfJson(content.rows);
    return rows.ok ? accepted({ rows: rows.value, format: 'json', contentDigest }) : rows;
  }
  const table = tools.reader.read(content.bytes, content.fileName);
  if (!table.ok) return table;
  const { header, format } = table.value;
  const marked = await refuseMarkedNames(tools.register, {
    principal,
    names: header,
    pointer: '/columns',
    now,
  });
  if (marked !== null) return refused(marked);
  const rows = givenRows(table.value, rules);
  return rows.ok ? accepted({ rows: rows.value, format, contentDigest: digestOf(content.bytes) }) : rows;
}

/** Out: rejected rows of which something was kept, to be judged anew as they came. */
export function rowsAgain(rejected: readonly RejectedRow[]): readonly GivenRow[] {
  return rejected.flatMap(({ rowNumber, cells }) => {
    if (cells === null) return [];
    const again = { ...cells, [INCREMENT_COLUMNS.originalRow.name]: String(rowNumber) };
    return [{ rowNumber, cells: again, problems: [] }];
  });
}

/** SM3 of a value's JSON, hexadecimal. */
export function digestOfJson(value: unknown): string {
  return digestOf(Buffer.from(JSON.stringify(value)));
}

function digestOf(bytes: Uint8Array): string {
  return Buffer.from(sm3(bytes)).toString('hex');
}

async function refuseMarkedNames(
  register: Register,
  given: {
    readonly principal: Principal;
    readonly names: readonly string[];
    readonly pointer: string;
    readonly now: Date;
  },
): Promise<Refusal | null> {
  const { principal, names, pointer, now } = given;
  if (findClassifiedMark([...new Set(names)]) === null) return null;
  await register.within(INCREMENTS, (transaction) =>
    recordClassifiedSuspicion(transaction, { principal: principalName(principal), pointer, now }),
  );
  const expected = '列名不得含有密级标志';
  return { code: 'classifiedSuspected', problems: [{ pointer, code: 'classifiedSuspected', expected }] };
}
