import type { SystemPrincipal } from '../../../domain/shared/principal';
import type { Register } from './register';

const SWEEPER: SystemPrincipal = { kind: 'system', component: 'housekeeping' };

/** A signed request is refused when its timestamp is older than 300 s, so a nonce of an hour ago protects nothing. */
const NONCE_MS = 3_600_000;
/** The contract says at least seven days. */
const IDEMPOTENCY_KEY_MS = 8 * 86_400_000;

/** Effect: nonces and idempotency keys that can no longer matter are deleted. Out: how many of each. */
export async function forgetExpiredKeys(
  register: Register,
  now: Date,
): Promise<{ readonly nonces: number; readonly idempotencyKeys: number }> {
  return register.within(SWEEPER, async (transaction) => {
    const nonces = await transaction('agency_nonce')
      .where('seen_at', '<', new Date(now.getTime() - NONCE_MS))
      .delete();
    const idempotencyKeys = await transaction('idempotency_key')
      .where('created_at', '<', new Date(now.getTime() - IDEMPOTENCY_KEY_MS))
      .delete();
    return { nonces, idempotencyKeys };
  });
}
