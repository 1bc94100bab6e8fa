import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { isInTime } from '../../../domain/ingestion/day-close';
import { applyIncrementDayTransition } from '../../../domain/ingestion/lifecycle';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { legalDateAt } from '../../../domain/shared/legal-date';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import { eventActor } from '../evidence/event-actor';
import { deterministicId } from '../register/deterministic-id';
import { openDayFor } from './deliver-day';
import type { IncrementDayRow } from './increment-day';
import { endWorkOnDay, lockIncrementDay, moveIncrementDay } from './increment-day';
import type { StoredDelivery, StoreTools } from './increment-upload';
import { writeUpload } from './increment-upload';

/**
 * 零报告: nothing came forth on that day. Today's is in time; an earlier day that was missed is caught up by it. Refuses a day to
 * come or one that the unit did not owe (`incrementDayNotOwed`), and a day with rows (`incrementDayNotEmpty`). Out: the
 * upload's id.
 */
export async function reportZero(
  transaction: Knex.Transaction,
  tools: StoreTools,
  delivery: StoredDelivery,
  date: LegalDate,
): Promise<Result<string, Refusal>> {
  const today = legalDateAt(delivery.receivedAt.getTime());
  const found = await dayFor(transaction, tools, delivery, { date, today });
  if (found === null) return refused({ code: 'incrementDayNotOwed' });
  if (found.in_time_count + found.late_count > 0) return refused({ code: 'incrementDayNotEmpty' });
  const inTime = isInTime(date, delivery.receivedAt.getTime());
  const operation = inTime ? 'reportZero' : 'catchUp';
  const isOwed = found.state !== 'notRequired' || inTime;
  const isReported = found.zero_reported_at !== null;
  if (!isOwed || isReported || !applyIncrementDayTransition(found.state, operation).ok) {
    return refused({ code: 'transitionNotAllowed' });
  }
  const uploadId = randomUUID();
  await writeUpload(
    transaction,
    uploadId,
    delivery,
    { accepted_count: 0, late_count: 0, rejected_count: 0 },
    date,
  );
  const now = delivery.receivedAt;
  await moveIncrementDay(transaction, found, {
    operation,
    now,
    actor: eventActor(delivery.uploadedBy),
    set: {
      zero_reported_at: now,
      zero_reported_by: delivery.uploadedBy,
      ...(inTime ? {} : { caught_up_at: now }),
    },
  });
  await endWorkOnDay(transaction, found.id, { at: now, person: delivery.person, reason: '零报告' });
  return accepted(uploadId);
}

/** Today's day is opened when nobody has yet; an earlier one must have been owed. */
async function dayFor(
  transaction: Knex.Transaction,
  tools: StoreTools,
  delivery: StoredDelivery,
  { date, today }: { readonly date: LegalDate; readonly today: LegalDate },
): Promise<IncrementDayRow | null> {
  if (date > today) return null;
  if (date === today) return openDayFor(transaction, tools, delivery, date);
  const id = deterministicId('incrementDay', delivery.rules.authority.id, delivery.rules.entryId, date);
  const known = await transaction('increment_day').where({ id }).first('id');
  return known === undefined ? null : lockIncrementDay(transaction, id);
}
