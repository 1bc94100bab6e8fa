import { setTimeout as delay } from 'node:timers/promises';

const TRIES = 20;
const PAUSE_MS = 500;
const TIMEOUT_MS = 5_000;

/** Sends receipts by itself to where the office has registered for them. */
export interface ReceiptCallback {
  /** In: the address of the office's API, such as `https://…/api/v1`. */
  register(url: string): void;
  /** Effect: the receipt is posted to `…/deliveries/{id}/receipts` in the background, tried again while nobody takes it. */
  send(deliveryId: string, receipt: Readonly<Record<string, string>>): void;
}

/** Out: a callback that is lost when nobody has registered or nobody takes it in time; who misses a receipt asks again. */
export function createReceiptCallback(): ReceiptCallback {
  let address: string | null = null;
  const post = async (url: string, body: string): Promise<void> => {
    for (let tried = 0; tried < TRIES; tried += 1) {
      const answered = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }).catch(() => null);
      if (answered !== null && answered.status < 500) return;
      await delay(PAUSE_MS, undefined, { ref: false });
    }
  };
  return {
    register(url) {
      address = url.replace(/\/+$/, '');
    },
    send(deliveryId, { receipt, proof, proofSignature }) {
      if (address === null) return;
      const url = `${address}/deliveries/${encodeURIComponent(deliveryId)}/receipts`;
      void post(url, JSON.stringify({ receipt, proof, proofSignature }));
    },
  };
}
