import './low-priority';

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '../../../api/create-logger';
import type { ServiceConfig } from '../../config';
import { openFoundation } from '../../foundation';
import type { DemonstrationDeps } from '../demonstration-deps';
import { demonstrationDeps } from '../open-demonstration';
import { CityProgressNote } from './city-progress';
import { layOutCity } from './lay-out-city';
import { layOutStock, type StockShare } from './lay-out-stock';
import { StoryOffice } from './story-office';

const PORTAL = 'portal';

/** What the stack tells its child, and that one another beside it. */
export type CityOrder =
  | { readonly kind: 'layOut'; readonly config: ServiceConfig }
  | { readonly kind: 'layOutShare'; readonly config: ServiceConfig; readonly share: StockShare }
  | { readonly kind: 'stop' };
/** What a child tells. */
export type CityNews =
  | { readonly kind: 'said'; readonly line: string }
  | { readonly kind: 'laid' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

const stopping = new AbortController();
process.on('message', (order: CityOrder) => {
  switch (order.kind) {
    case 'layOut':
      void work(order.config, (office, deps) => layOutWhole(order.config, office, deps));
      return;
    case 'layOutShare':
      void work(order.config, async (office, deps) => {
        const laid = (): void => tell({ kind: 'laid' });
        const faults = await layOutStock({ office, deps, share: order.share, signal: stopping.signal, laid });
        tell({ kind: 'faults', faults });
      });
      return;
    case 'stop':
      stopping.abort();
      return;
  }
});
// Whoever started this process is gone: nobody is left who would stop it.
process.on('disconnect', () => stopping.abort());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopping.abort());

async function work(
  config: ServiceConfig,
  layOut: (office: StoryOffice, deps: DemonstrationDeps) => Promise<void>,
): Promise<void> {
  try {
    await withOffice(config, layOut);
  } catch (fault) {
    const line = `演示数据没有全部备好：${fault instanceof Error ? fault.message : '未知故障'}`;
    tell({ kind: 'said', line });
    process.exitCode = 1;
  }
  if (process.connected) process.disconnect();
}

async function withOffice(
  config: ServiceConfig,
  layOut: (office: StoryOffice, deps: DemonstrationDeps) => Promise<void>,
): Promise<void> {
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
    await layOut(office, deps);
  } finally {
    await office.close();
    await foundation.close();
  }
}

async function layOutWhole(
  config: ServiceConfig,
  office: StoryOffice,
  deps: DemonstrationDeps,
): Promise<void> {
  const say = (line: string): void => tell({ kind: 'said', line });
  const note = new CityProgressNote(config.dataDir);
  const { faults } = await layOutCity({
    office,
    deps,
    signal: stopping.signal,
    say,
    progressed: (progress) => note.note(progress),
    // A lone processor has nothing to share.
    ...(availableParallelism() > 1 ? { beside: (share, laid) => layOutBeside(config, share, laid) } : {}),
  });
  await note.settled();
  for (const fault of faults.slice(0, 5)) say(`演示数据有一项没有备好：${fault}`);
}

/** Effect: another process like this one lays out a share, and ends when this one is asked to. Out: its faults. */
async function layOutBeside(
  config: ServiceConfig,
  share: StockShare,
  laid: () => void,
): Promise<readonly string[]> {
  const other = fork(__filename, {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const order = (order: CityOrder): void => {
    if (other.connected) other.send(order);
  };
  const faults: string[] = [];
  other.on('message', (news: CityNews) => {
    switch (news.kind) {
      case 'said':
        faults.push(news.line);
        return;
      case 'laid':
        laid();
        return;
      case 'faults':
        faults.push(...news.faults);
        return;
    }
  });
  const stop = (): void => order({ kind: 'stop' });
  stopping.signal.addEventListener('abort', stop, { once: true });
  order({ kind: 'layOutShare', config, share });
  const [code] = await once(other, 'exit');
  stopping.signal.removeEventListener('abort', stop);
  if (code !== 0 && faults.length === 0 && !stopping.signal.aborted) {
    faults.push('另一个布置进程意外结束，下次启动时继续');
  }
  return faults;
}

function tell(news: CityNews): void {
  if (process.connected) process.send?.(news);
}
