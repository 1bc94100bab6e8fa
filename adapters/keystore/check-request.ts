import { createHash, timingSafeEqual } from 'node:crypto';
import type { SealAlgorithm, SealerRefusal, SealerRefusalCode, SealerRequest } from '../../ports/sealer';

const KEY_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Whether a text may name a key; what may not is unknown, so no id ever becomes a path or a query of its own making. */
export function isKeyId(keyId: string): boolean {
  return KEY_ID.test(keyId) && !keyId.includes('..');
}

export function sealerRefusal(code: SealerRefusalCode, detail: string): SealerRefusal {
  return { code, detail };
}

/** Digest that goes with an algorithm: SM3 or SHA-256, lower-case hex. */
export function sealDigestHex(algorithm: SealAlgorithm, bytes: Uint8Array): string {
  return createHash(algorithm === 'sm2-sm3' ? 'sm3' : 'sha256')
    .update(bytes)
    .digest('hex');
}

/** A request whose digest is not that of its bytes is refused before any key is touched. */
export function checkDigest(request: SealerRequest): SealerRefusal | null {
  const actual = Buffer.from(sealDigestHex(request.algorithm, request.toBeSigned));
  const stated = Buffer.from(request.digestHex);
  const same = actual.length === stated.length && timingSafeEqual(actual, stated);
  return same ? null : sealerRefusal('digestMismatch', '摘要与待签数据不一致');
}
