import { finishPdfSignature } from '../../documents/pdf-signature/finish-pdf-signature';
import type { PdfSignatureOrder } from '../../documents/pdf-signature/pdf-signature-order';
import { preparePdfSignature } from '../../documents/pdf-signature/prepare-pdf-signature';
import { verifyPdf } from '../../documents/pdf-signature/verify-pdf';
import { imprintOf, makeTimestampToken } from '../../documents/pki/timestamp-token';
import type {
  VerificationOptions,
  VerificationReport,
} from '../../documents/verification/verification-report';
import { makePkiWorld, makeRsaKey, type PkiWorld, type TestKey } from './pki-world';

export const signedAt = new Date('2026-06-01T00:00:00Z');
export const askedAt = new Date('2026-07-01T00:00:00Z');

/** A signer with an RSA-3072 key, a timestamp authority and everything needed to judge what they sign. */
export interface PdfSigningWorld {
  readonly pki: PkiWorld;
  readonly key: TestKey;
  readonly certificate: Uint8Array;
  readonly options: VerificationOptions;
  order(overrides?: Partial<PdfSignatureOrder>): PdfSignatureOrder;
  sign(pdf: Uint8Array, overrides?: Partial<PdfSignatureOrder>): Promise<Uint8Array>;
  signWithTimestamp(
    pdf: Uint8Array,
    overrides?: Partial<PdfSignatureOrder>,
    time?: Date,
  ): Promise<Uint8Array>;
  stamp(over: Uint8Array, time?: Date): Promise<Uint8Array>;
  judge(pdf: Uint8Array, overrides?: Partial<VerificationOptions>): VerificationReport;
}

/** Builds the world; key generation takes about a second. */
export async function makePdfSigningWorld(): Promise<PdfSigningWorld> {
  const pki = await makePkiWorld('rsa');
  const key = makeRsaKey(3072);
  const certificate = await pki.issue('documentSigner', key);
  const stampKey = makeRsaKey();
  const stampCertificate = await pki.issue('timestamp', stampKey, { serialHex: '2001' });
  const options: VerificationOptions = {
    trustAnchors: [pki.root],
    revocationLists: await pki.lists(),
    at: askedAt,
  };
  const order: PdfSigningWorld['order'] = (overrides = {}) => ({
    signerCertificate: certificate,
    chain: [pki.authority],
    signedAt,
    reason: '签发电子证照',
    location: '鄂尔多斯',
    name: '测试发证单位',
    fieldName: 'Signature1',
    appearance: {
      pageIndex: 0,
      xMm: 130,
      yMm: 220,
      widthMm: 40,
      heightMm: 40,
      content: '0.8 0 0 RG 3 w 5 5 103 103 re S',
    },
    ...overrides,
  });
  const stamp: PdfSigningWorld['stamp'] = (over, time = new Date(signedAt.getTime() + 5_000)) =>
    makeTimestampToken({
      algorithm: 'rsa',
      certificate: stampCertificate,
      chain: [pki.authority],
      sign: stampKey.issuerKey.sign,
      policy: '1.2.3.4.1',
      imprint: imprintOf('sha256', over),
      serialHex: '0b',
      time,
    });
  return {
    pki,
    key,
    certificate,
    options,
    order,
    stamp,
    sign: async (pdf, overrides) => {
      const prepared = preparePdfSignature(pdf, order(overrides));
      return finishPdfSignature(prepared, await key.issuerKey.sign(prepared.toBeSigned));
    },
    signWithTimestamp: async (pdf, overrides, time) => {
      const prepared = preparePdfSignature(pdf, order({ timestampReserveBytes: 8_192, ...overrides }));
      const signature = await key.issuerKey.sign(prepared.toBeSigned);
      return finishPdfSignature(prepared, signature, await stamp(signature, time));
    },
    judge: (pdf, overrides = {}) => verifyPdf(pdf, { ...options, ...overrides }),
  };
}
