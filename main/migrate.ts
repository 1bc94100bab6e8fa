import { describeProblems, parseConfig, parseMigrateConfig } from './config';
import { withRunningStack } from './connections';
import { ensureRolesAndDatabase } from './engines/database-roles';
import { migrateToLatest, schemaState } from './migrate-database';

/**
 * `npm run migrate`: brings the configured database (or that of the stack which runs here) to this program's
 * schema. With DATABASE_SUPERUSER_URL roles and database are made first, from the three other addresses.
 */
async function main(): Promise<void> {
  const found = parseConfig(process.env, 'tool');
  const environment = found.ok ? withRunningStack(process.env, found.value.dataDir) : process.env;
  const config = parseMigrateConfig(environment);
  if (!config.ok) throw new Error(describeProblems(config.refusal));
  const { superuserUrl, migratorUrl, appUrl, auditorUrl } = config.value.database;
  if (superuserUrl !== undefined) {
    if (appUrl === undefined || auditorUrl === undefined) {
      throw new Error('建立角色还需要 DATABASE_URL 和 DATABASE_AUDITOR_URL。');
    }
    await ensureRolesAndDatabase(superuserUrl, { migratorUrl, appUrl, auditorUrl });
    console.log('角色和数据库已就绪。');
  }
  const state = await schemaState(migratorUrl);
  if (state.kind === 'ahead') {
    throw new Error(`数据库已由更新版本的程序升级(${state.unknown.join('、')}),没有改动任何数据。`);
  }
  const applied = await migrateToLatest(migratorUrl);
  console.log(
    applied.length === 0 ? '数据库结构已是最新。' : `已执行 ${applied.length} 项迁移:${applied.join('、')}`,
  );
}

main().catch((fault: unknown) => {
  console.error(fault instanceof Error ? fault.message : fault);
  process.exitCode = 1;
});
