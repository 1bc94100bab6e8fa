import { endLeftProcess, leftProcesses } from './pid-file';

const PATIENCE_MS = 10_000;

/**
 * In: the run folder, and whom to tell. Effect: what a killed earlier run left has ended, in the order of a
 * proper stop: the services, then Temporal, then PostgreSQL by its fast shutdown.
 */
export async function endLeftProcesses(runFolder: string, say: (sentence: string) => void): Promise<void> {
  const left = leftProcesses(runFolder);
  if (left.length === 0) return;
  say(`上一次运行没有正常结束,正在停止遗留的进程:${left.map(({ name }) => name).join('、')}……`);
  const services = left.filter(({ name }) => name !== 'temporal' && name !== 'postgres');
  await Promise.all(services.map((process) => endLeftProcess(process, 'SIGTERM', PATIENCE_MS)));
  for (const [engine, signal] of [
    ['temporal', 'SIGTERM'],
    ['postgres', 'SIGINT'],
  ] as const) {
    for (const process of left.filter(({ name }) => name === engine)) {
      await endLeftProcess(process, signal, PATIENCE_MS);
    }
  }
}
