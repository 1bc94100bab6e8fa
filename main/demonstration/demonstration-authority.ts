import { createPrivateKey, generateKeyPair, randomBytes, sign as signNative } from 'node:crypto';
import { promisify } from 'node:util';
import { sealDigestHex } from '../../adapters/keystore/check-request';
import type { SoftwareKeyStore } from '../../adapters/keystore/software-key-store';
import {
  type CertificateProfile,
  issueRevocationList,
  issueSigningCertificate,
  type KeyAlgorithm,
  type SubjectKey,
  type SubjectName,
} from '../../documents/pki/certificate-authority';
import { parseSigningCertificate } from '../../documents/pki/signing-certificate';
import { generateSm2KeyPair, importSm2PrivateKey } from '../../documents/sm/sm2';
import { historyBeginsAt } from './demonstration-history';

/** A key of the store with its certificate (DER). */
export interface CertifiedKey {
  readonly keyId: string;
  readonly certificate: Uint8Array;
  readonly publicKey: SubjectKey;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** The demonstration's own certificate authority: one root of each algorithm, both for tests only. */
export interface DemonstrationAuthority {
  readonly roots: Readonly<Record<KeyAlgorithm, CertifiedKey>>;
  /** The key of this id, made and certified at the first call; from then on the same. */
  key(order: KeyOrder): Promise<CertifiedKey>;
  /** Fresh complete lists of both roots, naming no revocation. */
  revocationLists(thisUpdate: Date, nextUpdate: Date): Promise<readonly Uint8Array[]>;
}

export interface KeyOrder {
  readonly keyId: string;
  readonly algorithm: KeyAlgorithm;
  readonly profile: Exclude<CertificateProfile, 'authority'>;
  readonly subject: SubjectName;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const ORGANISATION = 'ecert 演示 (test only)';
const ROOT_NAMES: Readonly<Record<KeyAlgorithm, SubjectName>> = {
  sm2: { organization: ORGANISATION, commonName: '演示根证书 SM2 仅供测试' },
  rsa: { organization: ORGANISATION, commonName: '演示根证书 RSA 仅供测试' },
};
const ROOT_YEARS = 20;
const RSA_BITS = 3072;
const makeKeyPair = promisify(generateKeyPair);

interface NewKey {
  readonly privateKeyPkcs8: Uint8Array;
  readonly publicKey: SubjectKey;
}

/**
 * In: the software key store and the present instant. Out: the authority whose roots lie in the store under
 * `demo-root-sm2` and `demo-root-rsa`; made at the first call. Of several processes that make a key at the same time
 * all end with the one that was stored first.
 */
export async function openDemonstrationAuthority(
  store: SoftwareKeyStore,
  now: Date,
): Promise<DemonstrationAuthority> {
  const roots = { sm2: await openRoot(store, 'sm2', now), rsa: await openRoot(store, 'rsa', now) };
  return {
    roots,
    key: (order) =>
      findOrMake(store, order.keyId, order.algorithm, (made) =>
        issueSigningCertificate({
          ...order,
          subjectKey: made.publicKey,
          issuer: ROOT_NAMES[order.algorithm],
          issuerKey: { algorithm: order.algorithm, sign: roots[order.algorithm].sign },
          issuerPublicKey: roots[order.algorithm].publicKey,
          serialHex: newSerialHex(),
        }),
      ),
    revocationLists: (thisUpdate, nextUpdate) =>
      Promise.all(
        (['sm2', 'rsa'] as const).map((algorithm) =>
          issueRevocationList({
            issuer: ROOT_NAMES[algorithm],
            issuerKey: { algorithm, sign: roots[algorithm].sign },
            issuerPublicKey: roots[algorithm].publicKey,
            listNumber: Math.floor(thisUpdate.getTime() / 1000),
            thisUpdate,
            nextUpdate,
            revoked: [],
          }),
        ),
      ),
  };
}

function openRoot(store: SoftwareKeyStore, algorithm: KeyAlgorithm, now: Date): Promise<CertifiedKey> {
  return findOrMake(store, `demo-root-${algorithm}`, algorithm, (made) =>
    issueSigningCertificate({
      profile: 'authority',
      subject: ROOT_NAMES[algorithm],
      subjectKey: made.publicKey,
      issuer: ROOT_NAMES[algorithm],
      issuerKey: { algorithm, sign: made.sign },
      issuerPublicKey: made.publicKey,
      serialHex: newSerialHex(),
      // What the demonstration's past was sealed with is signed by this root, too.
      notBefore: historyBeginsAt(now),
      notAfter: yearsLater(now, ROOT_YEARS),
      pathLength: 0,
    }),
  );
}

/** The same day and time so many years on; a 29 February becomes 1 March. */
export function yearsLater(from: Date, years: number): Date {
  const later = new Date(from);
  later.setUTCFullYear(later.getUTCFullYear() + years);
  return later;
}

async function findOrMake(
  store: SoftwareKeyStore,
  keyId: string,
  algorithm: KeyAlgorithm,
  certify: (made: NewKey & { sign(bytes: Uint8Array): Promise<Uint8Array> }) => Promise<Uint8Array>,
): Promise<CertifiedKey> {
  const found = await find(store, keyId, algorithm);
  if (found !== null) return found;
  const made = await makeKey(algorithm);
  const certificate = await certify({ ...made, sign: signerOf(algorithm, made.privateKeyPkcs8) });
  try {
    await store.addKey({
      keyId,
      algorithm: algorithm === 'sm2' ? 'sm2' : 'rsa3072',
      privateKeyPkcs8: made.privateKeyPkcs8,
      certificate,
      chain: [],
    });
  } catch (fault) {
    if (!isTaken(fault)) throw fault;
  }
  const stored = await find(store, keyId, algorithm);
  if (stored === null) throw new Error(`key ${keyId} was stored and is not there`);
  return stored;
}

async function find(
  store: SoftwareKeyStore,
  keyId: string,
  algorithm: KeyAlgorithm,
): Promise<CertifiedKey | null> {
  const description = await store.describe(keyId);
  if (!description.ok) return null;
  const { certificate } = description.value;
  const { publicKey } = parseSigningCertificate(certificate);
  if (publicKey.kind !== algorithm) throw new Error(`key ${keyId} is not of ${algorithm}`);
  return { keyId, certificate, publicKey, sign: (bytes) => signWith(store, keyId, algorithm, bytes) };
}

async function signWith(
  store: SoftwareKeyStore,
  keyId: string,
  algorithm: KeyAlgorithm,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const sealAlgorithm = algorithm === 'sm2' ? 'sm2-sm3' : 'rsa-sha256';
  const answer = await store.sign({
    requestId: randomBytes(16).toString('hex'),
    keyId,
    algorithm: sealAlgorithm,
    digestHex: sealDigestHex(sealAlgorithm, bytes),
    toBeSigned: bytes,
  });
  if (!answer.ok) throw new Error(`key ${keyId}: ${answer.refusal.detail}`);
  return answer.value.value;
}

async function makeKey(algorithm: KeyAlgorithm): Promise<NewKey> {
  switch (algorithm) {
    case 'sm2': {
      const { privateKeyPkcs8, publicPoint } = generateSm2KeyPair();
      return { privateKeyPkcs8, publicKey: { kind: 'sm2', point: publicPoint } };
    }
    case 'rsa': {
      const pair = await makeKeyPair('rsa', { modulusLength: RSA_BITS });
      return {
        privateKeyPkcs8: pair.privateKey.export({ format: 'der', type: 'pkcs8' }),
        publicKey: { kind: 'rsa', spki: pair.publicKey.export({ format: 'der', type: 'spki' }) },
      };
    }
  }
}

/** Signs with a key that is not in the store yet: a root signs its own certificate. */
function signerOf(algorithm: KeyAlgorithm, privateKeyPkcs8: Uint8Array): CertifiedKey['sign'] {
  switch (algorithm) {
    case 'sm2': {
      const key = importSm2PrivateKey(privateKeyPkcs8);
      return async (bytes) => key.sign(bytes);
    }
    case 'rsa': {
      const key = createPrivateKey({ key: Buffer.from(privateKeyPkcs8), format: 'der', type: 'pkcs8' });
      return async (bytes) => signNative('sha256', bytes, key);
    }
  }
}

/** 127 random bits: positive, and more than the 64 that the CA/Browser Forum asks for. */
function newSerialHex(): string {
  const serial = randomBytes(16);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0);
  return serial.toString('hex');
}

function isTaken(fault: unknown): boolean {
  return typeof fault === 'object' && fault !== null && 'code' in fault && fault.code === 'EEXIST';
}
