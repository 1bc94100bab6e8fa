import { join } from 'node:path';
import type { Logger } from 'pino';
import { deriveDataKeys } from '../adapters/cipher/data-keys';
import { Sm3RowIntegrity } from '../adapters/cipher/row-integrity';
import { Sm4PersonalDataCipher } from '../adapters/cipher/sm4-personal-data-cipher';
import { systemClock } from '../adapters/clock/system-clock';
import type { SoftwareKeyStore } from '../adapters/keystore/software-key-store';
import type { Register } from '../adapters/postgres/register/register';
import { durabilityProblems, openRegister } from '../adapters/postgres/register/register';
import { FolderFileStore } from '../adapters/storage/folder-file-store';
import { readTrustFolder } from '../adapters/trust/trust-folder';
import { sm2SelfTest } from '../documents/sm/sm2';
import type { Clock } from '../ports/clock';
import type { FileStore } from '../ports/file-store';
import type { PersonalDataCipher, RowIntegrity } from '../ports/personal-data-cipher';
import type { Sealer } from '../ports/sealer';
import type { VerificationDesk } from '../ports/verification-desk';
import type { ServiceConfig } from './config';
import { isDemonstrationPresent } from './demonstration/demonstration-present';
import { StartFailure } from './engines/start-failure';
import { openKeyStores } from './key-stores';
import { openSecrets } from './secrets';

/** What API, worker and commands all stand on. */
export interface Foundation {
  readonly config: ServiceConfig;
  readonly clock: Clock;
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly files: FileStore;
  /** The only way to a private key, wherever it lies. */
  readonly sealer: Sealer;
  /** The demonstration makes its keys here; null where the software store is off. Nothing else may use it. */
  readonly softwareKeys: SoftwareKeyStore | null;
  readonly trust: VerificationDesk['trust'];
  readonly reportFault: (fault: unknown) => void;
  close(): Promise<void>;
}

/** How long a process may go on judging by trust that was replaced in its folder. */
const TRUST_REREAD_MS = 30_000;

const SOFTWARE_KEYS_WARNING =
  '软件密钥库已启用(SOFTWARE_KEYS=test-only)：仅供测试，以其中密钥签章的证照不得作为正式证照。test only: software keys.';

/** Folder of trust anchors and revocation lists (PEM) by which files are judged. */
export function trustFolder(config: Pick<ServiceConfig, 'dataDir'>): string {
  return join(config.dataDir, 'trust');
}

/** Folder of the software key store, which is for tests and the demonstration only. */
export function keyStoreFolder(config: Pick<ServiceConfig, 'secretsDir'>): string {
  return join(config.secretsDir, 'test-only-keys');
}

/**
 * Opens everything that a process needs of the register, the keys and the files. Refuses, in words, a database that
 * could lose what was acknowledged, a role that no scope binds, and a machine on which SM2 does not pass its self-test.
 */
export async function openFoundation(config: ServiceConfig, log: Logger): Promise<Foundation> {
  const selfTest = sm2SelfTest();
  if (!selfTest.native && !selfTest.fallback) {
    throw new StartFailure(
      'SM2 自检未通过，不能签章，已停止启动。',
      'the SM2 self-test failed in both ways.',
    );
  }
  const register = await openRegister(config.database.appUrl, { poolMax: config.database.poolSize });
  const problems = await durabilityProblems(register);
  if (problems.length > 0) {
    await register.destroy();
    throw new StartFailure(
      `数据库设置可能丢失已受理的数据，已停止启动：${problems.join('；')}`,
      `the database could lose acknowledged data: ${problems.join('; ')}`,
    );
  }
  if (config.mode === 'production' && (await isDemonstrationPresent(register))) {
    await register.destroy();
    throw new StartFailure(
      '数据库中有演示账号和演示数据，其口令人人皆知，生产环境拒绝启动；请使用新的数据库。',
      'the register holds the demonstration, whose passwords everybody knows: production needs a new database.',
    );
  }
  const secrets = openSecrets(config.secretsDir, config.mode !== 'production');
  const lookupRing = secrets.keyRing('personal-lookup');
  const clock = systemClock(config.clock);
  const { keyStores } = config;
  if (keyStores.software && config.mode === 'production') log.warn(SOFTWARE_KEYS_WARNING);
  const { sealer, softwareKeys } = await openKeyStores({
    config: keyStores,
    softwareFolder: keyStoreFolder(config),
    secrets,
    clock,
    warn: (sentence) => log.warn(sentence),
  }).catch(async (fault: unknown) => {
    await register.destroy();
    throw fault;
  });
  return {
    config,
    clock,
    register,
    cipher: new Sm4PersonalDataCipher(deriveDataKeys(secrets.keyRing('personal-fields'), lookupRing)),
    integrity: new Sm3RowIntegrity(deriveDataKeys(secrets.keyRing('row-integrity'), lookupRing)),
    files: await FolderFileStore.open(join(config.dataDir, 'files')),
    sealer,
    softwareKeys,
    trust: rereadTrust(trustFolder(config)),
    reportFault: (fault) => log.error({ err: fault }, 'background fault'),
    close: () => register.destroy(),
  };
}

/** Trust is small and asked for at every verification: kept, and read anew from time to time. */
function rereadTrust(folder: string): VerificationDesk['trust'] {
  let kept: { readonly readAtMs: number; readonly trust: ReturnType<VerificationDesk['trust']> } | null =
    null;
  return () => {
    const nowMs = performance.now();
    if (kept === null || nowMs - kept.readAtMs > TRUST_REREAD_MS) {
      kept = { readAtMs: nowMs, trust: readTrustFolder(folder) };
    }
    return kept.trust;
  };
}
