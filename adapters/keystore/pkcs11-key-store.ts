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
import { loadPkcs11, type Pkcs11Handle, type Pkcs11Library, pkcs11, pkcs11Code } from './pkcs11-module';

/** A key in the token and what belongs to it outside. */
export interface Pkcs11Key {
  readonly keyId: string;
  /** CKA_LABEL of the private key. */
  readonly label: string;
  readonly certificate: Uint8Array;
  readonly chain: readonly Uint8Array[];
  readonly stopped: boolean;
}

export interface Pkcs11KeyStoreOptions {
  /** The vendor's library. */
  readonly modulePath: string;
  readonly tokenLabel: string;
  readonly pin: string;
  readonly keys: readonly Pkcs11Key[];
  /** Signatures that may run side by side in the token. */
  readonly sessions?: number;
}

const DEFAULT_SESSIONS = 4;
const MAX_SIGNATURE_BYTES = 1024;

interface TokenSession {
  readonly handle: Pkcs11Handle;
  readonly keys: Map<string, Pkcs11Handle>;
}

class Pkcs11KeyStore implements Sealer {
  private readonly options: Pkcs11KeyStoreOptions;
  private library: Promise<Pkcs11Library> | undefined;
  private readonly idle: TokenSession[] = [];
  private readonly waiting: ((session: TokenSession | undefined) => void)[] = [];
  private open = 0;

  constructor(options: Pkcs11KeyStoreOptions) {
    this.options = options;
  }

  private loadedLibrary(): Promise<Pkcs11Library> {
    this.library ??= loadPkcs11(this.options.modulePath).catch((fault: unknown) => {
      this.library = undefined;
      throw fault;
    });
    return this.library;
  }

  private openSession(library: Pkcs11Library): TokenSession {
    const { tokenLabel, pin } = this.options;
    const slot = library
      .C_GetSlotList(true)
      .find((candidate) => library.C_GetTokenInfo(candidate).label.replace(/[\0 ]+$/, '') === tokenLabel);
    if (slot === undefined) throw new Error(`no token is named ${tokenLabel}`);
    const handle = library.C_OpenSession(slot, pkcs11.serialSession);
    try {
      library.C_Login(handle, pkcs11.userTypeUser, pin);
    } catch (fault) {
      // Logging in counts for the whole process; the first session has done it.
      if (pkcs11Code(fault) !== pkcs11.alreadyLoggedIn) throw fault;
    }
    return { handle, keys: new Map() };
  }

  /** A session of one's own: PKCS #11 knows one operation per session at a time. */
  private async takeSession(library: Pkcs11Library): Promise<TokenSession> {
    const free = this.idle.pop();
    if (free !== undefined) return free;
    if (this.open >= (this.options.sessions ?? DEFAULT_SESSIONS)) {
      const handed = await new Promise<TokenSession | undefined>((resolve) => this.waiting.push(resolve));
      if (handed !== undefined) return handed;
    }
    this.open += 1;
    try {
      return this.openSession(library);
    } catch (fault) {
      this.open -= 1;
      this.waiting.shift()?.(undefined);
      throw fault;
    }
  }

  private giveBack(session: TokenSession): void {
    const next = this.waiting.shift();
    if (next === undefined) this.idle.push(session);
    else next(session);
  }

  /** A session in which something failed may be in any state; the next caller gets a new one. */
  private discard(library: Pkcs11Library, session: TokenSession): void {
    this.open -= 1;
    try {
      library.C_CloseSession(session.handle);
    } catch {
      // The token may be gone together with the session.
    }
    this.waiting.shift()?.(undefined);
  }

  private findKey(library: Pkcs11Library, session: TokenSession, label: string): Pkcs11Handle {
    const known = session.keys.get(label);
    if (known !== undefined) return known;
    library.C_FindObjectsInit(session.handle, [
      { type: pkcs11.attributeClass, value: pkcs11.classPrivateKey },
      { type: pkcs11.attributeLabel, value: label },
    ]);
    const found = library.C_FindObjects(session.handle, 2);
    library.C_FindObjectsFinal(session.handle);
    const [key, second] = found;
    if (key === undefined) throw new Error(`the token holds no private key labelled ${label}`);
    if (second !== undefined) throw new Error(`the token holds two private keys labelled ${label}`);
    session.keys.set(label, key);
    return key;
  }

  private async signInToken(label: string, message: Uint8Array): Promise<Uint8Array> {
    const library = await this.loadedLibrary();
    const session = await this.takeSession(library);
    try {
      const key = this.findKey(library, session, label);
      library.C_SignInit(session.handle, { mechanism: pkcs11.sha256RsaPkcs }, key);
      const room = Buffer.alloc(MAX_SIGNATURE_BYTES);
      const signature = await library.C_SignAsync(session.handle, Buffer.from(message), room);
      this.giveBack(session);
      return Uint8Array.from(signature);
    } catch (fault) {
      this.discard(library, session);
      throw fault;
    }
  }

  private key(keyId: string): Result<Pkcs11Key, SealerRefusal> {
    const key = this.options.keys.find((candidate) => candidate.keyId === keyId);
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
    return accepted({ kind: 'raw', value: await this.signInToken(key.label, request.toBeSigned) });
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
    const checks = await Promise.all(this.options.keys.map((key) => this.testKey(key)));
    return { passed: checks.every(({ passed }) => passed), checks };
  }

  private async testKey(key: Pkcs11Key): Promise<SelfTestReport['checks'][number]> {
    try {
      const probe = Buffer.from('ecert key self-test');
      const { publicKey } = parseSigningCertificate(key.certificate);
      const signature = await this.signInToken(key.label, probe);
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
