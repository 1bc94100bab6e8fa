import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isCode } from './fault-code';

export interface SimulatorSettings {
  readonly host: string;
  readonly port: number;
  /** This simulator's own folder; made when missing. */
  readonly folder: string;
  /** The folder in which both ends find what they share. */
  readonly secretsFolder: string;
  /** The clock of the whole demonstration. */
  now(): Date;
}

/**
 * In: a simulator's name and the environment that `npm start` gives (PORT, HOST, DATA_DIR, SECRETS_DIR,
 * CLOCK_START, CLOCK_STARTED_AT). Out: its settings. Listens on this machine only unless told otherwise. Throws
 * for a port that is none.
 */
export function simulatorSettings(name: string, environment: NodeJS.ProcessEnv): SimulatorSettings {
  const port = Number(environment['PORT'] ?? '0');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new RangeError('PORT is not a port');
  const dataFolder = resolve(environment['DATA_DIR'] ?? './data');
  const folder = join(dataFolder, 'simulators', name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const secretsFolder = resolve(environment['SECRETS_DIR'] || join(dataFolder, 'secrets'));
  const offsetMs = clockOffsetMs(environment);
  return {
    host: environment['HOST'] || '127.0.0.1',
    port,
    folder,
    secretsFolder,
    now: () => new Date(Date.now() + offsetMs),
  };
}

/**
 * In: the folder and name of a secret that two ends share, and how to make it. Out: its text. Whoever comes first
 * makes it; a link never replaces, so all get the first one's.
 */
export function sharedSecret(
  folder: string,
  name: string,
  make: () => string = () => randomBytes(24).toString('base64url'),
): string {
  const file = join(folder, name);
  const found = readIfThere(file);
  if (found !== null) return found;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const half = `${file}.${process.pid}.new`;
  writeFileSync(half, `${make()}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(half, file);
  } catch (fault) {
    if (!isCode(fault, 'EEXIST')) throw fault;
  } finally {
    rmSync(half, { force: true });
  }
  return readFileSync(file, 'utf8').trim();
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (fault) {
    if (isCode(fault, 'ENOENT')) return null;
    throw fault;
  }
}

function clockOffsetMs(environment: NodeJS.ProcessEnv): number {
  const startAt = instant(environment['CLOCK_START']);
  if (startAt === null) return 0;
  return startAt - (instant(environment['CLOCK_STARTED_AT']) ?? Date.now());
}

/** A date stands for the beginning of its day in Beijing. */
function instant(text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  const ms = Date.parse(text.length === 10 ? `${text}T00:00:00+08:00` : text);
  if (Number.isNaN(ms)) throw new RangeError(`not an instant: ${text}`);
  return ms;
}
