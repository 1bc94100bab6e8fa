import type { Knex } from 'knex';
import { formatNumber } from '../../../domain/catalog/format-number';
import type { IssuanceRequest } from '../../../domain/issuance/issuance-request';
import { civilDate } from '../../../domain/shared/legal-date';
import type { IssuanceRules } from '../../../ports/issuance-desk';
import { deterministicId } from '../register/deterministic-id';
import type { IssuanceRow } from './issuance-row';

interface NumberRow {
  readonly catalog_entry_id: string;
  readonly authority_id: string;
  readonly issuance_id: string;
  readonly certificate_id: string;
  readonly number: string;
}

/** The number of the case: that of the certificate whose further version it is, the agency's own, or the register's next, which it keeps at every repetition; null when taken. */
export async function giveNumber(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  rules: IssuanceRules,
  request: IssuanceRequest,
  now: Date,
): Promise<string | null> {
  if (row.certificate_change_id !== null) return numberOf(transaction, row);
  const numbering = rules.definition.numberedBy;
  if (numbering.by === 'agency') {
    const number = request.face[numbering.element];
    if (typeof number !== 'string') throw new Error(`issuance ${row.id} has no number in its face`);
    const holder = await transaction<NumberRow>('certificate_number')
      .where({ catalog_entry_id: row.catalog_entry_id, authority_id: row.authority_id, number })
      .first('certificate_id');
    return holder === undefined || holder.certificate_id === deterministicId('certificate', row.id)
      ? number
      : null;
  }
  const kept = await transaction<NumberRow>('number_record').where({ issuance_id: row.id }).first('number');
  if (kept !== undefined) return kept.number;
  const { year } = civilDate(request.issuedOn);
  const { rows } = await transaction.raw<{ rows: { sequence: number }[] }>(
    `INSERT INTO number_counter AS counter (authority_id, catalog_entry_id, year, next_sequence) VALUES (?, ?, ?, 2)
     ON CONFLICT (authority_id, catalog_entry_id, year) DO UPDATE SET next_sequence = counter.next_sequence + 1
     RETURNING next_sequence - 1 AS sequence`,
    [row.authority_id, row.catalog_entry_id, year],
  );
  const sequence = rows[0]?.sequence;
  if (sequence === undefined) throw new Error('the number counter did not answer');
  const number = formatNumber(numbering.pattern, { year, sequence, area: rules.entitlement.areaName });
  if (!number.ok) throw new Error(`numbering of ${rules.definition.code}: ${number.refusal.expected}`);
  await transaction('number_record').insert({
    authority_id: row.authority_id,
    catalog_entry_id: row.catalog_entry_id,
    year,
    sequence,
    number: number.value,
    issuance_id: row.id,
    state: 'reserved',
    recorded_at: now,
  });
  return number.value;
}

/** A further version keeps the number; an authority that takes a certificate in may have given it to another one. */
async function numberOf(transaction: Knex.Transaction, row: IssuanceRow): Promise<string | null> {
  const certificate = await transaction<{ id: string; number: string }>('certificate')
    .where({ id: row.certificate_id ?? '' })
    .first('number');
  if (certificate === undefined) throw new Error(`issuance ${row.id} has no certificate`);
  const { number } = certificate;
  const holder = await transaction<NumberRow>('certificate_number')
    .where({ catalog_entry_id: row.catalog_entry_id, authority_id: row.authority_id, number })
    .first('certificate_id');
  return holder === undefined || holder.certificate_id === row.certificate_id ? number : null;
}
