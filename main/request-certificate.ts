import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { CertificateRequestKey } from '../adapters/keystore/certificate-request-key';
import { openPkcs11RequestKey } from '../adapters/keystore/pkcs11-request-key';
import { createSoftwareKeyStore } from '../adapters/keystore/software-key-store';
import { openSoftwareRequestKey } from '../adapters/keystore/software-request-key';
import { writeCertificateRequest } from '../adapters/keystore/write-certificate-request';
import { writePemBlock } from '../adapters/trust/pem-blocks';
import { parseUnifiedCreditCode } from '../domain/certificate/unified-credit-code';
import { findForbiddenCharacter } from '../domain/shared/forbidden-character';
import { type Config, describeProblems, parseConfig } from './config';
import { keyStoreFolder } from './foundation';
import { readTokenKeys, tokenOf } from './key-stores';
import { openSecrets } from './secrets';

const USAGE =
  '用法：npm run request-certificate -- --key 密钥编号 --name 单位名称 --credit-code 统一社会信用代码 [--out 文件]';
/** ub-organization-name and ub-common-name of RFC 5280, in characters. */
const MAX_NAME = 64;

/** Writes a certification request (PKCS #10) for an RSA key of a token or, for tests, of the software store. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      key: { type: 'string' },
      name: { type: 'string' },
      'credit-code': { type: 'string' },
      out: { type: 'string' },
    },
  });
  const { key: keyId, name, 'credit-code': code } = values;
  if (keyId === undefined || name === undefined || code === undefined) throw new Error(USAGE);
  const problem = nameProblem(name);
  if (problem !== null) throw new Error(problem);
  const creditCode = parseUnifiedCreditCode(code);
  if (!creditCode.ok) throw new Error(`${creditCode.refusal.expected}。`);
  const config = parseConfig(process.env, 'tool');
  if (!config.ok) throw new Error(describeProblems(config.refusal));
  const key = await openKey(config.value, keyId);
  const der = await writeCertificateRequest(key, { name, creditCode: creditCode.value });
  const pem = writePemBlock({ label: 'CERTIFICATE REQUEST', der });
  if (values.out === undefined) {
    process.stdout.write(pem);
    return;
  }
  // A request that lies there already may be at the authority: it is not replaced unseen.
  await writeFile(values.out, pem, { flag: 'wx' });
  console.log(`证书申请已写入 ${values.out}，请交电子认证服务机构。私钥没有离开密钥库。`);
}

function nameProblem(name: string): string | null {
  if (name.trim() !== name || name === '') return '单位名称不能为空，首尾不能有空格。';
  if ([...name].length > MAX_NAME) return `单位名称不能超过 ${MAX_NAME} 个字(RFC 5280)。`;
  const forbidden = findForbiddenCharacter(name, false);
  return forbidden === null ? null : `单位名称第 ${forbidden.position} 个字符不能用于证书。`;
}

async function openKey(config: Config, keyId: string): Promise<CertificateRequestKey> {
  const { pkcs11, software } = config.keyStores;
  const secrets = openSecrets(config.secretsDir, false);
  if (pkcs11 !== undefined) {
    const label = (await readTokenKeys(pkcs11.keysFile)).labels.get(keyId);
    if (label !== undefined) return openPkcs11RequestKey(tokenOf(pkcs11, secrets), label);
  }
  if (software) {
    const store = { folder: keyStoreFolder(config), keyRing: secrets.keyRing('key-store') };
    const keyIds = await createSoftwareKeyStore(store).keyIds();
    if (keyIds.includes(keyId)) return openSoftwareRequestKey(store, keyId);
  }
  throw new Error(
    `没有编号为 ${keyId} 的密钥：请在密码机密钥说明文件(PKCS11_KEYS)中写明其标签。统一用印服务的密钥由该服务自行申请证书，不经本命令。`,
  );
}

main().catch((fault: unknown) => {
  console.error(fault instanceof Error ? fault.message : fault);
  process.exitCode = 1;
});
