import { OUTCOME_WORDING, REASON_WORDING, STEP_WORDING } from '../../documents/verification/reason-wording';
import { useCopyInWords } from '../../documents/verification/use-copy-report';
import type {
  Verdict as FileOutcome,
  SignatureReport,
  StepReport,
  VerificationReport,
} from '../../documents/verification/verification-report';
import { verifyFile } from '../../documents/verification/verify-file';
import { shanghaiInstant } from '../../domain/shared/legal-date';
import type { Verdict } from '../../domain/verification/judge-certificate';
import type { CheckOutcome, FileJudgement, VerificationCheck } from '../../domain/verification/judge-file';
import type { FileVerdict, FileVerifier } from '../../ports/file-verifier';

const SENTENCES: Readonly<Record<FileOutcome, string>> = {
  valid: '文件完整，签章有效',
  invalid: '文件未通过核验',
  cannotTell: '无法确认文件的签章',
};

/** Judges OFD and PDF files with the documents library and puts its report into the office's words. */
export function createDocumentsFileVerifier(): FileVerifier {
  return {
    async verify(bytes, { trustAnchors, revocationLists, judgedAt, timestamps, recordedBy }) {
      const report = verifyFile(bytes, {
        trustAnchors,
        revocationLists,
        at: judgedAt,
        revocation: 'whenAvailable',
        detachedTimestamps: timestamps,
        existedBy: recordedBy ?? undefined,
      });
      return verdictOf(report);
    },
  };
}

function verdictOf(report: VerificationReport): FileVerdict {
  if (report.kind === 'unknown') return { kind: 'notReadable' };
  return {
    kind: 'judged',
    format: report.kind,
    ...conclusionOf(report),
    checks: [
      ...report.signatures.flatMap((signature, index) => checksOf(signature, index, report)),
      ...useCopyChecks(report),
    ],
    sealedAt: report.signatures.at(-1)?.timestampAt ?? report.signatures.at(-1)?.signedAt ?? null,
    signers: report.signatures.map(({ signer, seal }) => seal?.name ?? signer?.subject ?? ''),
  };
}

/** A use-copy that ran out is not valid although its seal is sound; a worse finding goes first. */
function conclusionOf(report: VerificationReport): Pick<FileJudgement, 'verdict' | 'reason' | 'sentence'> {
  const sentence = SENTENCES[report.overall];
  if (report.overall !== 'invalid' && report.useCopy?.expired === true) {
    return { verdict: 'notValid', reason: 'useCopyExpired', sentence: '文件是加注件，已过有效期' };
  }
  return {
    verdict: inOfficeWords(report.overall),
    reason: report.reason,
    sentence: report.overall === 'valid' ? sentence : `${sentence}：${REASON_WORDING[report.reason]}`,
  };
}

function useCopyChecks({ useCopy }: VerificationReport): VerificationCheck[] {
  if (useCopy === undefined) return [];
  const detail = useCopyInWords(useCopy, (iso) =>
    shanghaiInstant(Date.parse(iso)).slice(0, 19).replace('T', ' '),
  );
  return [{ name: '加注件', outcome: useCopy.expired ? 'failed' : 'passed', detail }];
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
