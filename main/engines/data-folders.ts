import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Account, firstClosedFolder } from './postgres-account';

export type DataFolders = {
  readonly dataDir: string;
  readonly run: string;
  readonly logs: string;
  readonly temporalDatabase: string;
  readonly postgres: string;
  /** Where PostgreSQL's programs go when its account cannot reach the checkout. */
  readonly postgresPrograms: string;
  /** Why PostgreSQL's data are not below the data folder: the folder that its account may not pass. */
  readonly closedFolder: string | undefined;
};

const SYSTEM_FOLDER = '/var/lib/ecert';
/** Others may pass to what they own, but not list: the data folder also holds certificates. */
const PASS_ONLY = 0o711;

/**
 * In: the data folder, the checkout, and the account of PostgreSQL. Out: where everything goes. Effect: the
 * data folder exists. As root with a parent that the account may not pass, PostgreSQL's part goes to
 * /var/lib/ecert under a digest of the data folder's path, so that two installations never meet.
 */
export function prepareDataFolders(dataDir: string, account: Account | undefined): DataFolders {
  mkdirSync(dataDir, { recursive: true, mode: PASS_ONLY });
  const closed = firstClosedFolder(join(dataDir, '..'), account);
  if (closed === undefined && account !== undefined && (statSync(dataDir).mode & 0o001) === 0) {
    chmodSync(dataDir, PASS_ONLY);
  }
  const digest = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  const base = closed === undefined ? dataDir : join(SYSTEM_FOLDER, digest);
  if (closed !== undefined) mkdirSync(base, { recursive: true, mode: 0o755 });
  return {
    dataDir,
    run: join(dataDir, 'run'),
    logs: join(dataDir, 'logs'),
    temporalDatabase: join(dataDir, 'temporal', 'temporal.db'),
    postgres: join(base, 'postgres'),
    postgresPrograms: SYSTEM_FOLDER,
    closedFolder: closed,
  };
}
