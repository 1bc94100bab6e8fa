import { createPrivateKey, generateKeyPairSync, sign as signNative } from 'node:crypto';
import { loadFontChain } from '../documents/fonts/font-chain';
import { layOut } from '../documents/layout/lay-out';
import { DERIVED_NOTICE, writePdf } from '../documents/pdf/write-pdf';
import { finishPdfSignature } from '../documents/pdf-signature/finish-pdf-signature';
import {
  type PdfSignatureOrder,
  preparePdfSignature,
} from '../documents/pdf-signature/prepare-pdf-signature';
import { verifyPdf } from '../documents/pdf-signature/verify-pdf';
import {
  type IssuerKey,
  issueRevocationList,
  issueSigningCertificate,
} from '../documents/pki/certificate-authority';
import { ROAD_TRANSPORT_CERTIFICATE } from '../documents/templates/road-transport-certificate';
import type { BenchLine } from './face';

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

async function makeFace(): Promise<Uint8Array> {
  const fonts = await loadFontChain();
  const face = [
    { name: '业户名称', value: '鄂尔多斯市天骄物流有限责任公司' },
    { name: '车辆号牌', value: '蒙K·T0001' },
  ];
  const laidOut = layOut({
    template: ROAD_TRANSPORT_CERTIFICATE,
    face,
    fonts,
    qrText: 'https://example.org/v/1',
    watermark: null,
  });
  if (!laidOut.ok) throw new Error(laidOut.refusal.code);
  return writePdf(laidOut.document, {
    title: '道路运输证',
    createdAt: SIGNED_AT,
    metadata: {},
    derivedNotice: DERIVED_NOTICE,
  });
}

function millisecondsEach(times: number, work: () => void): number {
  const started = process.hrtime.bigint();
  for (let i = 0; i < times; i += 1) work();
  return Number(process.hrtime.bigint() - started) / 1e6 / times;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/**
 * Sealing a PDF with RSA-3072 against the bare operation with the same key. `seal` goes from what the sealing intent
 * stores (container, bytes to be signed, finishing values as JSON) to the finished file, with the check of the
 * signature; `prepare and seal` also lays the signature into the file; its limit is our own. Rounds alternate; medians of the ratios.
 */
export async function run(): Promise<BenchLine[]> {
  const { key, anchor, certificate, list } = await makeSigner();
  const pdf = await makeFace();
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
  const bare = (): void => {
    signNative('sha256', prepared.toBeSigned, key);
  };
  const seal = (): Uint8Array =>
    finishPdfSignature(
      { ...prepared, finishing: JSON.parse(stored) },
      signNative('sha256', prepared.toBeSigned, key),
    );
  const whole = (): void => {
    const fresh = preparePdfSignature(pdf, order);
    finishPdfSignature(fresh, signNative('sha256', fresh.toBeSigned, key));
  };
  const report = verifyPdf(seal(), { trustAnchors: [anchor], revocationLists: [list], at: SIGNED_AT });
  if (report.overall !== 'valid') throw new Error(`the sealed file is ${report.reason}`);
  for (const work of [bare, seal, whole]) millisecondsEach(SIGNATURES_PER_ROUND, work);
  const rounds = Array.from({ length: ROUNDS }, () => ({
    bare: millisecondsEach(SIGNATURES_PER_ROUND, bare),
    seal: millisecondsEach(SIGNATURES_PER_ROUND, seal),
    whole: millisecondsEach(SIGNATURES_PER_ROUND, whole),
  }));
  const reference = median(rounds.map((round) => round.bare));
  const line = (metric: string, part: 'seal' | 'whole', goal: number): BenchLine => {
    const ratio = median(rounds.map((round) => round[part] / round.bare));
    const ours = median(rounds.map((round) => round[part]));
    return { bench: 'sign-rsa', metric, ours, reference, ratio, goal, met: ratio <= goal };
  };
  return [
    line('seal, ms', 'seal', GOAL_RATIO),
    line('prepare and seal, ms', 'whole', OWN_LIMIT_WITH_PREPARING),
  ];
}
