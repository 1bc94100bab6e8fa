import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ServiceConfig } from './config';
import type { CityNews, CityOrder } from './demonstration/city/city-process';

/** Whoever presses Ctrl-C does not wait for a long step: it is broken off, and done again at the next start. */
const STOP_GRACE_MS = 2_000;
const CITY_PROCESS = join(__dirname, 'demonstration', 'city', 'city-process.ts');

/**
 * Lays out the rest of the demonstration city, its cases and certificates, in a process of its own and at low priority beside
 * the running product. Idempotent; what was broken off goes on at the next start. What it says is said here. Ends when all is
 * there or when it is asked to stop; throws when its process failed.
 */
export async function layOutCityBeside(config: ServiceConfig, stopping: AbortSignal): Promise<void> {
  if (stopping.aborted) return;
  const city = fork(CITY_PROCESS, {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const tell = (order: CityOrder): void => {
    if (city.connected) city.send(order);
  };
  const stop = (): void => {
    tell({ kind: 'stop' });
    setTimeout(() => city.kill('SIGKILL'), STOP_GRACE_MS).unref();
  };
  city.on('message', (news: CityNews) => {
    if (news.kind === 'said') console.log(news.line);
  });
  stopping.addEventListener('abort', stop, { once: true });
  tell({ kind: 'layOut', config });
  const [code] = await once(city, 'exit');
  stopping.removeEventListener('abort', stop);
  if (code !== 0 && !stopping.aborted) throw new Error('布置演示数据的进程意外结束，下次启动时继续');
}
