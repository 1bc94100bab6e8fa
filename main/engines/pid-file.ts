import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSameProcessAlive, processStartMark } from './process-identity';
import { waitUntil } from './wait-until';

export type LeftProcess = { readonly name: string; readonly pid: number };

/**
 * In: the run folder, the process's name and id. Effect: `<name>.pid` holds the id alone, as scripts expect it,
 * and `<name>.mark` its start time, so that a later run does not take a stranger with the same id for its own.
 */
export function writePidFile(runFolder: string, name: string, pid: number): void {
  mkdirSync(runFolder, { recursive: true });
  writeWhole(join(runFolder, `${name}.mark`), `${processStartMark(pid) ?? ''}\n`);
  writeWhole(join(runFolder, `${name}.pid`), `${pid}\n`);
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

/** Effect: the two files of this process are gone. */
export function clearPidFile(runFolder: string, name: string): void {
  rmSync(join(runFolder, `${name}.pid`), { force: true });
  rmSync(join(runFolder, `${name}.mark`), { force: true });
}

/** Out: the processes named in the run folder that still run and are the very ones that were started. */
export function leftProcesses(runFolder: string): readonly LeftProcess[] {
  let names: readonly string[];
  try {
    names = readdirSync(runFolder).filter((file) => file.endsWith('.pid'));
  } catch {
    return [];
  }
  return names.map((file) => file.slice(0, -'.pid'.length)).flatMap((name) => leftProcess(runFolder, name));
}

function leftProcess(runFolder: string, name: string): readonly LeftProcess[] {
  try {
    const pid = Number.parseInt(readFileSync(join(runFolder, `${name}.pid`), 'utf8'), 10);
    const mark = readFileSync(join(runFolder, `${name}.mark`), 'utf8').trim();
    return Number.isInteger(pid) && isSameProcessAlive(pid, mark) ? [{ name, pid }] : [];
  } catch {
    return [];
  }
}

/**
 * In: a process that an earlier, killed run left behind, the signal that ends it in good order and how long to
 * wait. Effect: it no longer runs; SIGKILL after the wait.
 */
export async function endLeftProcess(
  left: LeftProcess,
  signal: NodeJS.Signals,
  timeoutMs: number,
): Promise<void> {
  const mark = processStartMark(left.pid);
  if (mark === undefined) return;
  const gone = (): boolean => !isSameProcessAlive(left.pid, mark);
  signalQuietly(left.pid, signal);
  if (await waitUntil(gone, { timeoutMs })) return;
  signalQuietly(left.pid, 'SIGKILL');
  await waitUntil(gone, { timeoutMs: 5_000 });
}

function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself between the look and the signal.
  }
}
