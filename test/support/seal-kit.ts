import {
  type IssuerKey,
  issueRevocationList,
  issueSigningCertificate,
  type SubjectName,
} from '../../documents/pki/certificate-authority';
import { finishOfdSeal } from '../../documents/seal/finish-ofd-seal';
import { type ElectronicSealOrder, makeElectronicSeal } from '../../documents/seal/make-electronic-seal';
import { prepareOfdSeal } from '../../documents/seal/prepare-ofd-seal';
import type { OfdSealOrder } from '../../documents/seal/prepared-ofd-seal';
import { generateSm2KeyPair, importSm2PrivateKey, type Sm2PrivateKey, signSm2 } from '../../documents/sm/sm2';
import type { VerificationOptions } from '../../documents/verification/verification-report';

/** The smallest PNG: one red point. */
export const SEAL_PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==',
  'base64',
);

export const SIGNED_AT = new Date('2026-06-01T02:00:00Z');
export const JUDGED_AT = new Date('2026-07-01T02:00:00Z');

export interface Holder {
  readonly certificate: Uint8Array;
  readonly serialHex: string;
  readonly key: Sm2PrivateKey;
  readonly privateKeyPkcs8: Uint8Array;
}

/** A small trust of its own: an authority, a seal maker and seal signers under it, and a list that revokes nobody. */
export interface SealKit {
  readonly authority: Uint8Array;
  readonly maker: Holder;
  readonly signer: Holder;
  readonly revocationList: Uint8Array;
  issue(
    profile: 'sealSigner' | 'sealMaker' | 'timestamp',
    overrides?: Partial<IssueOverrides>,
  ): Promise<Holder>;
  revoke(serialHex: string, revokedAt: Date, reason?: number): Promise<Uint8Array>;
  seal(overrides?: Partial<ElectronicSealOrder>): Promise<Uint8Array>;
  /** Seals with the kit's signer; one override. */
  sign(ofd: Uint8Array, overrides?: Partial<OfdSealOrder>, signer?: Holder): Promise<Uint8Array>;
  options(overrides?: Partial<VerificationOptions>): VerificationOptions;
}

interface IssueOverrides {
  readonly commonName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const AUTHORITY: SubjectName = { commonName: '测试根', organization: 'ecert test' };

/** Makes a kit with fresh keys; every date in it is fixed. */
export async function createSealKit(): Promise<SealKit> {
  const root = generateSm2KeyPair();
  const rootKey = importSm2PrivateKey(root.privateKeyPkcs8);
  const issuerKey: IssuerKey = { algorithm: 'sm2', sign: async (bytes) => signSm2(rootKey, bytes) };
  const issuerPublicKey = { kind: 'sm2', point: root.publicPoint } as const;
  const period = { notBefore: new Date('2025-01-01T00:00:00Z'), notAfter: new Date('2030-01-01T00:00:00Z') };
  let serial = 0x1000;
  const authority = await issueSigningCertificate({
    profile: 'authority',
    subject: AUTHORITY,
    subjectKey: issuerPublicKey,
    issuer: AUTHORITY,
    issuerKey,
    issuerPublicKey,
    serialHex: '01',
    ...period,
  });
  const issue: SealKit['issue'] = async (profile, overrides = {}) => {
    const pair = generateSm2KeyPair();
    serial += 1;
    const serialHex = serial.toString(16);
    const { commonName = profile === 'sealMaker' ? '测试制章单位' : '测试签章人', ...dates } = overrides;
    const certificate = await issueSigningCertificate({
      profile,
      subject: { commonName, organization: 'ecert test' },
      subjectKey: { kind: 'sm2', point: pair.publicPoint },
      issuer: AUTHORITY,
      issuerKey,
      issuerPublicKey,
      serialHex,
      ...period,
      ...dates,
    });
    return {
      certificate,
      serialHex,
      key: importSm2PrivateKey(pair.privateKeyPkcs8),
      privateKeyPkcs8: pair.privateKeyPkcs8,
    };
  };
  const listOf: (revoked: Parameters<typeof issueRevocationList>[0]['revoked']) => Promise<Uint8Array> = (
    revoked,
  ) =>
    issueRevocationList({
      issuer: AUTHORITY,
      issuerKey,
      issuerPublicKey,
      listNumber: 1,
      thisUpdate: new Date('2026-06-15T00:00:00Z'),
      nextUpdate: new Date('2029-01-01T00:00:00Z'),
      revoked,
    });
  const maker = await issue('sealMaker');
  const signer = await issue('sealSigner');
  const revocationList = await listOf([]);
  const seal: SealKit['seal'] = (overrides = {}) =>
    makeElectronicSeal({
      version: 4,
      id: '15060000000001',
      name: '鄂尔多斯市测试专用章',
      type: 1,
      maker: { certificate: maker.certificate, sign: async (bytes) => signSm2(maker.key, bytes) },
      signerCertificates: [signer.certificate],
      picture: { type: 'png', data: SEAL_PICTURE, widthMm: 40, heightMm: 40 },
      createdAt: new Date('2026-01-02T00:00:00Z'),
      validFrom: new Date('2026-01-02T00:00:00Z'),
      validUntil: new Date('2029-01-02T00:00:00Z'),
      vendorId: 'ecert',
      ...overrides,
    });
  const usual = await seal();
  return {
    authority,
    maker,
    signer,
    revocationList,
    issue,
    revoke: (serialHex, revokedAt, reason) =>
      listOf([{ serialHex, revokedAt, ...(reason === undefined ? {} : { reason }) }]),
    seal,
    async sign(ofd, overrides = {}, who = signer) {
      const prepared = prepareOfdSeal(ofd, {
        electronicSeal: usual,
        signerCertificate: who.certificate,
        signedAt: SIGNED_AT,
        boxes: [{ pageIndex: 0, xMm: 120, yMm: 200, widthMm: 40, heightMm: 40 }],
        lock: true,
        ...overrides,
      });
      return finishOfdSeal(prepared, { kind: 'raw', value: signSm2(who.key, prepared.toBeSigned) });
    },
    options: (overrides = {}) => ({
      trustAnchors: [authority],
      revocationLists: [revocationList],
      at: JUDGED_AT,
      ...overrides,
    }),
  };
}
