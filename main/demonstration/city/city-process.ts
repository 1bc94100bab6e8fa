import { readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../../../api/create-logger';
import type { ServiceConfig } from '../../config';
import { openFoundation } from '../../foundation';
import { demonstrationDeps } from '../open-demonstration';
import { layOutCity } from './lay-out-city';
import { StoryOffice } from './story-office';

/** Whoever tries the product out must not wait for its past. */
const NICENESS = 10;
const PORTAL = 'portal';

/** What the stack tells its child. */
export type CityOrder =
  | { readonly kind: 'layOut'; readonly config: ServiceConfig }
  | { readonly kind: 'stop' };
/** What the child tells the stack. */
export type CityNews = { readonly say: string };

const stopping = new AbortController();
process.on('message', (order: CityOrder) => {
  switch (order.kind) {
    case 'layOut':
      void layOut(order.config);
      return;
    case 'stop':
      stopping.abort();
      return;
  }
});
// The stack is gone: nobody is left who would stop this process.
process.on('disconnect', () => stopping.abort());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());

async function layOut(config: ServiceConfig): Promise<void> {
  try {
    setPriority(NICENESS);
    await layOutAll(config);
  } catch (fault) {
    say(`演示数据没有全部备好：${fault instanceof Error ? fault.message : '未知故障'}`);
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect();
}

async function layOutAll(config: ServiceConfig): Promise<void> {
  const foundation = await openFoundation(config, createLogger('warn', 'demonstration'));
  const portalFolder = join(config.dataDir, 'simulators', PORTAL);
  const [proofKey = ''] = (await readFile(join(portalFolder, 'proof-key'), 'utf8')).split(' ');
  const deps = demonstrationDeps(foundation);
  const office = await StoryOffice.open({
    foundation,
    deps,
    portalFolder,
    portalProofKey: Buffer.from(proofKey, 'base64'),
  });
  try {
    const { faults } = await layOutCity({ office, deps, signal: stopping.signal, say });
    for (const fault of faults.slice(0, 5)) say(`演示数据有一项没有备好：${fault}`);
  } finally {
    await office.close();
    await foundation.close();
  }
}

function say(line: string): void {
  const news: CityNews = { say: line };
  if (process.connected) process.send?.(news);
}
