import { createHash } from 'node:crypto';
import type { FontChain } from '../../documents/fonts/font-chain';
import { sealReportPdf, writeReportPdf } from '../../documents/report/write-report-pdf';
import type { Verdict as FileOutcome } from '../../documents/verification/verification-report';
import { verifyFile } from '../../documents/verification/verify-file';
import type { Verdict } from '../../domain/verification/judge-certificate';
import type { ReportWriter } from '../../ports/report-writer';
import type { Sealer } from '../../ports/sealer';

/** Key in the store whose only use is to seal verification reports; it is no seal of any authority. */
export const REPORT_KEY_ID = 'verification-report';
const SEALED_BY = '电子证照核验服务';

/**
 * Writes reports and seals them with the service's own key (PAdES, whole file, no later change allowed). In: the fonts,
 * loaded at the first report, and the key store.
 */
export function createSealedReportWriter(options: {
  readonly fonts: () => Promise<FontChain>;
  readonly sealer: Sealer;
}): ReportWriter {
  let fonts: Promise<FontChain> | null = null;
  return {
    async write(bytes, { judgedAt, trustAnchors, revocationLists, timestamps, recordedBy }, register) {
      const key = await options.sealer.describe(REPORT_KEY_ID);
      if (!key.ok) return null;
      fonts ??= options.fonts();
      const report = verifyFile(bytes, {
        trustAnchors,
        revocationLists,
        at: judgedAt,
        revocation: 'whenAvailable',
        detachedTimestamps: timestamps,
        existedBy: recordedBy ?? undefined,
      });
      const pdf = writeReportPdf(report, await fonts, { ...register, verdict: OUTCOMES[register.verdict] });
      return sealReportPdf(pdf, {
        signerCertificate: key.value.certificate,
        chain: key.value.chain,
        signedAt: judgedAt,
        name: SEALED_BY,
        picture: null,
        sign: (toBeSigned) => signWithReportKey(options.sealer, toBeSigned),
      });
    },
  };
}

const OUTCOMES = {
  valid: 'valid',
  notValid: 'invalid',
  cannotTell: 'cannotTell',
} as const satisfies Record<Verdict, FileOutcome>;

async function signWithReportKey(sealer: Sealer, toBeSigned: Uint8Array): Promise<Uint8Array> {
  const digestHex = createHash('sha256').update(toBeSigned).digest('hex');
  const answer = await sealer.sign({
    requestId: `report/${digestHex}`,
    keyId: REPORT_KEY_ID,
    algorithm: 'rsa-sha256',
    digestHex,
    toBeSigned,
  });
  if (!answer.ok) throw new Error(`the report key refused: ${answer.refusal.detail}`);
  if (answer.value.kind !== 'raw') throw new Error('the report key answered no raw signature');
  return answer.value.value;
}
