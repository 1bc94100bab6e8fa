import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What `npm run checker` was told, by its arguments and the environment. */
export interface CheckerSettings {
  readonly json: boolean;
  readonly auditorUrl: string;
  readonly filesFolder: string;
  readonly trustFolder: string;
  readonly logKeyFiles: readonly string[];
  readonly at: Date;
  readonly drainedAfterMs: number | null;
  readonly seenHead: { readonly position: number; readonly head: string } | null;
}

export const USAGE = `npm run checker -- [--json] [--expect-drained SECONDS] [--at INSTANT] [--extends POSITION:HEX]
                   [--files FOLDER] [--trust FOLDER] [--log-certificate FILE]...
  --expect-drained   cases open, and outbox items not done, for longer than this are findings
  --at               the product's present instant, when it does not run at the machine's
  --extends          a head of the event log seen earlier, which must still stand at its place
  DATA_DIR, SECRETS_DIR and DATABASE_AUDITOR_URL are read from the environment; without the last, the address is the
  one of the stack that runs, or ran last, on DATA_DIR.`;

/** In: arguments and environment. Out: the settings. Throws a sentence for whoever started it. */
export function readSettings(args: readonly string[], environment: NodeJS.ProcessEnv): CheckerSettings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      'expect-drained': { type: 'string' },
      at: { type: 'string' },
      extends: { type: 'string' },
      files: { type: 'string' },
      trust: { type: 'string' },
      'log-certificate': { type: 'string', multiple: true, default: [] },
    },
  });
  const dataDir = resolve(environment['DATA_DIR'] ?? './data');
  const secretsDir = resolve(environment['SECRETS_DIR'] ?? join(dataDir, 'secrets'));
  const given = values['log-certificate'];
  return {
    json: values.json,
    auditorUrl: environment['DATABASE_AUDITOR_URL'] ?? auditorUrlOf(dataDir),
    filesFolder: values.files ?? join(dataDir, 'files'),
    trustFolder: values.trust ?? join(dataDir, 'trust'),
    logKeyFiles:
      given.length > 0 ? given : [join(secretsDir, 'test-only-keys', 'event-log.test-only-key.json')],
    at: values.at === undefined ? new Date() : instant(values.at),
    drainedAfterMs: values['expect-drained'] === undefined ? null : seconds(values['expect-drained']) * 1000,
    seenHead: values.extends === undefined ? null : seenHead(values.extends),
  };
}

function auditorUrlOf(dataDir: string): string {
  const file = join(dataDir, 'run', 'connections.json');
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof found === 'object' && found !== null && 'databaseAuditorUrl' in found) {
      if (typeof found.databaseAuditorUrl === 'string') return found.databaseAuditorUrl;
    }
  } catch {
    // Said below in words.
  }
  throw new Error(`neither DATABASE_AUDITOR_URL nor an address in ${file}: nothing was ever started there`);
}

function instant(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new Error(`--at ${text} is no instant`);
  return at;
}

function seconds(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new Error(`--expect-drained ${text} is no number of seconds`);
  return Number(text);
}

function seenHead(text: string): { readonly position: number; readonly head: string } {
  const match = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text);
  if (match === null) throw new Error(`--extends ${text} is not POSITION:HEX`);
  return { position: Number(match[1]), head: match[2] ?? '' };
}
