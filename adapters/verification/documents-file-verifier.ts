import { OUTCOME_WORDING, REASON_WORDING, STEP_WORDING } from '../../documents/verification/reason-wording';
import type {
  Verdict as FileOutcome,
  SignatureReport,
  StepReport,
  VerificationReport,
} from '../../documents/verification/verification-report';
import { verifyFile } from '../../documents/verification/verify-file';
import type { Verdict } from '../../domain/verification/judge-certificate';
import type { CheckOutcome, VerificationCheck } from '../../domain/verification/judge-file';
import type { FileVerdict, FileVerifier } from '../../ports/file-verifier';

const SENTENCES: Readonly<Record<FileOutcome, string>> = {
  valid: '文件完整，签章有效',
  invalid: '文件未通过核验',
  cannotTell: '无法确认文件的签章',
};

/** Judges OFD and PDF files with the documents library and puts its report into the office's words. */
export function createDocumentsFileVerifier(): FileVerifier {
  return {
    async verify(bytes, { trustAnchors, revocationLists, judgedAt }) {
      const report = verifyFile(bytes, {
        trustAnchors,
        revocationLists,
        at: judgedAt,
        revocation: 'whenAvailable',
      });
      return verdictOf(report);
    },
  };
}

function verdictOf(report: VerificationReport): FileVerdict {
  if (report.kind === 'unknown') return { kind: 'notReadable' };
  const sentence = SENTENCES[report.overall];
  return {
    kind: 'judged',
    format: report.kind,
    verdict: inOfficeWords(report.overall),
    reason: report.reason,
    sentence: report.overall === 'valid' ? sentence : `${sentence}：${REASON_WORDING[report.reason]}`,
    checks: report.signatures.flatMap((signature, index) => checksOf(signature, index, report)),
    sealedAt: report.signatures.at(-1)?.timestampAt ?? report.signatures.at(-1)?.signedAt ?? null,
    signers: report.signatures.map(({ signer, seal }) => seal?.name ?? signer?.subject ?? ''),
  };
}

function checksOf(
  { steps }: SignatureReport,
  index: number,
  { signatures }: VerificationReport,
): VerificationCheck[] {
  const prefix = signatures.length > 1 ? `第 ${index + 1} 枚签章：` : '';
  return steps.map((step) => ({
    name: `${prefix}${STEP_WORDING[step.step]}`,
    outcome: checkOutcome(step.outcome),
    detail: step.reason === undefined ? OUTCOME_WORDING[step.outcome] : REASON_WORDING[step.reason],
  }));
}

function checkOutcome(outcome: StepReport['outcome']): CheckOutcome {
  switch (outcome) {
    case 'passed':
      return 'passed';
    case 'failed':
      return 'failed';
    case 'cannotTell':
      return 'notDecided';
    case 'skipped':
      return 'notApplicable';
  }
}

function inOfficeWords(outcome: FileOutcome): Verdict {
  switch (outcome) {
    case 'valid':
      return 'valid';
    case 'invalid':
      return 'notValid';
    case 'cannotTell':
      return 'cannotTell';
  }
}
