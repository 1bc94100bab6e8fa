import { timingSafeEqual } from 'node:crypto';
import { principalName } from '../../../domain/shared/principal';
import { accepted, refused } from '../../../domain/shared/result';
import type { Replays } from '../../../ports/idempotency';
import type { Register } from './register';

interface KeyRow {
  readonly body_digest: Buffer;
  readonly resource_id: string;
}

/** Answers what an Idempotency-Key created before, by its body's digest. */
export function createReplays(register: Register): Replays {
  return {
    async replayOf(principal, { method, path, key, bodyDigest }) {
      const [known] = await register.statement<KeyRow>(
        principal,
        'SELECT body_digest, resource_id FROM idempotency_key WHERE principal = ? AND method = ? AND path = ? AND key = ?',
        [principalName(principal), method, path, key],
      );
      if (known === undefined) return accepted(null);
      const isSame =
        known.body_digest.length === bodyDigest.length && timingSafeEqual(known.body_digest, bodyDigest);
      return isSame ? accepted({ issuanceId: known.resource_id }) : refused({ code: 'idempotencyKeyReused' });
    },
  };
}
