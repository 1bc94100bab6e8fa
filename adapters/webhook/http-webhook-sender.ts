import { isIP } from 'node:net';
import type { Clock } from '../../ports/clock';
import type { Webhook, WebhookSender } from '../../ports/webhook-sender';
import { OutsideSystemFault, sendRequest } from '../http/send-request';
import { isPublicAddress, lookupPublicAddress } from './public-address';
import { signWebhook } from './sign-webhook';

export interface HttpWebhookSenderOptions {
  readonly clock: Clock;
  /** The demonstration only: plain http and addresses of this machine are allowed. */
  readonly allowPrivateAddresses: boolean;
  readonly timeoutMs?: number;
}

const SYSTEM_NAME = 'webhook';
const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const GONE = 410;

/**
 * Sends webhooks by Standard Webhooks 1.0, to hosts registered for the agency only, over https to public addresses
 * only (the demonstration may reach this machine). Redirects are not followed.
 */
export function createHttpWebhookSender(options: HttpWebhookSenderOptions): WebhookSender {
  const { clock, allowPrivateAddresses, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  return {
    async send(webhook) {
      const url = readAddress(webhook.callbackUrl, allowPrivateAddresses);
      if (url === null) return { kind: 'refused', reason: 'addressIllFormed' };
      if (!isRegistered(url, webhook)) return { kind: 'refused', reason: 'hostNotRegistered' };
      if (webhook.secrets.length === 0) return { kind: 'refused', reason: 'secretMissing' };
      if (!allowPrivateAddresses && isLiteralPrivate(url)) {
        throw new OutsideSystemFault(SYSTEM_NAME, 'the address is not public');
      }
      const body = JSON.stringify(webhook.payload);
      const seconds = Math.floor(clock.now().getTime() / 1000);
      const answer = await sendRequest(SYSTEM_NAME, {
        method: 'POST',
        url,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'ecert-webhook/1',
          ...signWebhook(webhook.webhookId, seconds, body, webhook.secrets),
        },
        body: Buffer.from(body, 'utf8'),
        timeoutMs,
        maxAnswerBytes: MAX_ANSWER_BYTES,
        ...(allowPrivateAddresses ? {} : { lookup: lookupPublicAddress }),
      });
      if (answer.status === GONE) return { kind: 'gone' };
      if (answer.status < 200 || answer.status >= 300) {
        throw new OutsideSystemFault(SYSTEM_NAME, `answered ${answer.status}`);
      }
      return { kind: 'taken' };
    },
  };
}

function readAddress(text: string, allowPlain: boolean): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isSpoken = url.protocol === 'https:' || (allowPlain && url.protocol === 'http:');
  return isSpoken && url.username === '' && url.password === '' ? url : null;
}

/** Hosts are compared with their port where one is written; a registration never covers subdomains. */
function isRegistered(url: URL, { registeredHosts }: Webhook): boolean {
  return registeredHosts.some((host) => {
    const wanted = host.toLowerCase();
    return wanted === url.host || (url.port === '' && wanted === url.hostname);
  });
}

/** Names go through the look-up; an address written in the URL does not. */
function isLiteralPrivate(url: URL): boolean {
  const address = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(address) !== 0 && !isPublicAddress(address);
}
