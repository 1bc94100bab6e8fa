import { readFile } from 'node:fs/promises';
import { OutsideSystemFault } from '../adapters/http/send-request';
import { createPkcs11KeyStore } from '../adapters/keystore/pkcs11-key-store';
import type { Pkcs11Token } from '../adapters/keystore/pkcs11-sessions';
import { type Pkcs11KeyList, readPkcs11Keys } from '../adapters/keystore/read-pkcs11-keys';
import { createRemoteSealService } from '../adapters/keystore/remote-seal-service';
import { findDoubleKey, type KeyHolder, routeSealer } from '../adapters/keystore/route-sealer';
import { createSoftwareKeyStore, type SoftwareKeyStore } from '../adapters/keystore/software-key-store';
import type { Clock } from '../ports/clock';
import type { Sealer } from '../ports/sealer';
import { StartFailure } from './engines/start-failure';
import type { KeyStoreConfig } from './key-store-config';
import type { Secrets } from './secrets';

/** The stores of the installation behind one port. */
export interface KeyStores {
  readonly sealer: Sealer;
  /** Where the demonstration makes its keys; null: it is off. */
  readonly softwareKeys: SoftwareKeyStore | null;
}

export interface KeyStoreParts {
  readonly config: KeyStoreConfig;
  /** Folder of the software store. */
  readonly softwareFolder: string;
  readonly secrets: Secrets;
  readonly clock: Clock;
  /** Takes what an operator must know although the start goes on. */
  readonly warn: (sentence: string) => void;
}

/**
 * In: an open installation. Out: the store in which the demonstration makes its keys. Throws StartFailure where it is off,
 * as it is in production.
 */
export function demonstrationKeys({ softwareKeys }: Pick<KeyStores, 'softwareKeys'>): SoftwareKeyStore {
  if (softwareKeys !== null) return softwareKeys;
  throw new StartFailure(
    '演示数据的密钥在软件密钥库中，而它没有启用(SOFTWARE_KEYS)。',
    'the demonstration keeps its keys in the software store, which is off (SOFTWARE_KEYS).',
  );
}

/** The name by which the outside systems know us. */
const OUTSIDE_KEY_ID = 'ecert';
/** A start does not hang on a system of others: what it could not tell is said, and its keys are asked for later. */
const START_TIMEOUT_MS = 3_000;
const REMOTE = '统一用印服务';

/**
 * Opens every store that is configured. Throws StartFailure for a description of keys that cannot be read, a missing PIN or
 * shared key, a key id that two stores claim, and an event-log key that is nowhere or cannot sign it. A token or a service
 * out of reach does not stop the start: what is to be sealed waits, and is tried again.
 */
export async function openKeyStores(parts: KeyStoreParts): Promise<KeyStores> {
  const { config, secrets, clock, warn } = parts;
  const softwareKeys = config.software
    ? createSoftwareKeyStore({ folder: parts.softwareFolder, keyRing: secrets.keyRing('key-store') })
    : null;
  const token = config.pkcs11 === undefined ? null : await openToken(config.pkcs11, secrets);
  const declared: readonly KeyHolder[] = [
    ...(token === null ? [] : [token]),
    ...(softwareKeys === null
      ? []
      : [{ name: '软件密钥库', sealer: softwareKeys, keyIds: () => softwareKeys.keyIds() }]),
  ];
  const service = config.sealServiceUrl === undefined ? null : remoteOptions(config.sealServiceUrl);
  const last = service === null ? null : { name: REMOTE, sealer: createRemoteSealService(service) };
  await refuseDoubleKeys([...declared, ...(service === null ? [] : [await whatItDeclares(service)])]);
  const sealer = routeSealer({ declared, last });
  if (softwareKeys === null) await refuseUnfitLogKey(sealer, config.eventLogKeyId, warn);
  return { sealer, softwareKeys };

  function remoteOptions(url: string) {
    return { url, key: { keyId: OUTSIDE_KEY_ID, secret: secrets.text('outside-seal-service') }, clock };
  }

  async function whatItDeclares(
    options: ReturnType<typeof remoteOptions>,
  ): Promise<Omit<KeyHolder, 'sealer'>> {
    try {
      const asked = createRemoteSealService({ ...options, timeoutMs: START_TIMEOUT_MS });
      const keyIds = await asked.keyIds();
      return { name: REMOTE, keyIds: async () => keyIds };
    } catch (fault) {
      if (!(fault instanceof OutsideSystemFault)) throw fault;
      warn(`${REMOTE}暂时无法连接，未能核对其密钥编号；密钥库中已有的编号以密钥库为准。(${fault.message})`);
      return { name: REMOTE, keyIds: async () => [] };
    }
  }
}

async function openToken(
  config: NonNullable<KeyStoreConfig['pkcs11']>,
  secrets: Secrets,
): Promise<KeyHolder> {
  const { keys } = await readTokenKeys(config.keysFile);
  const keyIds = keys.map(({ keyId }) => keyId);
  const sealer = createPkcs11KeyStore({ ...tokenOf(config, secrets), keys });
  return { name: `密码机 ${config.tokenLabel}`, sealer, keyIds: async () => keyIds };
}

/** The configured token with its PIN; throws StartFailure when the PIN's file is missing. */
export function tokenOf(config: NonNullable<KeyStoreConfig['pkcs11']>, secrets: Secrets): Pkcs11Token {
  const { modulePath, tokenLabel } = config;
  return { modulePath, tokenLabel, pin: secrets.text('pkcs11-pin') };
}

/** The keys that the file PKCS11_KEYS describes; throws StartFailure with every problem of it. */
export async function readTokenKeys(file: string): Promise<Pkcs11KeyList> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new StartFailure(
      `无法读取密码机密钥说明文件 ${file}(PKCS11_KEYS)。`,
      `the description of the token's keys, ${file} (PKCS11_KEYS), cannot be read.`,
      cause,
    );
  }
  const read = readPkcs11Keys(text);
  if (read.ok) return read.value;
  const problems = read.refusal.map((problem) => `\n  ${problem}`).join('');
  throw new StartFailure(
    `密码机密钥说明文件 ${file} 有 ${read.refusal.length} 处需要改正：${problems}`,
    `the description of the token's keys has ${read.refusal.length} problems.`,
  );
}

async function refuseDoubleKeys(holders: readonly Pick<KeyHolder, 'name' | 'keyIds'>[]): Promise<void> {
  const double = await findDoubleKey(holders);
  if (double === null) return;
  const { keyId, stores } = double;
  throw new StartFailure(
    `密钥编号 ${keyId} 同时出现在${stores[0]}和${stores[1]}中，无法确定用哪一把签章，已停止启动；请改其中一个编号。`,
    `the key id ${keyId} is claimed by two key stores.`,
  );
}

/** Events are evidence only when the head of their log is signed: a key that never can is found before the first one. */
async function refuseUnfitLogKey(
  sealer: Sealer,
  keyId: string | undefined,
  warn: KeyStoreParts['warn'],
): Promise<void> {
  if (keyId === undefined) return;
  const described = await sealer.describe(keyId).catch((fault: unknown) => {
    if (!(fault instanceof OutsideSystemFault)) throw fault;
    warn(`暂时无法核对事件日志的签名密钥 ${keyId}：${fault.message}`);
    return null;
  });
  if (described === null) return;
  if (!described.ok) {
    throw new StartFailure(
      `没有为事件日志签名的密钥 ${keyId}(EVENT_LOG_KEY)：${described.refusal.detail}。`,
      `the event log's key ${keyId} (EVENT_LOG_KEY) is in no store.`,
    );
  }
  if (described.value.kind === 'remote' && described.value.algorithm === 'sm2') {
    throw new StartFailure(
      `${REMOTE}的 SM2 密钥只给出成品电子签章，不能为事件日志签名；请为 EVENT_LOG_KEY 另选一把。`,
      `an SM2 key of the seal service answers finished seals and cannot sign the event log.`,
    );
  }
}
