import { oid } from '../../documents/pki/object-identifiers';
import { parseSigningCertificate } from '../../documents/pki/signing-certificate';
import { verifySignatureValue } from '../../documents/pki/verify-signature-value';
import { accepted, type Result, refused } from '../../domain/shared/result';
import type {
  Sealer,
  SealerAnswer,
  SealerRefusal,
  SealerRequest,
  SealKeyDescription,
  SelfTestReport,
} from '../../ports/sealer';
import { checkDigest, sealerRefusal } from './check-request';
import { Pkcs11Sessions, type Pkcs11Token } from './pkcs11-sessions';

/** A key in the token and what belongs to it outside. */
export interface Pkcs11Key {
  readonly keyId: string;
  /** CKA_LABEL of the private key. */
  readonly label: string;
  readonly certificate: Uint8Array;
  readonly chain: readonly Uint8Array[];
  readonly stopped: boolean;
}

export interface Pkcs11KeyStoreOptions extends Pkcs11Token {
  readonly keys: readonly Pkcs11Key[];
}

class Pkcs11KeyStore implements Sealer {
  private readonly keys: readonly Pkcs11Key[];
  private readonly token: Pkcs11Sessions;

  constructor(options: Pkcs11KeyStoreOptions) {
    this.keys = options.keys;
    this.token = new Pkcs11Sessions(options);
  }

  private key(keyId: string): Result<Pkcs11Key, SealerRefusal> {
    const key = this.keys.find((candidate) => candidate.keyId === keyId);
    return key === undefined
      ? refused(sealerRefusal('keyUnknown', '密码机中没有配置这枚印章的密钥'))
      : accepted(key);
  }

  async sign(request: SealerRequest): Promise<Result<SealerAnswer, SealerRefusal>> {
    const found = this.key(request.keyId);
    if (!found.ok) return found;
    const key = found.value;
    if (key.stopped) return refused(sealerRefusal('keyStopped', `印章密钥 ${key.keyId} 已停用`));
    if (request.algorithm !== 'rsa-sha256') {
      return refused(sealerRefusal('algorithmMismatch', `密钥 ${key.keyId} 只能用于 rsa-sha256`));
    }
    const mismatch = checkDigest(request);
    if (mismatch !== null) return refused(mismatch);
    return accepted({ kind: 'raw', value: await this.token.sign(key.label, request.toBeSigned) });
  }

  async describe(keyId: string): Promise<Result<SealKeyDescription, SealerRefusal>> {
    const found = this.key(keyId);
    if (!found.ok) return found;
    const { certificate, chain, stopped } = found.value;
    return accepted({
      keyId,
      algorithm: 'rsa3072',
      kind: 'pkcs11',
      notice: null,
      certificate,
      chain,
      stopped,
    });
  }

  async selfTest(): Promise<SelfTestReport> {
    const checks = await Promise.all(this.keys.map((key) => this.testKey(key)));
    return { passed: checks.every(({ passed }) => passed), checks };
  }

  private async testKey(key: Pkcs11Key): Promise<SelfTestReport['checks'][number]> {
    try {
      const probe = Buffer.from('ecert key self-test');
      const { publicKey } = parseSigningCertificate(key.certificate);
      const signature = await this.token.sign(key.label, probe);
      const right = verifySignatureValue(publicKey, oid.sha256WithRsa, probe, signature) === 'right';
      return { name: key.keyId, passed: right, detail: right ? null : '密钥与证书不符' };
    } catch (fault) {
      return { name: key.keyId, passed: false, detail: fault instanceof Error ? fault.message : '无法使用' };
    }
  }
}

/**
 * Seal keys in a hardware module or token behind PKCS #11: RSA with SHA-256. SM2 is refused: the standard has no
 * mechanism for it, and vendors' own differ. The library is loaded at the first use.
 */
export function createPkcs11KeyStore(options: Pkcs11KeyStoreOptions): Sealer {
  return new Pkcs11KeyStore(options);
}
