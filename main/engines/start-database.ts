import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config';
import { migrateToLatest, schemaState } from '../migrate-database';
import type { Secrets } from '../secrets';
import type { DataFolders } from './data-folders';
import { ensureRolesAndDatabase, type RoleUrls, roleUrls } from './database-roles';
import type { Account } from './postgres-account';
import { postgresBinaries } from './postgres-binaries';
import { ensureCluster, postgresProcess, superuserUrl } from './postgres-cluster';
import { StartFailure } from './start-failure';
import type { ProcessSpec, SupervisedProcess } from './supervised-process';

export type StartedDatabase = {
  readonly appUrl: string;
  readonly migratorUrl: string | undefined;
  readonly auditorUrl: string | undefined;
};

export type DatabaseStart = {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly folders: DataFolders;
  readonly account: Account | undefined;
  readonly checkout: string;
  readonly portOf: (name: string) => Promise<number>;
  readonly supervise: (spec: ProcessSpec) => SupervisedProcess;
  readonly say: (sentence: string) => void;
};

const DATABASE = 'ecert';

/**
 * Effect: the configured database, or the embedded one with its roles, answers and has this program's schema.
 * Out: its addresses. Throws StartFailure with the next step when it does not answer or its schema is newer
 * than this program, or older and nobody may migrate it.
 */
export async function startDatabase(start: DatabaseStart): Promise<StartedDatabase> {
  const { appUrl, migratorUrl, auditorUrl } = start.config.database;
  if (appUrl === undefined) return startEmbedded(start);
  await bringSchemaUp(appUrl, migratorUrl, start.say);
  return { appUrl, migratorUrl, auditorUrl };
}

async function startEmbedded(start: DatabaseStart): Promise<StartedDatabase> {
  const { folders, secrets, account, say } = start;
  if (folders.closedFolder !== undefined) {
    say(`postgres 用户不能通过 ${folders.closedFolder},数据库数据放在 ${folders.postgres}。`);
  }
  const options = {
    binaries: postgresBinaries(start.checkout, account, folders.postgresPrograms),
    account,
    folder: folders.postgres,
    port: await start.portOf('postgres'),
    superuserPassword: secrets.text('postgres-superuser'),
    logFile: join(folders.logs, 'postgres.log'),
    runFolder: folders.run,
  };
  if (!existsSync(folders.postgres)) say('首次启动:建立数据库……');
  await ensureCluster(options);
  await start.supervise(postgresProcess(options)).start();
  const superuser = superuserUrl(options.port, options.superuserPassword);
  const urls: RoleUrls = roleUrls(superuser, DATABASE, {
    migrator: secrets.text('postgres-migrator'),
    app: secrets.text('postgres-app'),
    auditor: secrets.text('postgres-auditor'),
  });
  await ensureRolesAndDatabase(superuser, urls);
  await bringSchemaUp(urls.appUrl, urls.migratorUrl, say);
  return urls;
}

async function bringSchemaUp(
  appUrl: string,
  migratorUrl: string | undefined,
  say: (sentence: string) => void,
): Promise<void> {
  const state = await schemaState(migratorUrl ?? appUrl).catch((fault: unknown) => {
    throw new StartFailure(
      `数据库连接不上:${fault instanceof Error ? fault.message : String(fault)}。请检查 DATABASE_URL 和 DATABASE_MIGRATOR_URL。`,
      'the database does not answer: check DATABASE_URL and DATABASE_MIGRATOR_URL.',
      fault,
    );
  });
  switch (state.kind) {
    case 'current':
      return;
    case 'ahead':
      throw new StartFailure(
        `数据库已由更新版本的程序升级(${state.unknown.join('、')}),请使用新版本程序;数据没有被改动。`,
        'a newer program has migrated this database; use that one. Nothing was changed.',
      );
    case 'behind':
      if (migratorUrl === undefined) {
        throw new StartFailure(
          `数据库结构较旧,缺少 ${state.missing.length} 项迁移。请设置 DATABASE_MIGRATOR_URL 并执行 npm run migrate。`,
          'the schema is older than this program: run npm run migrate with DATABASE_MIGRATOR_URL.',
        );
      }
      say(`数据库结构升级:${state.missing.length} 项……`);
      await migrateToLatest(migratorUrl);
  }
}
