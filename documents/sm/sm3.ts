import { createHash, createHmac } from 'node:crypto';

/** SM3 digest (GB/T 32905-2016) of the bytes; 32 bytes. Node's OpenSSL computes it. */
export function sm3(bytes: Uint8Array): Uint8Array {
  return createHash('sm3').update(bytes).digest();
}

/** HMAC (GB/T 15852.2) with SM3: 32 bytes over `bytes` under `key`, which may have any length. */
export function hmacSm3(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  return createHmac('sm3', key).update(bytes).digest();
}
