import type { Knex } from 'knex';
import { demonstrationId } from './demonstration-deps';
import { DEMONSTRATION_UNITS } from './demonstration-units';

const ACTIVE_SINCE = '2020-01-01';

/** Effect: the units of the city are in the register, each row once; a row that is there stays as somebody may have changed it. */
export async function seedUnits(transaction: Knex.Transaction): Promise<void> {
  const inserted: readonly { readonly id: string }[] = await transaction('authority')
    .insert(
      DEMONSTRATION_UNITS.map((unit) => ({
        id: unitId(unit.key),
        credit_code: unit.creditCode,
        name: unit.name,
        kind: unit.kind,
        level: unit.level,
        area_code: unit.areaCode,
        trade: unit.trade,
        is_issuing: unit.isIssuing,
        active_from: ACTIVE_SINCE,
        active_until: unit.activeUntil,
      })),
    )
    .onConflict('id')
    .ignore()
    .returning('id');
  const isNew = new Set(inserted.map(({ id }) => id));
  // References only when all rows are there: units name each other in any order.
  for (const unit of DEMONSTRATION_UNITS.filter(({ key }) => isNew.has(unitId(key)))) {
    await transaction('authority')
      .where({ id: unitId(unit.key) })
      .update({
        parent_id: optionalUnitId(unit.parentKey),
        competent_department_id: optionalUnitId(unit.competentDepartmentKey),
        successor_id: optionalUnitId(unit.successorKey),
      });
  }
}

/** The id of a demonstration unit. */
export function unitId(key: string): string {
  return demonstrationId('authority', key);
}

/** As {@link unitId}; null stays null. */
export function optionalUnitId(key: string | null): string | null {
  return key === null ? null : unitId(key);
}
