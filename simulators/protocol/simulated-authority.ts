import { createHash, createPrivateKey, generateKeyPairSync, sign as signNative } from 'node:crypto';
import {
  type CertificateProfile,
  type IssuerKey,
  issueRevocationList,
  issueSigningCertificate,
  type KeyAlgorithm,
  type SubjectKey,
  type SubjectName,
} from '../../documents/pki/certificate-authority';
import { parseSigningCertificate } from '../../documents/pki/signing-certificate';
import { generateSm2KeyPair, importSm2PrivateKey } from '../../documents/sm/sm2';
import { sharedSecret } from './simulator-settings';

const VALID_YEARS = 10;
const RSA_BITS = 3072;

/** A key pair that a simulator keeps in its folder. */
export interface SimulatedKey {
  readonly publicKey: SubjectKey;
  readonly issuerKey: IssuerKey;
  readonly privateKeyPkcs8: Uint8Array;
}

function makePair(algorithm: KeyAlgorithm): string {
  const encode = (pkcs8: Uint8Array, publicKey: Uint8Array): string =>
    [pkcs8, publicKey].map((bytes) => Buffer.from(bytes).toString('base64')).join(' ');
  switch (algorithm) {
    case 'sm2': {
      const pair = generateSm2KeyPair();
      return encode(pair.privateKeyPkcs8, pair.publicPoint);
    }
    case 'rsa': {
      const pair = generateKeyPairSync('rsa', { modulusLength: RSA_BITS });
      return encode(
        pair.privateKey.export({ format: 'der', type: 'pkcs8' }),
        pair.publicKey.export({ format: 'der', type: 'spki' }),
      );
    }
  }
}

/** The key of a name in a folder, made at the first call. */
export function simulatedKey(folder: string, name: string, algorithm: KeyAlgorithm): SimulatedKey {
  const [pkcs8 = '', shared = ''] = sharedSecret(folder, name, () => makePair(algorithm)).split(' ');
  const privateKeyPkcs8 = Buffer.from(pkcs8, 'base64');
  const publicBytes = Buffer.from(shared, 'base64');
  switch (algorithm) {
    case 'sm2': {
      const key = importSm2PrivateKey(privateKeyPkcs8);
      return {
        privateKeyPkcs8,
        publicKey: { kind: 'sm2', point: publicBytes },
        issuerKey: { algorithm, sign: async (bytes) => key.sign(bytes) },
      };
    }
    case 'rsa': {
      const key = createPrivateKey({ key: privateKeyPkcs8, format: 'der', type: 'pkcs8' });
      return {
        privateKeyPkcs8,
        publicKey: { kind: 'rsa', spki: publicBytes },
        issuerKey: { algorithm, sign: async (bytes) => signNative('sha256', bytes, key) },
      };
    }
  }
}

/** Certificates and lists are made once and kept, since a signature with SM2 is new each time. */
async function kept(folder: string, name: string, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
  const made = Buffer.from(await make()).toString('base64');
  return Buffer.from(
    sharedSecret(folder, name, () => made),
    'base64',
  );
}

/** What an authority of a simulator publishes and issues. */
export interface SimulatedAuthority {
  readonly root: Uint8Array;
  readonly revocationList: Uint8Array;
  issue(
    name: string,
    profile: CertificateProfile,
    subject: SubjectName,
    key: SimulatedKey,
  ): Promise<Uint8Array>;
}

/**
 * A root of a simulator's own in its folder, with an empty revocation list; both are made at the first start and stay.
 * The names say 模拟, so that nobody takes them for a real authority's.
 */
export async function simulatedAuthority(
  folder: string,
  name: string,
  algorithm: KeyAlgorithm,
  now: Date,
): Promise<SimulatedAuthority> {
  const key = simulatedKey(folder, `${name}-root-key-${algorithm}`, algorithm);
  const rootName: SubjectName = { commonName: `模拟根证书 ${name} ${algorithm}`, organization: '仅供测试' };
  const day = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
  const end = new Date(day);
  end.setUTCFullYear(end.getUTCFullYear() + VALID_YEARS);
  const period = { notBefore: day, notAfter: end };
  const issuer = { issuer: rootName, issuerKey: key.issuerKey, issuerPublicKey: key.publicKey };
  const root = await kept(folder, `${name}-root-${algorithm}`, () =>
    issueSigningCertificate({
      ...issuer,
      ...period,
      profile: 'authority',
      subject: rootName,
      subjectKey: key.publicKey,
      serialHex: '01',
    }),
  );
  const revocationList = await kept(folder, `${name}-list-${algorithm}`, () =>
    issueRevocationList({ ...issuer, listNumber: 1, thisUpdate: day, nextUpdate: end, revoked: [] }),
  );
  const { notAfter } = parseSigningCertificate(root);
  return {
    root,
    revocationList,
    issue: (file, profile, subject, subjectKey) =>
      kept(folder, file, () =>
        issueSigningCertificate({
          ...issuer,
          notBefore: day,
          notAfter,
          profile,
          subject,
          subjectKey: subjectKey.publicKey,
          serialHex: createHash('sha256').update(file).digest('hex').slice(0, 16).replace(/^./, '1'),
        }),
      ),
  };
}
