import { createHash } from 'node:crypto';

/**
 * In: the natural key of a message (such as `delivery/<id>`) and the host that sends. Out: its Message-ID
 * (RFC 5322 section 3.6.4). The same message always has the same id, so that a second sending, which a crash can
 * cause and nothing can exclude, is recognised as the same mail.
 */
export function messageIdOf(naturalKey: string, host: string): string {
  return `<${createHash('sha256').update(naturalKey).digest('hex').slice(0, 40)}@${host}>`;
}
