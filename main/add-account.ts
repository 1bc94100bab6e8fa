import { parseArgs } from 'node:util';
import { addPerson } from '../adapters/postgres/organisation/add-person';
import { createLogger } from '../api/create-logger';
import { ROLES } from '../domain/shared/principal';
import { REFUSALS } from '../domain/shared/refusals';
import { describeProblems, parseConfig, parseServiceConfig } from './config';
import { withRunningStack } from './connections';
import { openFoundation } from './foundation';

const USAGE = `用法：npm run add-account -- --username 用户名 --name 姓名 --role 角色 [--authority 统一社会信用代码] [--area 区划代码] [--trade 条线]
角色：${ROLES.join('、')}`;

/** Adds one account to an installation and prints its password and second factor, once. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      username: { type: 'string' },
      name: { type: 'string' },
      role: { type: 'string' },
      authority: { type: 'string' },
      area: { type: 'string' },
      trade: { type: 'string' },
    },
  });
  const role = ROLES.find((candidate) => candidate === values.role);
  if (values.username === undefined || values.name === undefined || role === undefined)
    throw new Error(USAGE);
  const tool = parseConfig(process.env, 'tool');
  if (!tool.ok) throw new Error(describeProblems(tool.refusal));
  const config = parseServiceConfig(withRunningStack(process.env, tool.value.dataDir));
  if (!config.ok) throw new Error(describeProblems(config.refusal));
  const foundation = await openFoundation(config.value, createLogger('warn', 'add-account'));
  try {
    const added = await addPerson(foundation, {
      username: values.username,
      displayName: values.name,
      role,
      authorityCode: values.authority ?? null,
      areaCode: values.area ?? null,
      trade: values.trade ?? null,
    });
    if (!added.ok) throw new Error(REFUSALS[added.refusal.code].zh);
    console.log(
      `账号已建立。以下内容只显示一次：\n口令：${added.value.password}\n动态口令：${added.value.secondFactor}`,
    );
  } finally {
    await foundation.close();
  }
}

main().catch((fault: unknown) => {
  console.error(fault instanceof Error ? fault.message : fault);
  process.exitCode = 1;
});
