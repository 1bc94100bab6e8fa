import type { Knex } from 'knex';

const MAX_FAILURES = 5;
const LOCK_MS = 15 * 60_000;

export interface TriedPerson {
  readonly id: string;
  readonly failed_logins: number;
  readonly locked_until: Date | null;
}

/**
 * Counts a try of a password or one-time code before it is looked at, on a locked row, so that tries at the same moment
 * cannot pass the limit. Out: whether it may be looked at. The fifth failing try in a row locks for 15 minutes; a lock
 * that ran out counts anew.
 */
export async function countTry(
  transaction: Knex.Transaction,
  person: TriedPerson,
  now: Date,
): Promise<boolean> {
  const { locked_until: lockedUntil } = person;
  if (lockedUntil !== null && lockedUntil > now) return false;
  const tries = lockedUntil === null ? person.failed_logins + 1 : 1;
  const isLast = tries >= MAX_FAILURES;
  await transaction('person')
    .where({ id: person.id })
    .update({
      failed_logins: tries,
      locked_until: isLast ? new Date(now.getTime() + LOCK_MS) : null,
    });
  return true;
}

/** Effect: the person's failures are forgotten, after a success. */
export async function forgetTries(transaction: Knex.Transaction, personId: string): Promise<void> {
  await transaction('person').where({ id: personId }).update({ failed_logins: 0, locked_until: null });
}
