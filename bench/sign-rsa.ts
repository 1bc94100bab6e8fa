import { createPrivateKey, generateKeyPairSync, sign as signNative } from 'node:crypto';
import { loadFontChain } from '../documents/fonts/font-chain';
import { finishPdfSignature } from '../documents/pdf-signature/finish-pdf-signature';
import type { PdfSignatureOrder } from '../documents/pdf-signature/pdf-signature-order';
import { preparePdfSignature } from '../documents/pdf-signature/prepare-pdf-signature';
import { verifyPdf } from '../documents/pdf-signature/verify-pdf';
import {
  type IssuerKey,
  issueRevocationList,
  issueSigningCertificate,
} from '../documents/pki/certificate-authority';
import { renderBenchFace } from './bench-face';
import type { BenchLine } from './bench-line';
import { median, timeLine } from './bench-line';
import { Contestant, measureInTurn } from './processor-time';

const ROUNDS = 7;
const SIGNATURES_PER_ROUND = 60;
const GOAL_RATIO = 1.3;
const OWN_LIMIT_WITH_PREPARING = 2.5;
const SIGNED_AT = new Date('2026-11-23T08:00:00Z');
const PERIOD = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2030-01-01T00:00:00Z') };

function rsaPair(modulusLength: number) {
  const pair = generateKeyPairSync('rsa', { modulusLength });
  const pkcs8 = pair.privateKey.export({ format: 'der', type: 'pkcs8' });
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
  const issuerKey: IssuerKey = { algorithm: 'rsa', sign: async (bytes) => signNative('sha256', bytes, key) };
  return { key, issuerKey, publicKey: { kind: 'rsa', spki } as const };
}

async function makeSigner() {
  const root = rsaPair(3072);
  const signer = rsaPair(3072);
  const name = { commonName: 'bench root' };
  const issuer = { issuer: name, issuerKey: root.issuerKey, issuerPublicKey: root.publicKey };
  const anchor = await issueSigningCertificate({
    ...issuer,
    ...PERIOD,
    profile: 'authority',
    subject: name,
    subjectKey: root.publicKey,
    serialHex: '01',
  });
  const certificate = await issueSigningCertificate({
    ...issuer,
    ...PERIOD,
    profile: 'documentSigner',
    subject: { commonName: 'bench signer' },
    subjectKey: signer.publicKey,
    serialHex: '02',
  });
  const list = await issueRevocationList({
    ...issuer,
    listNumber: 1,
    thisUpdate: PERIOD.notBefore,
    nextUpdate: PERIOD.notAfter,
    revoked: [],
  });
  return { key: signer.key, anchor, certificate, list };
}

/**
 * Sealing a PDF with RSA-3072 against the bare operation with the same key. `seal` goes from what the sealing intent
 * stores (container, bytes to be signed, finishing values as JSON) to the finished file, with the check of the
 * signature; `prepare and seal` also lays the signature into the file; its limit is our own. Processor time;
 * medians of alternating rounds.
 */
export async function run(): Promise<readonly BenchLine[]> {
  const { key, anchor, certificate, list } = await makeSigner();
  const { pdf } = renderBenchFace(await loadFontChain(), 1);
  const order: PdfSignatureOrder = {
    signerCertificate: certificate,
    chain: [],
    signedAt: SIGNED_AT,
    fieldName: 'Signature1',
    appearance: {
      pageIndex: 0,
      xMm: 130,
      yMm: 150,
      widthMm: 40,
      heightMm: 40,
      content: '1 0 0 RG 5 5 100 100 re S',
    },
  };
  const prepared = preparePdfSignature(pdf, order);
  const stored = JSON.stringify(prepared.finishing);
  const bare = new Contestant(() => signNative('sha256', prepared.toBeSigned, key));
  const sealIntent = (): Uint8Array =>
    finishPdfSignature(
      { ...prepared, finishing: JSON.parse(stored) },
      signNative('sha256', prepared.toBeSigned, key),
    );
  const seal = new Contestant(sealIntent);
  const whole = new Contestant(() => {
    const fresh = preparePdfSignature(pdf, order);
    finishPdfSignature(fresh, signNative('sha256', fresh.toBeSigned, key));
  });
  const report = verifyPdf(sealIntent(), { trustAnchors: [anchor], revocationLists: [list], at: SIGNED_AT });
  if (report.overall !== 'valid') throw new Error(`the sealed file is ${report.reason}`);
  await measureInTurn([bare, seal, whole], { rounds: ROUNDS, perRound: SIGNATURES_PER_ROUND });
  const reference = median(bare.roundsMs);
  const line = (metric: string, { roundsMs }: Contestant, goal: number): BenchLine =>
    timeLine({ bench: 'sign-rsa', metric, ours: median(roundsMs), reference, goal });
  return [line('sealCpuMs', seal, GOAL_RATIO), line('prepareAndSealCpuMs', whole, OWN_LIMIT_WITH_PREPARING)];
}
