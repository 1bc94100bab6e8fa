import type { ChainVerdict } from '../pki/chain-verdict';
import { DerError, readTime } from '../pki/der-reader';
import { judgeChain } from '../pki/judge-chain';
import { oid } from '../pki/object-identifiers';
import type { CmsSigner } from '../pki/read-signed-data';
import { verifyTimestampToken } from '../pki/verify-timestamp';
import {
  existedBy,
  judgeTimestamp,
  type TimestampFinding,
  timeNotices,
} from '../verification/judge-timestamp';
import {
  type Notice,
  type SignatureReport,
  type SignerReport,
  type StepReport,
  type Verdict,
  type VerificationOptions,
  worstVerdict,
} from '../verification/verification-report';
import { type CoveredRevision, judgeByteRange } from './judge-byte-range';
import { judgeLaterChanges, type LaterChanges } from './judge-later-changes';
import { type CmsJudgement, judgePdfCms } from './judge-pdf-cms';
import { pdfText, type SignatureField } from './list-signature-fields';
import { parsePdfDate } from './parse-pdf-date';
import { PDF_STEPS } from './pdf-reasons';
import type { PdfFile } from './reading/read-pdf-file';

type SubFilter = 'pades' | 'pkcs7' | 'documentTimestamp';

const SUB_FILTERS: Readonly<Record<string, SubFilter>> = {
  'ETSI.CAdES.detached': 'pades',
  'adbe.pkcs7.detached': 'pkcs7',
  'ETSI.RFC3161': 'documentTimestamp',
};

function conclude(
  steps: readonly StepReport[],
): Pick<SignatureReport, 'outcome' | 'reason' | 'firstFailedStep'> {
  const decisive =
    steps.find(({ outcome }) => outcome === 'failed') ??
    steps.find(({ outcome }) => outcome === 'cannotTell');
  if (decisive === undefined) return { outcome: 'valid', reason: 'valid' };
  return {
    outcome: decisive.outcome === 'failed' ? 'invalid' : 'cannotTell',
    reason: decisive.reason ?? 'internalFault',
    firstFailedStep: decisive.step,
  };
}

function completed(steps: readonly StepReport[]): StepReport[] {
  return PDF_STEPS.map(
    (step) => steps.find((report) => report.step === step) ?? { step, outcome: 'skipped' },
  );
}

function report(
  field: SignatureField,
  steps: readonly StepReport[],
  more: Partial<Omit<SignatureReport, 'steps' | 'location'>> = {},
): SignatureReport {
  const verdict = conclude(steps);
  return {
    location: field.name,
    ...verdict,
    steps: completed(steps),
    coverage: { uncovered: [] },
    notices: [],
    validNow: verdict.outcome,
    ...more,
  };
}

function laterStep(later: LaterChanges): StepReport {
  switch (later.kind) {
    case 'none':
    case 'permitted':
      return { step: 'later_changes', outcome: 'passed' };
    case 'refused':
      return { step: 'later_changes', outcome: 'failed', reason: later.reason, detail: later.detail };
  }
}

function laterNotices(later: LaterChanges): Notice[] {
  if (later.kind !== 'permitted') return [];
  return [
    ...(later.signatures > 0 ? [{ code: 'laterSignatures', detail: String(later.signatures) } as const] : []),
    ...(later.validationData ? [{ code: 'laterValidationData' } as const] : []),
  ];
}

/** The time the signer states: the signing-time attribute where there is one, else /M. */
function statedTime(field: SignatureField, signer: CmsSigner | undefined): Date | undefined {
  const attribute = signer?.signedAttributes.get(oid.signingTime);
  try {
    if (attribute?.length === 1) return readTime(attribute[0]);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
  }
  return parsePdfDate(pdfText(field.signature.entries.get('M')));
}

function timestampStep(
  cms: CmsJudgement,
  signedAt: Date | undefined,
  options: VerificationOptions,
): TimestampFinding {
  const { signer } = cms;
  const skipped: TimestampFinding = {
    report: { step: 'timestamp', outcome: 'skipped' },
    provenAt: undefined,
  };
  if (signer === undefined) return skipped;
  const tokens = signer.unsignedAttributes.get(oid.timeStampTokenAttribute);
  const malformed = { step: 'timestamp', outcome: 'failed', reason: 'timestampMalformed' } as const;
  if (tokens !== undefined && tokens.length !== 1) return { report: malformed, provenAt: undefined };
  return judgeTimestamp({ signature: signer.signature, signedAt, timestamp: tokens?.[0]?.encoded }, options);
}

interface CertificateFinding {
  readonly step: StepReport;
  readonly chain?: ChainVerdict;
  readonly validNow: Verdict;
}

function judgeCertificate(
  cms: CmsJudgement,
  times: { readonly at: Date | undefined; readonly existedBy: Date | undefined },
  options: VerificationOptions,
): CertificateFinding {
  const { at, existedBy } = times;
  const { certificate } = cms;
  if (certificate === undefined)
    return { step: { step: 'signer_cert', outcome: 'skipped' }, validNow: 'cannotTell' };
  if (at === undefined) {
    const step = { step: 'signer_cert', outcome: 'cannotTell', reason: 'signingTimeUnknown' } as const;
    return { step, validNow: 'cannotTell' };
  }
  const question = {
    certificate: certificate.encoded,
    intermediates: [...(cms.signedData?.certificates ?? []), ...(options.intermediates ?? [])],
    trustAnchors: options.trustAnchors,
    revocationLists: [...options.revocationLists, ...(cms.signedData?.revocationLists ?? [])],
    usage: 'documentSigner',
    revocation: options.revocation ?? 'required',
    existedBy,
  } as const;
  const chain = judgeChain({ ...question, at });
  const now = judgeChain({ ...question, at: options.at });
  const detail = chain.about === undefined ? {} : { detail: chain.about };
  switch (chain.outcome) {
    case 'valid':
      return { step: { step: 'signer_cert', outcome: 'passed' }, chain, validNow: now.outcome };
    case 'invalid':
      return {
        step: { step: 'signer_cert', outcome: 'failed', reason: chain.reason, ...detail },
        chain,
        validNow: 'invalid',
      };
    case 'cannotTell':
      return {
        step: { step: 'signer_cert', outcome: 'cannotTell', reason: chain.reason, ...detail },
        chain,
        validNow: now.outcome,
      };
  }
}

function describeSigner(cms: CmsJudgement): { signer: SignerReport } | undefined {
  const { certificate } = cms;
  if (certificate === undefined) return undefined;
  return {
    signer: {
      subject: certificate.subject.text,
      issuer: certificate.issuer.text,
      serialHex: certificate.serialHex,
      notBefore: certificate.notBefore.toISOString(),
      notAfter: certificate.notAfter.toISOString(),
    },
  };
}

function certificateNotices(finding: CertificateFinding, cms: CmsJudgement, at: Date): Notice[] {
  const { chain } = finding;
  const detail = chain?.revokedAt === undefined ? {} : { detail: chain.revokedAt.toISOString() };
  const notices: Notice[] = (chain?.notices ?? []).map((code) => ({ code, ...detail }));
  const expired = cms.certificate !== undefined && at > cms.certificate.notAfter;
  if (expired) notices.push({ code: 'expiredSince', detail: cms.certificate.notAfter.toISOString() });
  if (cms.signingCertificateAbsent) notices.push({ code: 'signingCertificateAbsent' });
  return notices;
}

function judgeDocumentTimestamp(
  field: SignatureField,
  revision: CoveredRevision,
  steps: readonly StepReport[],
  notices: readonly Notice[],
  options: VerificationOptions,
): SignatureReport {
  const verdict = verifyTimestampToken(revision.contents, Buffer.concat(revision.covered), {
    trustAnchors: options.trustAnchors,
    revocationLists: options.revocationLists,
    intermediates: options.intermediates ?? [],
    at: options.at,
    revocation: options.revocation ?? 'required',
  });
  const outcomes = { valid: 'passed', invalid: 'failed', cannotTell: 'cannotTell' } as const;
  const step: StepReport =
    verdict.outcome === 'valid'
      ? { step: 'timestamp', outcome: 'passed' }
      : { step: 'timestamp', outcome: outcomes[verdict.outcome], reason: verdict.reason };
  const proven = verdict.outcome === 'valid' && verdict.time !== undefined;
  return report(field, [...steps, step], {
    notices: [...notices, ...verdict.notices.map((code) => ({ code }))],
    ...(proven && verdict.time !== undefined ? { timestampAt: verdict.time.toISOString() } : {}),
  });
}

function judgeSigned(
  field: SignatureField,
  revision: CoveredRevision,
  kind: 'pades' | 'pkcs7',
  steps: readonly StepReport[],
  notices: readonly Notice[],
  options: VerificationOptions,
): SignatureReport {
  const extra = [...(options.intermediates ?? []), ...options.trustAnchors];
  const cms = judgePdfCms(revision.contents, revision.covered, kind === 'pades', extra);
  const signedAt = statedTime(field, cms.signer);
  const timestamp = timestampStep(cms, signedAt, options);
  const times = { at: timestamp.provenAt ?? signedAt, existedBy: existedBy(timestamp, options) };
  const certificate = judgeCertificate(cms, times, options);
  const all = [...steps, ...cms.steps, certificate.step, timestamp.report];
  return report(field, all, {
    ...describeSigner(cms),
    ...(signedAt === undefined ? {} : { signedAt: signedAt.toISOString() }),
    ...(timestamp.provenAt === undefined ? {} : { timestampAt: timestamp.provenAt.toISOString() }),
    notices: [
      ...notices,
      ...timeNotices(timestamp, options),
      ...certificateNotices(certificate, cms, options.at),
    ],
    validNow: worstVerdict([conclude(all).outcome, certificate.validNow]),
  });
}

/**
 * Judges one signature of a PDF: its byte range, what came after it, digest, signature, certificate at signing time
 * and timestamp.
 * @returns a report whose steps are in the order of PDF_STEPS; later steps are judged although an earlier one failed,
 * as far as there is something to judge. Never throws for malformed input.
 */
export function judgePdfSignature(
  file: PdfFile,
  field: SignatureField,
  options: VerificationOptions,
): SignatureReport {
  const subFilter = field.signature.entries.get('SubFilter');
  const kind = subFilter?.kind === 'name' ? SUB_FILTERS[subFilter.value] : undefined;
  const format: StepReport = { step: 'format', outcome: 'passed' };
  if (kind === undefined) {
    const detail = subFilter?.kind === 'name' ? { detail: subFilter.value } : {};
    return report(field, [{ step: 'format', outcome: 'failed', reason: 'subFilterUnsupported', ...detail }]);
  }
  const range = judgeByteRange(file, field);
  if (range.kind === 'refused') {
    return report(field, [format, { step: 'byte_range', outcome: 'failed', reason: range.reason }]);
  }
  const later = judgeLaterChanges(range.value.revision, file);
  const steps: StepReport[] = [format, { step: 'byte_range', outcome: 'passed' }, laterStep(later)];
  switch (kind) {
    case 'documentTimestamp':
      return judgeDocumentTimestamp(field, range.value, steps, laterNotices(later), options);
    case 'pades':
    case 'pkcs7':
      return judgeSigned(field, range.value, kind, steps, laterNotices(later), options);
  }
}
