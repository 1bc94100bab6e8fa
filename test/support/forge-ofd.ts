import { signSm2 } from '../../documents/sm/sm2';
import type { VerificationOptions, VerificationStep } from '../../documents/verification/verification-report';
import { buildOfd } from './ofd-builder';
import { createSealKit, type SealKit, SIGNED_AT } from './seal-kit';

/** A file made with all the right tools by somebody who may not, or at a time when one may not. */
export interface OfdForgery {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly expected: readonly VerificationStep[];
  /** What the verifier is told beyond the usual. */
  readonly options?: Partial<VerificationOptions>;
}

/** Forgeries against the trust of `kit`; every one has right digests, and all but one a right stamp signature. */
export async function forgeOfd(kit: SealKit): Promise<OfdForgery[]> {
  const mallory = await createSealKit();
  const stranger = await kit.issue('sealSigner', { commonName: '无关人员' });
  const brief = await kit.issue('sealSigner', { notAfter: new Date('2026-05-01T00:00:00Z') });
  const later = await kit.issue('sealSigner', { notBefore: new Date('2026-06-02T00:00:00Z') });
  const file = buildOfd({ text: '伪造' });
  const sealOf = (signer: { readonly certificate: Uint8Array }) =>
    kit.seal({ signerCertificates: [signer.certificate] });
  const forgedMaker = {
    certificate: kit.maker.certificate,
    sign: async (bytes: Uint8Array) => signSm2(mallory.maker.key, bytes),
  };
  const foreignMaker = {
    certificate: mallory.maker.certificate,
    sign: async (bytes: Uint8Array) => signSm2(mallory.maker.key, bytes),
  };
  const earlyMaker = {
    certificate: stranger.certificate,
    sign: async (bytes: Uint8Array) => signSm2(stranger.key, bytes),
  };
  const borrowed = { ...mallory.signer, certificate: kit.signer.certificate };
  return [
    { name: 'sealed under a foreign authority', bytes: await mallory.sign(file), expected: ['signer_cert'] },
    {
      name: 'signed by somebody whom the seal does not list',
      bytes: await kit.sign(file, {}, stranger),
      expected: ['signer_in_seal'],
    },
    {
      name: 'signed with a foreign key under the right certificate',
      bytes: await kit.sign(file, {}, borrowed),
      expected: ['stamp_signature'],
    },
    {
      name: 'seal with a forged signature of its maker',
      bytes: await kit.sign(file, { electronicSeal: await kit.seal({ maker: forgedMaker }) }),
      expected: ['seal_signature'],
    },
    {
      name: 'seal of a maker under a foreign authority',
      bytes: await kit.sign(file, { electronicSeal: await kit.seal({ maker: foreignMaker }) }),
      expected: ['maker_cert'],
    },
    {
      name: 'expired seal',
      bytes: await kit.sign(file, {
        electronicSeal: await kit.seal({ validUntil: new Date('2026-05-31T00:00:00Z') }),
      }),
      expected: ['seal_period'],
    },
    {
      name: 'seal that is not yet valid',
      bytes: await kit.sign(file, {
        electronicSeal: await kit.seal({ validFrom: new Date('2026-06-02T00:00:00Z') }),
      }),
      expected: ['seal_period'],
    },
    {
      name: 'certificate expired at signing',
      bytes: await kit.sign(file, { electronicSeal: await sealOf(brief) }, brief),
      expected: ['signer_cert'],
    },
    {
      name: 'certificate not yet valid at signing',
      bytes: await kit.sign(file, { electronicSeal: await sealOf(later) }, later),
      expected: ['signer_cert'],
    },
    {
      name: 'certificate revoked before signing',
      bytes: await kit.sign(file),
      expected: ['signer_cert'],
      options: {
        revocationLists: [await kit.revoke(kit.signer.serialHex, new Date('2026-05-01T00:00:00Z'))],
      },
    },
    {
      name: 'seal maker revoked before the seal was made',
      bytes: await kit.sign(file),
      expected: ['maker_cert'],
      options: { revocationLists: [await kit.revoke(kit.maker.serialHex, new Date('2025-06-01T00:00:00Z'))] },
    },
    {
      name: 'signed after the time of asking',
      bytes: await kit.sign(file),
      expected: ['timestamp'],
      options: { at: new Date(SIGNED_AT.getTime() - 3_600_000) },
    },
    {
      name: 'seal made before the certificate of its maker began',
      bytes: await kit.sign(file, {
        electronicSeal: await kit.seal({ maker: earlyMaker, createdAt: new Date('2024-01-01T00:00:00Z') }),
      }),
      expected: ['maker_cert'],
    },
  ];
}
