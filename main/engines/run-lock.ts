import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSameProcessAlive, processStartMark } from './process-identity';
import { StartFailure } from './start-failure';

const ATTEMPTS = 5;

/**
 * In: the run folder of a data folder. Effect: this process owns it until the returned function is called. A
 * lock whose process no longer runs (killed, power cut) is replaced. Throws StartFailure naming the owner.
 */
export function lockRunFolder(runFolder: string): () => void {
  mkdirSync(runFolder, { recursive: true, mode: 0o755 });
  const lock = join(runFolder, 'stack.lock');
  const content = `${process.pid} ${processStartMark(process.pid) ?? ''}\n`;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (tryLock(lock, content)) {
      return () => {
        if (readQuietly(lock) === content) rmSync(lock, { force: true });
      };
    }
    const found = readQuietly(lock);
    if (found !== undefined && isOwned(found)) throw lockedBy(runFolder, found);
    if (found !== undefined) removeStale(lock, found);
  }
  throw lockedBy(runFolder, readQuietly(lock) ?? '?');
}

function tryLock(lock: string, content: string): boolean {
  const mine = `${lock}.${randomBytes(4).toString('hex')}`;
  writeFileSync(mine, content, { mode: 0o644 });
  try {
    linkSync(mine, lock);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

function isOwned(content: string): boolean {
  const [pid, mark] = content.trim().split(' ');
  return mark !== undefined && isSameProcessAlive(Number(pid), mark);
}

/** Two starts may find the same stale lock: whoever took away a fresh one by mistake puts it back. */
function removeStale(lock: string, stale: string): void {
  const aside = `${lock}.${randomBytes(4).toString('hex')}`;
  try {
    renameSync(lock, aside);
    if (readQuietly(aside) !== stale) linkSync(aside, lock);
  } catch {
    // Somebody else was faster; the next attempt looks again.
  } finally {
    rmSync(aside, { force: true });
  }
}

function readQuietly(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function lockedBy(runFolder: string, content: string): StartFailure {
  const pid = content.trim().split(' ')[0] ?? '?';
  return new StartFailure(
    `数据目录正被另一个正在运行的 npm start(进程 ${pid})使用:${runFolder}。请先停止它,或用 DATA_DIR 指定另一个目录。`,
    `the data folder is in use by another start (process ${pid}): stop it or set DATA_DIR.`,
  );
}
