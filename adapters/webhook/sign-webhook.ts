import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/**
 * In: message id, second of the attempt, exact body, and the secrets (`whsec_` and base64) that the receiver may
 * know, newest first. Out: the three headers of Standard Webhooks 1.0; `v1,` and base64 of HMAC-SHA256 over
 * `id.timestamp.body`, one per secret, separated by blanks. Throws RangeError for a secret of fewer than 24 octets.
 */
export function signWebhook(
  webhookId: string,
  timestampSeconds: number,
  body: string,
  secrets: readonly string[],
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const signed = `${webhookId}.${timestampSeconds}.${body}`;
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, 'base64');
    if (key.length < 24) throw new RangeError('a webhook secret has at least 24 octets');
    return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  });
  return {
    'webhook-id': webhookId,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signatures.join(' '),
  };
}
