import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { SynchronyExemption } from '../../../domain/catalog/catalog-entry';
import { legalDateAt } from '../../../domain/shared/legal-date';
import type { Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { IncrementModeView } from '../../../ports/increment-desk';
import { recordEvent } from '../evidence/record-event';
import type { ModeViewRow } from './increment-view';
import { MODES, modeView } from './increment-view';

export type NewMode =
  | { readonly mode: 'synchronous' }
  | { readonly mode: 'dailyIncrement'; readonly exemption: SynchronyExemption };

/** Out: every entitlement with its mode, as part of the published catalogue. */
export async function listModes(
  transaction: Knex.Transaction,
  principal: Principal,
  now: Date,
): Promise<readonly IncrementModeView[]> {
  const { rows } = await transaction.raw<{ rows: ModeViewRow[] }>(
    `${MODES} WHERE t.valid_until IS NULL OR t.valid_until > ?::date ORDER BY e.code, t.authority_id, t.valid_from, t.id`,
    [legalDateAt(now.getTime())],
  );
  return rows.map((row) => modeView(row, principal, now));
}

/**
 * Art. 8: the city records that a unit cannot issue a type synchronously, and on what ground, or that it can from now on. Effect:
 * the entitlement, and an event that keeps what it was before. Refuses a technical finding that has run out already.
 */
export async function changeMode(
  transaction: Knex.Transaction,
  principal: Principal,
  wanted: { readonly entitlementId: string; readonly mode: NewMode; readonly now: Date },
): Promise<Result<IncrementModeView, Refusal>> {
  const { entitlementId, mode, now } = wanted;
  const { rows } = await transaction.raw<{ rows: ModeViewRow[] }>(`${MODES} WHERE t.id = ? FOR UPDATE OF t`, [
    entitlementId,
  ]);
  const [row] = rows;
  if (row === undefined) return refused({ code: 'notFound' });
  const exemption = mode.mode === 'dailyIncrement' ? mode.exemption : null;
  if (exemption?.kind === 'technicalFinding' && exemption.expiresOn <= legalDateAt(now.getTime())) {
    const expected = '技术认定的到期日应晚于今天';
    return refused({
      code: 'contentInvalid',
      problems: [{ pointer: '/exemption/expiresOn', code: 'alreadyExpired', expected }],
    });
  }
  await transaction('catalog_entitlement')
    .where({ id: entitlementId })
    .update({ mode: mode.mode, exemption: exemption === null ? null : JSON.stringify(exemption) });
  const [kind, id] = principalName(principal).split(':', 2);
  await recordEvent(transaction, {
    id: randomUUID(),
    kind: 'entitlement.setMode',
    caseKind: 'entitlement',
    caseId: entitlementId,
    authorityId: row.authority_id,
    trade: row.trade,
    actor: { kind: kind ?? null, id: id ?? null },
    legalGround: exemption === null ? null : { ...exemption.basis },
    facts: { from: row.mode, to: mode.mode, before: row.exemption, after: exemption },
    occurredAt: now,
    recordedAt: now,
  });
  return accepted(modeView({ ...row, mode: mode.mode, exemption }, principal, now));
}
