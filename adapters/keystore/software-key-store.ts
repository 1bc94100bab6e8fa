import { createPrivateKey, type KeyObject, sign as signNative } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { oid } from '../../documents/pki/object-identifiers';
import { parseSigningCertificate } from '../../documents/pki/signing-certificate';
import { verifySignatureValue } from '../../documents/pki/verify-signature-value';
import { importSm2PrivateKey, type Sm2PrivateKey, sm2SelfTest } from '../../documents/sm/sm2';
import { accepted, type Result, refused } from '../../domain/shared/result';
import type {
  Sealer,
  SealerAnswer,
  SealerRefusal,
  SealerRequest,
  SealKeyDescription,
  SelfTestReport,
} from '../../ports/sealer';
import { checkDigest, isKeyId, sealerRefusal } from './check-request';
import {
  openSoftwareKey,
  SOFTWARE_KEY_SUFFIX,
  type SoftwareKey,
  type StoreKeyRing,
  sealSoftwareKey,
  softwareKeyPath,
  TEST_ONLY_NOTICE,
} from './software-key-file';

/** A key ready to sign; the private part was decrypted and imported once. */
interface LoadedKey {
  readonly key: SoftwareKey;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** A sealer that also takes in keys. */
export interface SoftwareKeyStore extends Sealer {
  /** Stores a key, flushed, after proving that it fits its certificate. Throws when it does not or when the id is taken. */
  addKey(key: Omit<SoftwareKey, 'stopped'>): Promise<void>;
  /** Stops or releases a key; at once in this process, in others when they next read the file. */
  setStopped(keyId: string, stopped: boolean): Promise<void>;
  keyIds(): Promise<readonly string[]>;
}

export interface SoftwareKeyStoreOptions {
  /** Made when missing, mode 0700. */
  readonly folder: string;
  readonly keyRing: StoreKeyRing;
}

/** RSA in the thread pool: 1.7 ms a signature would otherwise hold up every request of the process. */
function signRsa(key: KeyObject, message: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    signNative('sha256', message, key, (fault, signature) => {
      if (fault === null) resolve(signature);
      else reject(fault);
    });
  });
}

function load(key: SoftwareKey): LoadedKey {
  switch (key.algorithm) {
    case 'sm2': {
      const imported: Sm2PrivateKey = importSm2PrivateKey(key.privateKeyPkcs8);
      return { key, sign: async (message) => imported.sign(message) };
    }
    case 'rsa3072': {
      const imported = createPrivateKey({
        key: Buffer.from(key.privateKeyPkcs8),
        format: 'der',
        type: 'pkcs8',
      });
      return { key, sign: (message) => signRsa(imported, message) };
    }
  }
}

async function fitsCertificate({ key, sign }: LoadedKey): Promise<boolean> {
  const probe = Buffer.from('ecert key self-test');
  const { publicKey } = parseSigningCertificate(key.certificate);
  const algorithm = key.algorithm === 'sm2' ? oid.sm2WithSm3 : oid.sha256WithRsa;
  return verifySignatureValue(publicKey, algorithm, probe, await sign(probe)) === 'right';
}

async function writeFlushed(path: string, text: string, flag: 'wx' | 'w'): Promise<void> {
  const file = await open(path, flag, 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function isMissing(fault: unknown): boolean {
  return typeof fault === 'object' && fault !== null && 'code' in fault && fault.code === 'ENOENT';
}

class FolderKeyStore implements SoftwareKeyStore {
  private readonly options: SoftwareKeyStoreOptions;
  private readonly loaded = new Map<string, { readonly text: string; readonly key: LoadedKey }>();

  constructor(options: SoftwareKeyStoreOptions) {
    this.options = options;
  }

  private path(keyId: string): string {
    return softwareKeyPath(this.options.folder, keyId);
  }

  /** The file is read each time, so that a stop by another process holds at once; decrypting happens only when it changed. */
  private async find(keyId: string): Promise<Result<LoadedKey, SealerRefusal>> {
    const unknown = refused(sealerRefusal('keyUnknown', `没有编号为 ${keyId} 的印章密钥`));
    if (!isKeyId(keyId)) return refused(sealerRefusal('keyUnknown', '密钥编号不合规'));
    let text: string;
    try {
      text = await readFile(this.path(keyId), 'utf8');
    } catch (fault) {
      if (isMissing(fault)) return unknown;
      throw fault;
    }
    const known = this.loaded.get(keyId);
    if (known?.text === text) return accepted(known.key);
    const key = load(openSoftwareKey(text, this.options.keyRing));
    if (key.key.keyId !== keyId) throw new Error(`the file of key ${keyId} holds another key`);
    this.loaded.set(keyId, { text, key });
    return accepted(key);
  }

  async sign(request: SealerRequest): Promise<Result<SealerAnswer, SealerRefusal>> {
    const found = await this.find(request.keyId);
    if (!found.ok) return found;
    const { key } = found.value;
    if (key.stopped) return refused(sealerRefusal('keyStopped', `印章密钥 ${key.keyId} 已停用`));
    const expected = key.algorithm === 'sm2' ? 'sm2-sm3' : 'rsa-sha256';
    if (request.algorithm !== expected) {
      return refused(sealerRefusal('algorithmMismatch', `密钥 ${key.keyId} 只能用于 ${expected}`));
    }
    const mismatch = checkDigest(request);
    if (mismatch !== null) return refused(mismatch);
    return accepted({ kind: 'raw', value: await found.value.sign(request.toBeSigned) });
  }

  async describe(keyId: string): Promise<Result<SealKeyDescription, SealerRefusal>> {
    const found = await this.find(keyId);
    if (!found.ok) return found;
    const { algorithm, certificate, chain, stopped } = found.value.key;
    return accepted({
      keyId,
      algorithm,
      kind: 'software-test-only',
      notice: TEST_ONLY_NOTICE,
      certificate,
      chain,
      stopped,
    });
  }

  async selfTest(): Promise<SelfTestReport> {
    const { native, fallback } = sm2SelfTest();
    const engine = { name: 'sm2', passed: native || fallback, detail: native ? null : '仅备用实现可用' };
    const keys = await Promise.all((await this.keyIds()).map((keyId) => this.testKey(keyId)));
    const checks = [engine, ...keys];
    return { passed: checks.every(({ passed }) => passed), checks };
  }

  private async testKey(keyId: string): Promise<SelfTestReport['checks'][number]> {
    try {
      const found = await this.find(keyId);
      const passed = found.ok && (await fitsCertificate(found.value));
      return { name: keyId, passed, detail: passed ? null : '密钥与证书不符' };
    } catch (fault) {
      return { name: keyId, passed: false, detail: fault instanceof Error ? fault.message : '无法读取' };
    }
  }

  async addKey(key: Omit<SoftwareKey, 'stopped'>): Promise<void> {
    if (!isKeyId(key.keyId)) throw new RangeError('a key id has 1 to 64 letters, digits, dots, dashes');
    const complete: SoftwareKey = { ...key, stopped: false };
    if (!(await fitsCertificate(load(complete))))
      throw new Error(`key ${key.keyId} does not fit its certificate`);
    await mkdir(this.options.folder, { recursive: true, mode: 0o700 });
    await writeFlushed(this.path(key.keyId), sealSoftwareKey(complete, this.options.keyRing), 'wx');
  }

  async setStopped(keyId: string, stopped: boolean): Promise<void> {
    const found = await this.find(keyId);
    if (!found.ok) throw new Error(`no key ${keyId}`);
    const half = `${this.path(keyId)}.new`;
    await writeFlushed(half, sealSoftwareKey({ ...found.value.key, stopped }, this.options.keyRing), 'w');
    await rename(half, this.path(keyId));
  }

  async keyIds(): Promise<readonly string[]> {
    try {
      const names = await readdir(this.options.folder);
      return names
        .filter((name) => name.endsWith(SOFTWARE_KEY_SUFFIX))
        .map((name) => name.slice(0, -SOFTWARE_KEY_SUFFIX.length))
        .sort();
    } catch (fault) {
      if (isMissing(fault)) return [];
      throw fault;
    }
  }
}

/**
 * Seal keys in files, for tests and the demonstration only: description, file name and file say so. Private parts are
 * encrypted at rest under a key ring from the secrets folder; a key is read at its first use and stays imported.
 */
export function createSoftwareKeyStore(options: SoftwareKeyStoreOptions): SoftwareKeyStore {
  return new FolderKeyStore(options);
}
