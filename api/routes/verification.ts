import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { CERTIFICATE_STATE_DESCRIPTIONS } from '../../domain/certificate/lifecycle';
import { INSPECTION_RESULTS } from '../../domain/certificate-change/change-request';
import type { CertificateJudgement } from '../../domain/verification/judge-certificate';
import { judgeCertificate, stateInWords } from '../../domain/verification/judge-certificate';
import type { VerificationCheck } from '../../domain/verification/judge-file';
import { judgeFile } from '../../domain/verification/judge-file';
import type { PublicCertificate } from '../../ports/verification-desk';
import { instantText } from '../contract/shapes';
import { verificationSchema, verifyByCode, verifyFile } from '../contract/verification';
import type { Outcome } from '../http/answer';
import { bytes, ok, refuse } from '../http/answer';
import type { Call, Route } from '../http/route';
import { publicRoute } from '../http/route';
import { PAGE_HEADERS, renderUnknownCode, renderVerification } from '../verification-page';

/** Anything else is no code of ours and need not be looked up. */
const PLAUSIBLE_CODE = /^[A-Za-z0-9_-]{16,128}$/;

type Verification = z.output<typeof verificationSchema>;

/** Verification by anybody (art. 6). Every verdict is reached anew; nothing of it is cached or recorded by person. */
export const verificationRoutes: readonly Route[] = [
  publicRoute(verifyByCode, async ({ params }, call) => {
    const isPlausible = PLAUSIBLE_CODE.test(params.code);
    const certificate = isPlausible ? await call.ports.verifications.byCode(params.code) : null;
    if (certificate === null) return unknownCode(call);
    call.ports.verifications.countVerification(certificate.certificateVersionId);
    const judgement = judgeCertificate(certificate, call.nowMs);
    const verification: Verification = {
      ...judgement,
      marks: [...judgement.marks],
      certificate: showCertificate(certificate),
      checks: [...registerChecks(certificate, judgement)],
      file: null,
    };
    if (!call.wantsHtml) return ok(verification, { vary: 'Accept' });
    return {
      ok: true,
      value: { kind: 'html', status: 200, html: renderVerification(verification), headers: PAGE_HEADERS },
    };
  }),

  publicRoute(verifyFile, async (_, { ports, file, nowMs, wantsPdf }) => {
    const digest = createHash('sm3').update(file.bytes).digest('hex');
    const [trust, certificate, timestamps] = await Promise.all([
      ports.verifications.trust(),
      ports.verifications.byFileDigest(digest),
      ports.verifications.fileTimestamps(digest),
    ]);
    const recordedBy = certificate === null ? null : new Date(certificate.issuedAt);
    const evidence = { ...trust, judgedAt: new Date(nowMs), timestamps, recordedBy };
    const verdict = await ports.fileVerifier.verify(file.bytes, evidence);
    if (verdict.kind === 'notReadable') return refuse('fileNotReadable');
    if (certificate !== null) ports.verifications.countVerification(certificate.certificateVersionId);
    const register = certificate === null ? null : judgeCertificate(certificate, nowMs);
    const combined = judgeFile(verdict, register, nowMs);
    const verification: Verification = {
      ...combined,
      checks: [...combined.checks],
      marks: [...(register?.marks ?? [])],
      certificate: certificate === null ? null : showCertificate(certificate),
      file: {
        format: verdict.format,
        digest,
        sealedAt: verdict.sealedAt,
        signers: [...verdict.signers],
      },
    };
    if (!wantsPdf) return ok(verification, { vary: 'Accept' });
    const report = await ports.reports.write(file.bytes, evidence, {
      verdict: verification.verdict,
      sentence: verification.sentence,
      rows: registerRows(verification),
    });
    return report === null
      ? refuse('reportSealMissing')
      : bytes(report, 'application/pdf', { vary: 'Accept' });
  }),
];

/** What the register says of the file, as a report prints it before what the file says of itself. */
function registerRows({ at, marks, certificate }: Verification): readonly { label: string; value: string }[] {
  if (certificate === null) return [{ label: '登记簿', value: '没有这份文件的登记' }];
  const { validFrom, validUntil } = certificate;
  return [
    { label: '核验时刻', value: at },
    { label: '证照名称', value: certificate.certificateName },
    { label: '证照编号', value: certificate.number },
    { label: '证照标识', value: certificate.identifier },
    { label: '发证机关', value: certificate.issuingAuthority },
    { label: '登记状态', value: CERTIFICATE_STATE_DESCRIPTIONS[certificate.state].name },
    { label: '有效期', value: `${validFrom} 至 ${validUntil ?? '长期'}` },
    ...marks.map(({ name, meaning }) => ({ label: name, value: meaning })),
  ];
}

function unknownCode({ wantsHtml }: Call<null>): Outcome {
  if (!wantsHtml) return refuse('notFound');
  return {
    ok: true,
    value: { kind: 'html', status: 404, html: renderUnknownCode(), headers: PAGE_HEADERS },
  };
}

function registerChecks(
  { issuedAt, issuingAuthority, version, lastInspection }: PublicCertificate,
  { verdict, sentence }: CertificateJudgement,
): readonly VerificationCheck[] {
  const outcome = verdict === 'valid' ? 'passed' : verdict === 'notValid' ? 'failed' : 'notDecided';
  return [
    { name: '核验码', outcome: 'passed', detail: '核验码与登记簿一致' },
    {
      name: '签发记录',
      outcome: 'passed',
      detail: `${issuingAuthority}于 ${instantText(issuedAt).slice(0, 10)} 签章签发，版本 ${version}`,
    },
    { name: '登记簿中的当前状态', outcome, detail: sentence },
    ...inspectionCheck(lastInspection),
  ];
}

/** 年检 is shown beside the verdict and changes none: what it leads to is a decision of its own. */
function inspectionCheck(inspection: PublicCertificate['lastInspection']): readonly VerificationCheck[] {
  if (inspection === null) return [];
  const { endorsedOn, result, nextDueOn } = inspection;
  const next = nextDueOn === null ? '' : `，下次年检 ${nextDueOn}`;
  return [
    {
      name: '年检',
      outcome: result === 'passed' ? 'passed' : 'failed',
      detail: `${endorsedOn} 年检${INSPECTION_RESULTS[result]}${next}`,
    },
  ];
}

/** What the register lets everybody know; its public face was masked when the certificate was issued. */
function showCertificate(certificate: PublicCertificate): Verification['certificate'] {
  const { certificateVersionId: _, marks: __, issuedAt: ___, endedAt, ...shown } = certificate;
  return {
    ...shown,
    endedAt: endedAt === null ? null : instantText(endedAt),
    stateName: stateInWords(certificate.state),
    maskedHolders: [...certificate.maskedHolders],
    publicFace: verificationSchema.shape.certificate.unwrap().shape.publicFace.parse(certificate.publicFace),
  };
}
