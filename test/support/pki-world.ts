import { createPrivateKey, generateKeyPairSync, sign as signRsa } from 'node:crypto';
import {
  type CertificateOrder,
  type CertificateProfile,
  type IssuerKey,
  issueRevocationList,
  issueSigningCertificate,
  type KeyAlgorithm,
  type RevocationListOrder,
  type SubjectKey,
} from '../../documents/pki/certificate-authority';
import { generateSm2KeyPair, importSm2PrivateKey } from '../../documents/sm/sm2';

/** A key pair of a test person or authority, with its signing function. */
export interface TestKey {
  readonly publicKey: SubjectKey;
  readonly issuerKey: IssuerKey;
  readonly privateKeyPkcs8: Uint8Array;
}

/** A fresh RSA key; 2048 bits unless a document is to be signed with the product's 3072. */
export function makeRsaKey(modulusLength = 2048): TestKey {
  const pair = generateKeyPairSync('rsa', { modulusLength });
  const privateKeyPkcs8 = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
  const key = createPrivateKey({ key: privateKeyPkcs8, format: 'der', type: 'pkcs8' });
  return {
    privateKeyPkcs8,
    publicKey: { kind: 'rsa', spki: pair.publicKey.export({ format: 'der', type: 'spki' }) },
    issuerKey: { algorithm: 'rsa', sign: async (bytes) => signRsa('sha256', bytes, key) },
  };
}

/** A fresh SM2 key. */
export function makeSm2Key(): TestKey {
  const pair = generateSm2KeyPair();
  const key = importSm2PrivateKey(pair.privateKeyPkcs8);
  return {
    privateKeyPkcs8: pair.privateKeyPkcs8,
    publicKey: { kind: 'sm2', point: pair.publicPoint },
    issuerKey: { algorithm: 'sm2', sign: async (bytes) => key.sign(bytes) },
  };
}

export const testPeriod = {
  notBefore: new Date('2025-01-01T00:00:00Z'),
  notAfter: new Date('2035-01-01T00:00:00Z'),
};

/** A root, an authority below it and their keys: enough to issue every kind of certificate in a test. */
export interface PkiWorld {
  readonly algorithm: KeyAlgorithm;
  readonly rootKey: TestKey;
  readonly authorityKey: TestKey;
  readonly root: Uint8Array;
  readonly authority: Uint8Array;
  issue(
    profile: CertificateProfile,
    key: TestKey,
    overrides?: Partial<CertificateOrder>,
  ): Promise<Uint8Array>;
  /** Lists of the root and of the authority; `overrides` change the authority's. */
  lists(overrides?: Partial<RevocationListOrder>): Promise<Uint8Array[]>;
}

const rootName = { commonName: '测试根证书 Test Root', organization: 'ecert test' };
const authorityName = { commonName: '测试签发机构 Test Authority', organization: 'ecert test' };

/** Builds a two-level test hierarchy of one algorithm. */
export async function makePkiWorld(algorithm: KeyAlgorithm): Promise<PkiWorld> {
  const makeKey = algorithm === 'sm2' ? makeSm2Key : makeRsaKey;
  const rootKey = makeKey();
  const authorityKey = makeKey();
  const root = await issueSigningCertificate({
    profile: 'authority',
    subject: rootName,
    subjectKey: rootKey.publicKey,
    issuer: rootName,
    issuerKey: rootKey.issuerKey,
    issuerPublicKey: rootKey.publicKey,
    serialHex: '01',
    ...testPeriod,
  });
  const authority = await issueSigningCertificate({
    profile: 'authority',
    subject: authorityName,
    subjectKey: authorityKey.publicKey,
    issuer: rootName,
    issuerKey: rootKey.issuerKey,
    issuerPublicKey: rootKey.publicKey,
    serialHex: '02',
    pathLength: 0,
    ...testPeriod,
  });
  const listPeriod = {
    thisUpdate: new Date('2026-01-01T00:00:00Z'),
    nextUpdate: new Date('2030-01-01T00:00:00Z'),
  };
  return {
    algorithm,
    rootKey,
    authorityKey,
    root,
    authority,
    issue: (profile, key, overrides = {}) =>
      issueSigningCertificate({
        profile,
        subject: { commonName: `测试 ${profile}` },
        subjectKey: key.publicKey,
        issuer: authorityName,
        issuerKey: authorityKey.issuerKey,
        issuerPublicKey: authorityKey.publicKey,
        serialHex: '1001',
        ...testPeriod,
        ...overrides,
      }),
    lists: async (overrides = {}) => [
      await issueRevocationList({
        issuer: rootName,
        issuerKey: rootKey.issuerKey,
        issuerPublicKey: rootKey.publicKey,
        listNumber: 1,
        revoked: [],
        ...listPeriod,
      }),
      await issueRevocationList({
        issuer: authorityName,
        issuerKey: authorityKey.issuerKey,
        issuerPublicKey: authorityKey.publicKey,
        listNumber: 1,
        revoked: [],
        ...listPeriod,
        ...overrides,
      }),
    ],
  };
}
