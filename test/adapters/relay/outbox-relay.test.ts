import { OutboxRelay } from '../../../adapters/relay/outbox-relay';
import type { OutboxItem } from '../../../ports/outbox';

const NOW = new Date('2026-11-23T12:00:00+08:00');

/** How long the relay waits before it tries an item again that failed so often. */
async function pauseAfter(attempts: number): Promise<number> {
  const item: OutboxItem = {
    id: '0192f000-0000-7000-8000-000000000001',
    topic: 'upReport',
    payload: { upReportId: '0192f000-0000-7000-8000-000000000002' },
    attempts,
  };
  const retries: Date[] = [];
  const down = (): Promise<never> => Promise.reject(new Error('down'));
  const relay = new OutboxRelay({
    outbox: {
      lease: async () => [item],
      oldestAgeSeconds: async () => 0,
      done: async () => undefined,
      failed: async (_id, _reason, retryAt) => {
        retries.push(retryAt);
      },
    },
    outgoing: { upReport: down, recordUpReport: down, mailAddress: down, webhook: down },
    conductor: { start: down, startAgain: down, tell: down },
    mailer: { send: down },
    upReports: { send: down },
    webhooks: { send: down },
    clock: { now: () => NOW },
    mailMessageId: (key) => key,
    reportFault: () => undefined,
  });
  await relay.runOnce();
  return (retries[0]?.getTime() ?? Number.NaN) - NOW.getTime();
}

describe('the outbox relay', () => {
  it('waits longer after each failure, at first a second', async () => {
    expect(await Promise.all([1, 2, 3, 4].map(pauseAfter))).toEqual([1_000, 2_000, 4_000, 8_000]);
  });

  it('never pauses so long that a peer which is well again would be without its work for a minute', async () => {
    const pauses = await Promise.all([5, 6, 7, 10, 1_000].map(pauseAfter));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(30_000);
  });
});
