import { readdirSync, readFileSync } from 'node:fs';
import { leftProcesses } from '../main/engines/pid-file';

/** Clock ticks of /proc/<pid>/stat in a second: 100 on every Linux of today (proc(5), sysconf _SC_CLK_TCK). */
const TICKS_PER_SECOND = 100;
/** The parts of a stack whose processor time is told apart. */
const GROUPS = ['api', 'worker', 'postgres', 'temporal'] as const;

export type StackPartGroup = (typeof GROUPS)[number] | 'outside';

interface ProcessTimes {
  readonly parent: number;
  readonly seconds: number;
}

/**
 * In: the run folder of a stack. Out: processor seconds (user and system) that its processes have used so far, their children
 * and their ended children included, by part; `outside` are the simulators. Empty where there is no /proc. What others do
 * on the machine does not count, so it compares where answers per second do not.
 */
export function stackProcessorSeconds(runFolder: string): ReadonlyMap<StackPartGroup, number> {
  const times = allProcesses();
  const groups = new Map<StackPartGroup, number>();
  for (const { name, pid } of leftProcesses(runFolder)) {
    const group = GROUPS.find((candidate) => name.startsWith(candidate)) ?? 'outside';
    groups.set(group, (groups.get(group) ?? 0) + secondsOfTree(pid, times));
  }
  return groups;
}

function secondsOfTree(root: number, times: ReadonlyMap<number, ProcessTimes>): number {
  let seconds = times.get(root)?.seconds ?? 0;
  for (const [pid, { parent }] of times) if (parent === root) seconds += secondsOfTree(pid, times);
  return seconds;
}

function allProcesses(): ReadonlyMap<number, ProcessTimes> {
  const times = new Map<number, ProcessTimes>();
  if (process.platform !== 'linux') return times;
  for (const name of readdirSync('/proc')) {
    const found = /^\d+$/.test(name) ? timesOf(name) : null;
    if (found !== null) times.set(Number(name), found);
  }
  return times;
}

/** Fields 4 and 14 to 17 of /proc/<pid>/stat: parent, own user and system time, the same of children that were waited for. */
function timesOf(pid: string): ProcessTimes | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name in parentheses may itself contain blanks and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return { parent: Number(fields[1]), seconds: ticks / TICKS_PER_SECOND };
  } catch {
    return null;
  }
}
