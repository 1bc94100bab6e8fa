import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What the two ends share. */
export interface SharedKey {
  readonly keyId: string;
  readonly secret: string;
}

export interface SignedRequest {
  readonly method: string;
  /** Path with query, as sent. */
  readonly target: string;
  readonly authorization: string | undefined;
  readonly body: Uint8Array;
}

const SCHEME = 'ECERT-HMAC-SHA256';
const FORM =
  /^ECERT-HMAC-SHA256 keyId="([A-Za-z0-9._-]{3,64})", ?timestamp="(\d{1,12})", ?nonce="([A-Za-z0-9_-]{16,128})", ?signature="([A-Za-z0-9+/]{43}=)"$/;
const TOLERANCE_SECONDS = 300;

/**
 * In: the key this end knows and its clock. Out: a function that says why a request is not taken, or null when
 * its signature over method, path, sorted query, body digest, timestamp and nonce is right, the time within
 * 300 s and the nonce new. Nonces are remembered for twice the tolerance, and only those of right signatures,
 * so that a stranger cannot use them up.
 */
export function createSignatureCheck(
  key: SharedKey,
  now: () => Date,
): (request: SignedRequest) => string | null {
  const nonces = new Map<string, number>();
  return (request) => {
    const match = FORM.exec(request.authorization ?? '');
    if (match === null) return '缺少签名或签名格式不符';
    const [, keyId = '', timestamp = '', nonce = '', signature = ''] = match;
    const seconds = Math.floor(now().getTime() / 1000);
    if (keyId !== key.keyId || !equal(signature, expectedSignature(key.secret, request, timestamp, nonce))) {
      return '签名不正确';
    }
    if (Math.abs(seconds - Number(timestamp)) > TOLERANCE_SECONDS) return '时间戳超出 300 秒';
    for (const [used, at] of nonces) if (at < seconds - 2 * TOLERANCE_SECONDS) nonces.delete(used);
    if (nonces.has(nonce)) return '随机数已使用';
    nonces.set(nonce, seconds);
    return null;
  };
}

function expectedSignature(secret: string, request: SignedRequest, timestamp: string, nonce: string): string {
  const at = request.target.indexOf('?');
  const path = at < 0 ? request.target : request.target.slice(0, at);
  const query = at < 0 ? '' : request.target.slice(at + 1);
  const digest = createHash('sha256').update(request.body).digest('hex');
  const lines = [SCHEME, request.method, path, query.split('&').sort().join('&'), digest, timestamp, nonce];
  return createHmac('sha256', secret).update(lines.join('\n')).digest('base64');
}

function equal(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
