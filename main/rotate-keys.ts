import { deriveDataKeys } from '../adapters/cipher/data-keys';
import { Sm3RowIntegrity } from '../adapters/cipher/row-integrity';
import { Sm4PersonalDataCipher } from '../adapters/cipher/sm4-personal-data-cipher';
import { resealRows } from '../adapters/postgres/evidence/reseal-rows';
import { rotatePersonalData } from '../adapters/postgres/evidence/rotate-personal-data';
import { openRegister } from '../adapters/postgres/register/register';
import { describeProblems, parseConfig, parseServiceConfig } from './config';
import { withRunningStack } from './connections';
import { openSecrets } from './secrets';

const USAGE = `用法：
  npm run rotate-keys -- new    加入新密钥；随后重启接口与工作进程，使其认得新密钥
  npm run rotate-keys -- apply  全部密文与校验值改用当前密钥；可中断、可重复，不影响办理`;

/** Rotates the keys of personal fields and of row integrity in two steps, so that no running process meets a key that it does not know. */
async function main(): Promise<void> {
  const step = process.argv[2];
  const tool = parseConfig(process.env, 'tool');
  if (!tool.ok) throw new Error(describeProblems(tool.refusal));
  const secrets = openSecrets(tool.value.secretsDir, false);
  if (step === 'new') {
    console.log(
      `新密钥：个人信息 ${secrets.rotate('personal-fields')}，行完整性 ${secrets.rotate('row-integrity')}。`,
    );
    console.log('请备份密钥目录并重启接口与工作进程，然后执行 npm run rotate-keys -- apply。');
    return;
  }
  if (step !== 'apply') throw new Error(USAGE);
  const config = parseServiceConfig(withRunningStack(process.env, tool.value.dataDir));
  if (!config.ok) throw new Error(describeProblems(config.refusal));
  const lookupRing = secrets.keyRing('personal-lookup');
  const register = await openRegister(config.value.database.appUrl, {
    poolMax: 2,
    applicationName: 'ecert-rotate',
  });
  try {
    const cipher = new Sm4PersonalDataCipher(deriveDataKeys(secrets.keyRing('personal-fields'), lookupRing));
    for (const { column, rotated } of await rotatePersonalData(register, cipher)) {
      console.log(`${column}：${rotated} 行改用当前密钥`);
    }
    const integrity = new Sm3RowIntegrity(deriveDataKeys(secrets.keyRing('row-integrity'), lookupRing));
    console.log(`行完整性：${await resealRows(register, integrity)} 行重新计算`);
  } finally {
    await register.destroy();
  }
}

main().catch((fault: unknown) => {
  console.error(fault instanceof Error ? fault.message : fault);
  process.exitCode = 1;
});
