import { createHash } from 'node:crypto';
import type { SealAlgorithm, Sealer } from '../ports/sealer';

/** Key of the software store whose only use is to sign heads of the event log; EVENT_LOG_KEY names another one. */
export const EVENT_LOG_KEY_ID = 'event-log';

/**
 * How the head of the event log is signed, through the same port as seals: SM2 with SM3 or RSA with SHA-256, as the key
 * is. A key that answers finished seals only (SM2 of a unified service) cannot sign it, and each attempt says so.
 */
export function eventLogSigner(
  sealer: Sealer,
  keyId: string = EVENT_LOG_KEY_ID,
): {
  readonly keyId: string;
  readonly sign: (bytes: Uint8Array) => Promise<Uint8Array>;
} {
  let algorithm: SealAlgorithm | null = null;
  return {
    keyId,
    async sign(bytes) {
      algorithm ??= await algorithmOf(sealer, keyId);
      const digestHex = createHash(algorithm === 'sm2-sm3' ? 'sm3' : 'sha256')
        .update(bytes)
        .digest('hex');
      const answer = await sealer.sign({
        requestId: `head/${digestHex}`,
        keyId,
        algorithm,
        digestHex,
        toBeSigned: bytes,
      });
      if (!answer.ok) throw new Error(`the event log's key refused: ${answer.refusal.detail}`);
      if (answer.value.kind !== 'raw') throw new Error("the event log's key answered no raw signature");
      return answer.value.value;
    },
  };
}

async function algorithmOf(sealer: Sealer, keyId: string): Promise<SealAlgorithm> {
  const described = await sealer.describe(keyId);
  if (!described.ok) throw new Error(`the event log's key ${keyId}: ${described.refusal.detail}`);
  switch (described.value.algorithm) {
    case 'sm2':
      return 'sm2-sm3';
    case 'rsa3072':
      return 'rsa-sha256';
  }
}
