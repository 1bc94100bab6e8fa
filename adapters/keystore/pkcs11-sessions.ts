import { loadPkcs11, type Pkcs11Handle, type Pkcs11Library, pkcs11, pkcs11Code } from './pkcs11-module';

/** Which token of which library, and what opens it. */
export interface Pkcs11Token {
  /** The vendor's library. */
  readonly modulePath: string;
  readonly tokenLabel: string;
  readonly pin: string;
  /** Signatures that may run side by side in the token. */
  readonly sessions?: number;
}

/** The public half of an RSA key as the token tells it: magnitudes, big-endian. */
export interface TokenRsaPublicKey {
  readonly modulus: Uint8Array;
  readonly exponent: Uint8Array;
}

const DEFAULT_SESSIONS = 4;
const MAX_SIGNATURE_BYTES = 1024;

interface TokenSession {
  readonly handle: Pkcs11Handle;
  readonly keys: Map<string, Pkcs11Handle>;
}

/**
 * Sessions of one token, opened when they are needed and used again. The library is loaded at the first use; whatever
 * fails is thrown, and the next call starts afresh.
 */
export class Pkcs11Sessions {
  private readonly token: Pkcs11Token;
  private library: Promise<Pkcs11Library> | undefined;
  private readonly idle: TokenSession[] = [];
  private readonly waiting: ((session: TokenSession | undefined) => void)[] = [];
  private open = 0;
  private isPinWrong = false;

  constructor(token: Pkcs11Token) {
    this.token = token;
  }

  /** PKCS #1 v1.5 with SHA-256 over the message, by the private key of this label. Throws when there is none, or two. */
  async sign(label: string, message: Uint8Array): Promise<Uint8Array> {
    return this.within(async (library, session) => {
      const key = findOne(library, session, pkcs11.classPrivateKey, label);
      library.C_SignInit(session.handle, { mechanism: pkcs11.sha256RsaPkcs }, key);
      const room = Buffer.alloc(MAX_SIGNATURE_BYTES);
      return Uint8Array.from(await library.C_SignAsync(session.handle, Buffer.from(message), room));
    });
  }

  /** The public key object of this label. Throws when the token holds none, or two, or one that is not RSA. */
  async publicKey(label: string): Promise<TokenRsaPublicKey> {
    return this.within(async (library, session) => {
      const key = findOne(library, session, pkcs11.classPublicKey, label);
      const [modulus, exponent] = library
        .C_GetAttributeValue(session.handle, key, [
          { type: pkcs11.attributeModulus },
          { type: pkcs11.attributePublicExponent },
        ])
        .map(({ value }) => value);
      if (!Buffer.isBuffer(modulus) || !Buffer.isBuffer(exponent)) {
        throw new Error(`the public key labelled ${label} is not an RSA key`);
      }
      return { modulus: Uint8Array.from(modulus), exponent: Uint8Array.from(exponent) };
    });
  }

  private async within<Value>(
    work: (library: Pkcs11Library, session: TokenSession) => Promise<Value>,
  ): Promise<Value> {
    const library = await this.loadedLibrary();
    const session = await this.takeSession(library);
    try {
      const value = await work(library, session);
      this.giveBack(session);
      return value;
    } catch (fault) {
      this.discard(library, session);
      throw fault;
    }
  }

  private loadedLibrary(): Promise<Pkcs11Library> {
    this.library ??= loadPkcs11(this.token.modulePath).catch((fault: unknown) => {
      this.library = undefined;
      throw fault;
    });
    return this.library;
  }

  private openSession(library: Pkcs11Library): TokenSession {
    const { tokenLabel, pin } = this.token;
    const slot = library
      .C_GetSlotList(true)
      .find((candidate) => library.C_GetTokenInfo(candidate).label.replace(/[\0 ]+$/, '') === tokenLabel);
    if (slot === undefined) throw new Error(`no token is named ${tokenLabel}`);
    const handle = library.C_OpenSession(slot, pkcs11.serialSession);
    try {
      this.logIn(library, handle, pin);
    } catch (fault) {
      library.C_CloseSession(handle);
      throw fault;
    }
    return { handle, keys: new Map() };
  }

  /** A few wrong tries lock a token for good, and what waits for a seal tries again and again: one wrong try is enough. */
  private logIn(library: Pkcs11Library, handle: Pkcs11Handle, pin: string): void {
    if (this.isPinWrong) throw new Error('the token refused the PIN; it is not tried again before a restart');
    try {
      library.C_Login(handle, pkcs11.userTypeUser, pin);
    } catch (fault) {
      const code = pkcs11Code(fault);
      // Logging in counts for the whole process; the first session has done it.
      if (code === pkcs11.alreadyLoggedIn) return;
      this.isPinWrong = code === pkcs11.pinIncorrect || code === pkcs11.pinLocked;
      throw fault;
    }
  }

  /** A session of one's own: PKCS #11 knows one operation per session at a time. */
  private async takeSession(library: Pkcs11Library): Promise<TokenSession> {
    const free = this.idle.pop();
    if (free !== undefined) return free;
    if (this.open >= (this.token.sessions ?? DEFAULT_SESSIONS)) {
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
}

function findOne(
  library: Pkcs11Library,
  session: TokenSession,
  objectClass: number,
  label: string,
): Pkcs11Handle {
  const name = `${objectClass} ${label}`;
  const known = session.keys.get(name);
  if (known !== undefined) return known;
  library.C_FindObjectsInit(session.handle, [
    { type: pkcs11.attributeClass, value: objectClass },
    { type: pkcs11.attributeLabel, value: label },
  ]);
  const [key, second] = library.C_FindObjects(session.handle, 2);
  library.C_FindObjectsFinal(session.handle);
  const kind = objectClass === pkcs11.classPublicKey ? 'public' : 'private';
  if (key === undefined) throw new Error(`the token holds no ${kind} key labelled ${label}`);
  if (second !== undefined) throw new Error(`the token holds two ${kind} keys labelled ${label}`);
  session.keys.set(name, key);
  return key;
}
