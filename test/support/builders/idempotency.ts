import { createHash, randomUUID } from 'node:crypto';
import type { Idempotency } from '../../../ports/idempotency';

/** What a client sent with a key: a fresh one unless the test is about repeating it. */
export function anIdempotency(override: Partial<Idempotency> & { readonly sent?: string } = {}): Idempotency {
  const { sent = '', ...members } = override;
  return {
    method: 'POST',
    path: '/api/v1/test',
    key: randomUUID(),
    bodyDigest: createHash('sm3').update(sent).digest(),
    ...members,
  };
}

/** The header of a request that is not repeated. */
export function aKeyHeader(key: string = randomUUID()): Readonly<Record<string, string>> {
  return { 'idempotency-key': key };
}
