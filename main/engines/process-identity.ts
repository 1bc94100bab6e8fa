import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Field 22 of /proc/<pid>/stat (proc(5)): start time in clock ticks since boot; unique with the pid per boot. */
const START_TIME_FIELD = 22;
const FIELDS_BEFORE_STATE = 2;

/**
 * In: a process id. Out: a mark that a later process with the same id does not have (its start time), or
 * undefined when no such process runs or it has ended and only waits to be collected.
 */
export function processStartMark(pid: number): string | undefined {
  if (process.platform === 'linux') return linuxStartMark(pid);
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return started === '' ? undefined : started;
  } catch {
    return undefined;
  }
}

function linuxStartMark(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The command name in parentheses may itself contain blanks and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return fields[START_TIME_FIELD - FIELDS_BEFORE_STATE - 1];
}

/** In: a process id and the mark noted when it was started. Out: whether exactly that process still runs. */
export function isSameProcessAlive(pid: number, startMark: string): boolean {
  return processStartMark(pid) === startMark;
}
