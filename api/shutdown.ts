import type { Server } from 'node:http';

export interface ShutdownOptions {
  /** Aborted first: readiness says no, waits end early, answers ask clients to close. */
  readonly draining: AbortController;
  /** How long requests that run may still take; then their connections are cut. */
  readonly graceMs: number;
}

/**
 * Drains a server: takes no new connection, lets running requests end within the grace, closes idle connections
 * at once. Answers whether every request ended by itself. Calling it again waits for the same drain.
 */
export async function drain(
  server: Server,
  { draining, graceMs }: ShutdownOptions,
): Promise<'drained' | 'cut'> {
  draining.abort();
  const closed = new Promise<'drained'>((resolve) => {
    server.close(() => resolve('drained'));
  });
  server.closeIdleConnections();
  // A connection whose answer was begun before the drain was told to stay: it must not be waited for once it is idle.
  server.keepAliveTimeout = 1;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'cut'>((resolve) => {
    timer = setTimeout(() => resolve('cut'), graceMs);
  });
  const outcome = await Promise.race([closed, late]);
  clearTimeout(timer);
  if (outcome === 'cut') server.closeAllConnections();
  return outcome;
}
