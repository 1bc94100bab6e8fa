import { createHash, createHmac, randomBytes } from 'node:crypto';

/** What an outside system knows us by. */
export interface OutsideKey {
  readonly keyId: string;
  readonly secret: string;
}

const SCHEME = 'ECERT-HMAC-SHA256';

/**
 * In: a key (the secret as UTF-8 text), what is sent, the second of sending and a nonce of 16 or more characters.
 * Out: the value of the Authorization header. The same scheme as agency systems use towards us: HMAC-SHA256 over
 * scheme, method, path as sent, sorted raw query, SHA-256 of the body, timestamp and nonce, joined by line feeds.
 */
export function signRequest(
  key: OutsideKey,
  sent: { readonly method: string; readonly url: URL; readonly body: Uint8Array | null },
  at: Date,
  nonce: string = randomBytes(18).toString('base64url'),
): string {
  const timestamp = String(Math.floor(at.getTime() / 1000));
  const lines = [
    SCHEME,
    sent.method,
    sent.url.pathname,
    sent.url.search.slice(1).split('&').sort().join('&'),
    createHash('sha256')
      .update(sent.body ?? '')
      .digest('hex'),
    timestamp,
    nonce,
  ];
  const signature = createHmac('sha256', key.secret).update(lines.join('\n')).digest('base64');
  return `${SCHEME} keyId="${key.keyId}", timestamp="${timestamp}", nonce="${nonce}", signature="${signature}"`;
}
