import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range from which Linux takes ports of outgoing connections, so that a restart finds its port free. */
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 32_000;
const ATTEMPTS = 200;

/** In: address and port. Out: whether a server could listen there now. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * In: the port that is wished for (the one of the last run), if any, and the ports that are spoken for already.
 * Out: that port if it is free, else a random free one of the loopback interface. Throws when 200 draws fail.
 */
export async function findFreePort(
  wished?: number | undefined,
  taken: ReadonlySet<number> = new Set(),
): Promise<number> {
  if (wished !== undefined && !taken.has(wished) && (await isPortFree(wished))) return wished;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT);
    if (!taken.has(port) && (await isPortFree(port))) return port;
  }
  throw new Error(`no free port between ${LOWEST_PORT} and ${HIGHEST_PORT} on 127.0.0.1`);
}
