import { shanghaiInstant } from '../shared/legal-date';
import type { CertificateJudgement, Verdict } from './judge-certificate';

export const CHECK_OUTCOMES = ['passed', 'failed', 'notDecided', 'notApplicable'] as const;
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

/** One thing that was looked at, in words a citizen reads. */
export interface VerificationCheck {
  readonly name: string;
  readonly outcome: CheckOutcome;
  readonly detail: string | null;
}

/** What the file alone says: its seals and signatures, by whoever read it. */
export interface FileJudgement {
  readonly verdict: Verdict;
  /** Short code such as digestMismatch, chainExpired. */
  readonly reason: string;
  readonly sentence: string;
  readonly checks: readonly VerificationCheck[];
}

export interface CombinedJudgement {
  readonly verdict: Verdict;
  readonly reason: string;
  readonly sentence: string;
  readonly checks: readonly VerificationCheck[];
  readonly at: string;
}

const SEVERITY = { valid: 0, cannotTell: 1, notValid: 2 } as const satisfies Record<Verdict, number>;

/**
 * Brings together what the file says and what the register says of the certificate to which exactly these bytes
 * belong (null: the register does not know them). The less favourable of the two answers counts; sound seals on
 * a file that the register does not know give 无法确认, because its present state is then unknown (art. 6).
 */
export function judgeFile(
  file: FileJudgement,
  register: CertificateJudgement | null,
  nowMs: number,
): CombinedJudgement {
  const at = shanghaiInstant(nowMs);
  const checks = [...file.checks, registerCheck(register)];
  if (register === null) {
    return file.verdict === 'valid'
      ? { verdict: 'cannotTell', reason: 'notInRegister', sentence: NOT_IN_REGISTER, checks, at }
      : { verdict: file.verdict, reason: file.reason, sentence: file.sentence, checks, at };
  }
  const { verdict, reason, sentence } =
    SEVERITY[register.verdict] >= SEVERITY[file.verdict] ? register : file;
  return { verdict, reason, sentence, checks, at };
}

const NOT_IN_REGISTER = '文件的签章完好，但本市登记簿中没有这份文件，无法确认其当前状态';

function registerCheck(register: CertificateJudgement | null): VerificationCheck {
  const name = '登记簿中的当前状态';
  if (register === null) return { name, outcome: 'notDecided', detail: '本市登记簿中没有这份文件' };
  switch (register.verdict) {
    case 'valid':
      return { name, outcome: 'passed', detail: register.sentence };
    case 'notValid':
      return { name, outcome: 'failed', detail: register.sentence };
    case 'cannotTell':
      return { name, outcome: 'notDecided', detail: register.sentence };
  }
}
