import type { Knex } from 'knex';
import { sealRow } from '../../adapters/cipher/sealed-row';
import { BUILT_IN_DEFINITIONS } from '../../domain/catalog/built-in/built-in-definitions';
import { legalDateAt, startOfLegalDateMs } from '../../domain/shared/legal-date';
import { yearsLater } from './demonstration-authority';
import { type DemonstrationDeps, demonstrationId } from './demonstration-deps';
import { DEMONSTRATION_ENTITLEMENTS } from './demonstration-entitlements';
import { historyBeginsAt } from './demonstration-history';
import { DONGSHENG_BUREAU } from './demonstration-units';
import { personId } from './seed-accounts';
import { sealId } from './seed-seals';
import { unitId } from './seed-units';

interface MandatePeriod {
  readonly seal_id: string;
  readonly catalog_entry_id: string;
  readonly valid_until: Date;
  readonly ended_at: Date | null;
}

/** Generous, so that neither a walk-through nor a benchmark reaches it; a test of the cap sets its own. */
const VOLUME_CAP = 1_000_000;

/** Effect: as {@link grantMandates} for the 东胜 bureau by sealkeeper1. */
export function seedMandates(
  transaction: Knex.Transaction,
  deps: Pick<DemonstrationDeps, 'integrity' | 'clock'>,
): Promise<void> {
  return grantMandates(transaction, deps, DONGSHENG_BUREAU, 'sealkeeper1');
}

/**
 * Effect: the seal keeper of a unit has mandated automatic sealing (用印授权, art. 11) of every type that it issues,
 * since the demonstration's past begins and until a year from the present day. Where a mandate has run out by itself a new one follows; one that the seal keeper ended
 * is not granted again behind his back.
 */
export async function grantMandates(
  transaction: Knex.Transaction,
  { integrity, clock }: Pick<DemonstrationDeps, 'integrity' | 'clock'>,
  unitKey: string,
  keeper: string,
): Promise<void> {
  for (const type of mandatedTypes(unitKey)) {
    await grantMandate(transaction, { integrity, clock }, { ...type, unitKey, keeper });
  }
}

/** Effect: as {@link grantMandates} for one seal and type; in a joint issue the seal is another organ's than the unit that issues. */
export async function grantMandate(
  transaction: Knex.Transaction,
  { integrity, clock }: Pick<DemonstrationDeps, 'integrity' | 'clock'>,
  mandate: {
    readonly sealKey: string;
    readonly catalogCode: string;
    readonly unitKey: string;
    readonly keeper: string;
  },
): Promise<void> {
  const { sealKey, catalogCode } = mandate;
  const now = clock.now();
  const today = legalDateAt(now.getTime());
  const entry = await transaction<{ id: string; code: string }>('catalog_entry')
    .where({ code: catalogCode })
    .first('id');
  if (entry === undefined) throw new Error(`catalogue entry ${catalogCode} is not in the register`);
  const newest = await transaction<MandatePeriod>('seal_use_mandate')
    .where({ seal_id: sealKey, catalog_entry_id: entry.id })
    .orderBy('valid_until', 'desc')
    .first('valid_until', 'ended_at');
  if (newest !== undefined && (newest.ended_at !== null || newest.valid_until > now)) return;
  const startOfToday = new Date(startOfLegalDateMs(today));
  const row = {
    id: demonstrationId('mandate', sealKey, catalogCode, today),
    seal_id: sealKey,
    catalog_entry_id: entry.id,
    authority_id: unitId(mandate.unitKey),
    granted_by: personId(mandate.keeper),
    valid_from: newest === undefined ? historyBeginsAt(now) : startOfToday,
    valid_until: yearsLater(startOfToday, 1),
    volume_cap: VOLUME_CAP,
    ended_at: null,
  };
  await transaction('seal_use_mandate')
    .insert({ ...row, ...sealRow(integrity, 'seal_use_mandate', row) })
    .onConflict('id')
    .ignore();
}

function mandatedTypes(
  ofUnit: string,
): readonly { readonly catalogCode: string; readonly sealKey: string }[] {
  return DEMONSTRATION_ENTITLEMENTS.filter(({ unitKey }) => unitKey === ofUnit).flatMap(({ catalogCode }) =>
    (BUILT_IN_DEFINITIONS.find(({ code }) => code === catalogCode)?.requiredSeals ?? []).map(({ kind }) => ({
      catalogCode,
      sealKey: sealId({ unitKey: ofUnit, kind }),
    })),
  );
}
