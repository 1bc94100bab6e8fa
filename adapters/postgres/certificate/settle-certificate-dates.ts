import type { Knex } from 'knex';
import { certificateTransition } from '../../../domain/certificate/lifecycle';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { addDays, legalDateAt, startOfLegalDateMs } from '../../../domain/shared/legal-date';
import type { SystemPrincipal } from '../../../domain/shared/principal';
import type { Clock } from '../../../ports/clock';
import type { ChangedVersionRow } from '../certificate-change/changed-version';
import { applyToVersion, reportToRegion } from '../certificate-change/changed-version';
import { lockOpenChange, preemptChange } from '../certificate-change/preempt-change';
import { postNotice } from '../notice/post-notice';
import type { Register } from '../register/register';
import { openTasksForDependents } from './dependent-tasks';
import type { ChangeTools } from './supersede-version';

const SCHEDULE: SystemPrincipal = { kind: 'system', component: 'schedule' };
const SCHEDULE_ACTOR = { kind: 'system', id: 'schedule' } as const;

/**
 * Effect: a locked version is in force from its first day and expired after its last, by the register's clock; in force
 * it does not expire while a renewal filed in time is undecided (行政许可法 50). Expiry ends every other open change of the
 * certificate. Idempotent. Out: whether anything moved.
 */
export async function settleVersionDates(
  transaction: Knex.Transaction,
  tools: ChangeTools,
  version: ChangedVersionRow,
  now: Date,
): Promise<boolean> {
  const today = legalDateAt(now.getTime());
  const about = {
    now,
    actor: SCHEDULE_ACTOR,
    caseKind: 'certificate',
    caseId: version.certificate_id,
  } as const;
  if (version.state === 'notYetInForce' && version.valid_from <= today) {
    await applyToVersion(transaction, version, { ...about, operation: 'takeEffect' });
    return true;
  }
  if (!isOver(version, today)) return false;
  const open = await lockOpenChange(transaction, version.certificate_id);
  if (open !== null) await preemptChange(transaction, open, { by: null, detail: '证照有效期已届满', now });
  const endedAt = new Date(startOfLegalDateMs(addDays(version.valid_until as LegalDate, 1)));
  const { eventId } = await applyToVersion(transaction, version, {
    ...about,
    operation: 'expire',
    occurredAt: endedAt,
    endedAt,
  });
  await reportToRegion(transaction, version, eventId, certificateTransition('expire').ministryCode, now);
  await tellHolders(transaction, version, now);
  await openTasksForDependents(transaction, tools, {
    certificateId: version.certificate_id,
    versionId: version.id,
    how: '有效期已届满',
    now,
  });
  return true;
}

function isOver(version: ChangedVersionRow, today: LegalDate): boolean {
  const { state, marks, valid_until: validUntil } = version;
  if (state !== 'inForce' && state !== 'suspended') return false;
  if (validUntil === null || validUntil >= today) return false;
  return !(state === 'inForce' && marks.includes('renewalPending'));
}

async function tellHolders(
  transaction: Knex.Transaction,
  version: ChangedVersionRow,
  now: Date,
): Promise<void> {
  const { rows } = await transaction.raw<{ rows: { ordinal: number; code_lookup: Buffer; name: string }[] }>(
    `SELECT h.ordinal, h.code_lookup, k.name AS name FROM certificate_holder h
     JOIN catalog_entry_version k ON k.id = :entry
     WHERE h.certificate_version_id = :version AND h.code_lookup IS NOT NULL`,
    { entry: version.catalog_entry_version_id, version: version.id },
  );
  for (const { ordinal, code_lookup, name } of rows) {
    await postNotice(transaction, {
      naturalKey: `certificate/${version.id}/expired/${ordinal}`,
      recipient: { holderLookup: code_lookup },
      title: '您的证照已过有效期',
      body: `您的“${name}”有效期已届满。如需继续从事相关活动，请向发证单位咨询。`,
      link: `/certificates/${version.certificate_id}`,
      createdAt: now,
    });
  }
}

/** Versions whose first day has come, and those whose last day is over but for a renewal that was filed in time. */
const DUE = `
SELECT id FROM (
  SELECT id, valid_from AS since FROM certificate_version WHERE state = 'notYetInForce' AND valid_from <= :today::date
  UNION ALL
  SELECT id, valid_until FROM certificate_version
  WHERE state IN ('inForce','suspended') AND valid_until IS NOT NULL AND valid_until < :today::date
    AND NOT (state = 'inForce' AND 'renewalPending' = ANY (marks))
) due ORDER BY since, id LIMIT :limit`;

export interface DateSettling {
  readonly register: Register;
  readonly tools: ChangeTools;
  readonly clock: Clock;
  readonly pageSize: number;
}

/**
 * Effect: one page of versions whose dates have come moves on, each in a transaction of its own, so that several workers
 * may do this side by side and one that cannot be moved holds up no other. Out: whether there may be more. Throws the
 * first fault, after the rest of the page was tried.
 */
export async function settleCertificateDates({
  register,
  tools,
  clock,
  pageSize,
}: DateSettling): Promise<boolean> {
  const now = clock.now();
  const { rows } = await register.within(SCHEDULE, (transaction) =>
    transaction.raw<{ rows: { id: string }[] }>(DUE, { today: legalDateAt(now.getTime()), limit: pageSize }),
  );
  const faults: unknown[] = [];
  for (const { id } of rows) {
    try {
      await register.within(SCHEDULE, async (transaction) => {
        const version = await transaction<ChangedVersionRow>('certificate_version')
          .where({ id })
          .forUpdate()
          .skipLocked()
          .first();
        if (version !== undefined) await settleVersionDates(transaction, tools, version, now);
      });
    } catch (fault) {
      faults.push(fault);
    }
  }
  if (faults.length > 0) throw faults[0];
  return rows.length === pageSize;
}
