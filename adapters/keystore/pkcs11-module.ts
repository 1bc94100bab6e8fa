import { z } from 'zod';

export type Pkcs11Handle = Buffer;

export interface Pkcs11Attribute {
  readonly type: number;
  readonly value?: number | boolean | string | Buffer;
}

/** What this store uses of PKCS #11 v2.40, as the optional package `pkcs11js` offers it. */
export interface Pkcs11Library {
  load(path: string): void;
  C_Initialize(options?: { readonly flags: number }): void;
  C_Finalize(): void;
  C_GetSlotList(tokenPresent: boolean): Pkcs11Handle[];
  C_GetTokenInfo(slot: Pkcs11Handle): { readonly label: string };
  C_OpenSession(slot: Pkcs11Handle, flags: number): Pkcs11Handle;
  C_CloseSession(session: Pkcs11Handle): void;
  C_Login(session: Pkcs11Handle, userType: number, pin: string): void;
  C_FindObjectsInit(session: Pkcs11Handle, template: readonly Pkcs11Attribute[]): void;
  C_FindObjects(session: Pkcs11Handle, limit: number): Pkcs11Handle[];
  C_FindObjectsFinal(session: Pkcs11Handle): void;
  C_GetAttributeValue(
    session: Pkcs11Handle,
    object: Pkcs11Handle,
    template: readonly Pkcs11Attribute[],
  ): readonly Pkcs11Attribute[];
  C_SignInit(session: Pkcs11Handle, mechanism: { readonly mechanism: number }, key: Pkcs11Handle): void;
  C_SignAsync(session: Pkcs11Handle, data: Buffer, room: Buffer): Promise<Buffer>;
}

/** Numbers of the standard (PKCS #11 v2.40, pkcs11t.h). */
export const pkcs11 = {
  osLocking: 0x2,
  serialSession: 0x4,
  userTypeUser: 1,
  attributeClass: 0x0,
  attributeLabel: 0x3,
  attributeModulus: 0x120,
  attributePublicExponent: 0x122,
  classPublicKey: 0x2,
  classPrivateKey: 0x3,
  sha256RsaPkcs: 0x40,
  pinIncorrect: 0xa0,
  pinLocked: 0xa4,
  alreadyLoggedIn: 0x100,
  alreadyInitialised: 0x191,
} as const;

const fault = z.object({ code: z.number() });

/** Code of a PKCS #11 fault; undefined for any other error. */
export function pkcs11Code(error: unknown): number | undefined {
  const parsed = fault.safeParse(error);
  return parsed.success ? parsed.data.code : undefined;
}

type LibraryConstructor = new () => Pkcs11Library;

function isConstructor(value: unknown): value is LibraryConstructor {
  return typeof value === 'function';
}

/** A variable, so that the compiler does not demand a package that may be absent where no compiler for it was. */
const OPTIONAL_PACKAGE: string = 'pkcs11js';

/**
 * Loads the optional package and the vendor's library.
 * @returns the library, initialised for several threads. Rejects with an Error that names what is missing.
 */
export async function loadPkcs11(modulePath: string): Promise<Pkcs11Library> {
  let loaded: { readonly PKCS11?: unknown; readonly default?: { readonly PKCS11?: unknown } };
  try {
    // Not import(): the compiled program finds its packages by NODE_PATH, which only require() follows.
    loaded = require(OPTIONAL_PACKAGE);
  } catch (cause) {
    throw new Error('the optional package pkcs11js is not installed (it needs a C++ compiler)', { cause });
  }
  const libraryClass = loaded.PKCS11 ?? loaded.default?.PKCS11;
  if (!isConstructor(libraryClass)) throw new Error('pkcs11js does not offer what it should');
  const library = new libraryClass();
  if (!('C_SignAsync' in library)) throw new Error('this pkcs11js is too old: it cannot sign asynchronously');
  library.load(modulePath);
  try {
    library.C_Initialize({ flags: pkcs11.osLocking });
  } catch (error) {
    if (pkcs11Code(error) !== pkcs11.alreadyInitialised) throw error;
  }
  return library;
}
