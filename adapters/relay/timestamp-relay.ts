import type { TimestampAuthority } from '../../ports/timestamp-authority';
import type { TimestampLedger } from '../../ports/timestamp-ledger';

const BATCH = 20;

/**
 * Asks the timestamp authority for tokens of sealed files, a batch at a time. Never on the way of an issue: a service
 * that is down leaves a backlog, not a wait (art. 11: queue, do not block).
 * Out: whether there may be more to do at once.
 */
export async function stampDueFiles(
  ledger: TimestampLedger,
  authority: TimestampAuthority,
): Promise<boolean> {
  const due = await ledger.due(BATCH);
  let stamped = 0;
  for (const file of due) {
    try {
      await ledger.recordToken(file.digest, await authority.stamp(file.signature, file.imprint));
      stamped += 1;
    } catch (fault) {
      await ledger.recordFault(file.digest, fault instanceof Error ? fault.message : 'unknown fault');
    }
  }
  return stamped === BATCH;
}
