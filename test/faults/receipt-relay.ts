import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultStack } from './fault-stack';

const RETRY_MS = 500;
const ATTEMPT_MS = 30_000;

/**
 * The portal's own outgoing queue, as long-lived as the portal: it takes each receipt at once and brings it to one of the
 * APIs, in turn, until one has it. (A receipt that is lost the office asks for after an hour, longer than any test.)
 */
export async function startReceiptRelay(stack: FaultStack): Promise<{ readonly url: string; stop(): void }> {
  const ending = new AbortController();
  const bring = async (target: string, body: Buffer): Promise<void> => {
    for (let turn = 0; !ending.signal.aborted; turn += 1) {
      const apis = stack.apis();
      const answer = await fetch(`${apis[turn % apis.length]}${target}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(ATTEMPT_MS),
      }).catch(() => null);
      if (answer !== null && answer.status < 500 && answer.status !== 429) return;
      await sleep(RETRY_MS);
    }
  };
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    response.writeHead(204).end();
    void bring(request.url ?? '', Buffer.concat(parts));
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api/v1`,
    stop() {
      ending.abort();
      server.close();
      server.closeAllConnections();
    },
  };
}
