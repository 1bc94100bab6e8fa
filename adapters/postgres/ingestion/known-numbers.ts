import type { Knex } from 'knex';
import { INCREMENT_COLUMNS } from '../../../domain/ingestion/increment-columns';
import type { RowProblem } from '../../../domain/ingestion/row-reading';
import type { IncrementRules } from './increment-rules';
import type { JudgedRow } from './judge-increment';

/** A number that was collected or issued here before is no new certificate, whoever sends it again. */
export async function withoutKnown(
  transaction: Knex.Transaction,
  { entryId, authority }: IncrementRules,
  judged: readonly JudgedRow[],
): Promise<readonly JudgedRow[]> {
  const numbers = judged.flatMap(({ record }) => (record === null ? [] : [record.number]));
  const identifiers = judged.flatMap(({ record }) => (record?.identifier == null ? [] : [record.identifier]));
  const { rows } = await transaction.raw<{
    rows: { number: string; kind: 'collected' | 'issued' | 'identifier' }[];
  }>(
    `SELECT number, 'collected' AS kind FROM ingested_record
     WHERE catalog_entry_id = :entry AND authority_id = :authority AND number = ANY (:numbers)
     UNION ALL
     SELECT number, 'issued' FROM certificate_number
     WHERE catalog_entry_id = :entry AND authority_id = :authority AND number = ANY (:numbers)
     UNION ALL
     SELECT identifier, 'identifier' FROM ingested_record WHERE identifier = ANY (:identifiers)
     UNION ALL
     SELECT identifier, 'identifier' FROM certificate_version WHERE identifier = ANY (:identifiers) AND state <> 'draft'`,
    { entry: entryId, authority: authority.id, numbers, identifiers },
  );
  const known = new Map(rows.map(({ number, kind }) => [number, KNOWN[kind]]));
  return judged.map((row) => {
    const problem =
      row.record === null
        ? undefined
        : (known.get(row.record.number) ?? known.get(row.record.identifier ?? ''));
    return problem === undefined ? row : { ...row, record: null, problems: [problem] };
  });
}

const KNOWN: Readonly<Record<'collected' | 'issued' | 'identifier', RowProblem>> = {
  collected: {
    column: INCREMENT_COLUMNS.number.name,
    code: 'alreadyIngested',
    expected: '该编号此前已归集，无需重报；内容有变动的请核对编号',
  },
  issued: {
    column: INCREMENT_COLUMNS.number.name,
    code: 'issuedHere',
    expected: '该编号的证照已由本系统制发，不需要再作增量归集',
  },
  identifier: {
    column: INCREMENT_COLUMNS.identifier.name,
    code: 'identifierTaken',
    expected: '该证照标识已在登记簿中，请核对',
  },
};
