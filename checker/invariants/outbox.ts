import type { Check } from '../invariant';
import { countOf, findingsOf } from '../invariant';

const OLDEST_MS = 60_000;

const LEASE_TOO_OLD = `
SELECT id, format('%s: its lease ended at %s and nobody took it again', topic, leased_until) AS what
FROM outbox WHERE done_at IS NULL AND leased_until < $1`;

const DUE_TOO_LONG = `
SELECT id, format('%s: due since %s, tried %s times', topic, available_at, attempts) AS what
FROM outbox WHERE done_at IS NULL AND leased_until IS NULL AND available_at < $1`;

const NOT_DONE = `
SELECT id, format('%s: not done after %s tries', topic, attempts) AS what
FROM outbox WHERE done_at IS NULL AND created_at < $1`;

/** I8: the outbox drains, and no lease is older than 60 s. */
export const checkOutbox: Check = async ({ register, at, drainedAfterMs }) => {
  const oldest = new Date(at.getTime() - OLDEST_MS);
  return {
    invariant: 'I8',
    title: 'the outbox drains, no lease is older than 60 s',
    checked: await countOf(register, 'SELECT count(*) FROM outbox'),
    findings: [
      ...(await findingsOf(register, LEASE_TOO_OLD, [oldest])),
      ...(await findingsOf(register, DUE_TOO_LONG, [oldest])),
      ...(drainedAfterMs === null
        ? []
        : await findingsOf(register, NOT_DONE, [new Date(at.getTime() - drainedAfterMs)])),
    ],
  };
};
