import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { seedReferenceData } from '../adapters/postgres/seed-reference-data';
import { createLogger } from '../api/create-logger';
import type { ServiceConfig } from './config';
import type { CityNews, CityOrder } from './demonstration/city/city-process';
import { demonstrationDeps } from './demonstration/open-demonstration';
import { seedDemonstration } from './demonstration/seed';
import { openFoundation } from './foundation';

/** What goes on after the product is ready; `finished` rejects with the first fault. */
export interface DemonstrationLayout {
  readonly finished: Promise<void>;
}

/** Whoever presses Ctrl-C does not wait for a long step: it is broken off, and done again at the next start. */
const STOP_GRACE_MS = 2_000;
const CITY_PROCESS = join(__dirname, 'demonstration', 'city', 'city-process.ts');

/**
 * Lays out the demonstration city: what the product needs before it is ready, then, in a process of its own and at low
 * priority, the rest (in tests only what they wait for). Idempotent; what was broken off goes on at the next start.
 * In: the configuration of a service of this stack, and a signal that breaks the background part off. Out: when the part
 * that nobody may miss is there.
 */
export async function layOutDemonstration(
  config: ServiceConfig,
  stopping: AbortSignal,
): Promise<DemonstrationLayout> {
  const foundation = await openFoundation(config, createLogger('warn', 'demonstration'));
  const { register, integrity, clock } = foundation;
  try {
    await seedReferenceData(register, integrity, clock.now());
    await seedDemonstration(demonstrationDeps(foundation));
  } finally {
    await foundation.close();
  }
  return { finished: config.mode === 'test' ? Promise.resolve() : layOutCityBeside(config, stopping) };
}

/** Effect: the city's process runs until it has done its work or is asked to stop; what it says is said here. */
async function layOutCityBeside(config: ServiceConfig, stopping: AbortSignal): Promise<void> {
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
  city.on('message', (news: CityNews) => console.log(news.say));
  stopping.addEventListener('abort', stop, { once: true });
  tell({ kind: 'layOut', config });
  const [code] = await once(city, 'exit');
  stopping.removeEventListener('abort', stop);
  if (code !== 0 && !stopping.aborted) throw new Error('布置演示数据的进程意外结束，下次启动时继续');
}
