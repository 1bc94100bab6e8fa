import { z } from 'zod';
import type { Clock } from '../../ports/clock';
import type { RegionReceipt, UpReportChannel, UpReportReceipts } from '../../ports/up-report-channel';
import { OutsideSystemFault } from '../http/send-request';
import type { OutsideKey } from '../http/sign-request';
import { exchangeSignedJson } from '../http/signed-json-exchange';

export interface HttpUpReportChannelOptions {
  readonly baseUrl: string;
  readonly key: OutsideKey;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

const SYSTEM_NAME = 'up-reporting';
const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** A day of the whole city has thousands of reports; a list that never ends is a fault of the peer. */
const MAX_PAGES = 1_000;
const reason = z.string().min(1).max(1000);

const upReportAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accepted'), receipt: z.string().min(1).max(200) }),
  z.object({ kind: z.literal('returned'), reason }),
  z.object({ kind: z.literal('quarantined'), reason }),
]);

const receiptPage = z.object({
  items: z
    .array(z.object({ reportId: z.string().min(1).max(200), receipt: z.string().min(1).max(200) }))
    .max(500),
  nextCursor: z.string().min(1).max(200).nullable(),
});

/**
 * Reports one issue, change or ending by `POST /reports`, idempotent by report id, to the local stand-in of the
 * region's platform: the platform's own interface is not public, so a connector to it will be another adapter of
 * the same port. `GET /reports?receivedOn=` is its list of a day, page by page. Rejects with OutsideSystemFault for whatever is no answer.
 */
export function createHttpUpReportChannel(
  options: HttpUpReportChannelOptions,
): UpReportChannel & UpReportReceipts {
  const { baseUrl, key, clock, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}/reports`);
  const system = { name: SYSTEM_NAME, key, clock, timeoutMs, maxAnswerBytes: MAX_ANSWER_BYTES };
  return {
    async send(item) {
      const { status, body } = await exchangeSignedJson(system, 'POST', url, item);
      if (status !== 200) throw new OutsideSystemFault(SYSTEM_NAME, `answered ${status}`);
      const parsed = upReportAnswer.safeParse(body);
      if (!parsed.success) throw new OutsideSystemFault(SYSTEM_NAME, 'answered in an unknown form');
      return parsed.data;
    },
    async receivedOn(date) {
      const received: RegionReceipt[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const address = new URL(url);
        address.searchParams.set('receivedOn', date);
        if (cursor !== null) address.searchParams.set('cursor', cursor);
        const { status, body } = await exchangeSignedJson(system, 'GET', address, null);
        if (status !== 200) throw new OutsideSystemFault(SYSTEM_NAME, `answered ${status}`);
        const parsed = receiptPage.safeParse(body);
        if (!parsed.success) throw new OutsideSystemFault(SYSTEM_NAME, 'answered in an unknown form');
        received.push(...parsed.data.items);
        cursor = parsed.data.nextCursor;
        if (cursor === null) return received;
      }
      throw new OutsideSystemFault(SYSTEM_NAME, 'listed a day without end');
    },
  };
}
