import type { CertificateMark, CertificateState } from '../certificate/lifecycle';
import { CERTIFICATE_MARK_DESCRIPTIONS, CERTIFICATE_STATE_DESCRIPTIONS } from '../certificate/lifecycle';
import type { LegalDate } from '../shared/legal-date';
import { legalDateAt, shanghaiInstant } from '../shared/legal-date';

/** The three answers of art. 6; nothing between them, and never a guess. */
export const VERDICTS = ['valid', 'notValid', 'cannotTell'] as const;
export type Verdict = (typeof VERDICTS)[number];

export const VERDICT_WORDS = {
  valid: '有效',
  notValid: '无效',
  cannotTell: '无法确认',
} as const satisfies Record<Verdict, string>;

/** Why the register answers as it does: the state of the version, or what stands beside it. */
export type CertificateVerdictReason =
  | Exclude<CertificateState, 'draft' | 'underReview' | 'awaitingSeal'>
  | 'notIssued'
  | 'statusInDoubt'
  | 'renewalPending';

export interface MarkOnVerdict {
  readonly code: CertificateMark;
  readonly name: string;
  /** What it means for whoever relies on the certificate. */
  readonly meaning: string;
}

export interface CertificateJudgement {
  readonly verdict: Verdict;
  readonly reason: CertificateVerdictReason;
  /** One Chinese sentence, without the verdict's sign. */
  readonly sentence: string;
  readonly marks: readonly MarkOnVerdict[];
  /** The instant for which it holds, RFC 3339 with +08:00. */
  readonly at: string;
}

/** What of a certificate the verdict depends on; dates are YYYY-MM-DD. */
export interface JudgedCertificate {
  readonly state: CertificateState;
  readonly marks: readonly CertificateMark[];
  readonly validFrom: string;
  readonly validUntil: string | null;
  /** Instant at which the version ended or was taken over, RFC 3339; null while it has not. */
  readonly endedAt?: string | null;
}

const MARK_MEANINGS = {
  underInvestigation: '有人对该证照的数据提出异议，发证单位正在核查，核查结束前以登记信息为准',
  statusInDoubt: '发证单位已作出处理决定但尚未完成登记，请向发证单位核实',
  renewalPending: '延续申请已在期限内提出，尚未作出决定，依法视为准予延续',
} as const satisfies Record<CertificateMark, string>;

/**
 * What the register answers about a certificate at an instant (milliseconds since 1970). The period of validity
 * is judged by its dates, so that the answer is right at midnight before anything has moved the state.
 * 状态存疑 makes it 无法确认 (art. 10: a decision made on paper and not yet entered); a renewal filed in time
 * keeps an ended period valid (行政许可法 50); 核查中 is shown beside the verdict and changes none.
 */
export function judgeCertificate(certificate: JudgedCertificate, nowMs: number): CertificateJudgement {
  const reason = reasonOf(certificate, legalDateAt(nowMs));
  const [verdict, sentence] = ANSWERS[reason];
  return {
    verdict,
    reason,
    sentence: `${sentence}${untilWhen(certificate, reason)}`,
    marks: certificate.marks.map((code) => ({
      code,
      name: CERTIFICATE_MARK_DESCRIPTIONS[code].name,
      meaning: MARK_MEANINGS[code],
    })),
    at: shanghaiInstant(nowMs),
  };
}

const ANSWERS = {
  inForce: ['valid', '该证照有效'],
  renewalPending: ['valid', '该证照有效(延续审查中，视为准予延续)'],
  statusInDoubt: ['cannotTell', '该证照状态存疑，请向发证单位核实'],
  notYetInForce: ['notValid', '该证照尚未到生效日期'],
  suspended: ['notValid', '该证照已被暂扣'],
  superseded: ['notValid', '该证照已被新版本取代'],
  expired: ['notValid', '该证照已过有效期'],
  cancelled: ['notValid', '该证照已注销'],
  rescinded: ['notValid', '该证照已被撤销'],
  recalled: ['notValid', '该证照已被撤回'],
  transferredOut: ['notValid', '该证照已办理转出，请向转入地核实'],
  revoked: ['notValid', '该证照已被吊销'],
  voided: ['notValid', '该证照因签发错误已作废'],
  notIssued: ['notValid', '该证照尚未签发'],
} as const satisfies Record<CertificateVerdictReason, readonly [Verdict, string]>;

/** What ended was valid until then, and says so; what was voided never should have been issued. */
function untilWhen(
  { endedAt = null, validUntil }: JudgedCertificate,
  reason: CertificateVerdictReason,
): string {
  switch (reason) {
    case 'expired':
      return validUntil === null ? '' : `，有效期至 ${validUntil}`;
    case 'superseded':
    case 'cancelled':
    case 'rescinded':
    case 'recalled':
    case 'transferredOut':
    case 'revoked':
      return endedAt === null ? '' : `，有效至 ${dayAndMinute(endedAt)}`;
    case 'voided':
      return endedAt === null ? '' : `，作废于 ${dayAndMinute(endedAt)}`;
    case 'inForce':
    case 'renewalPending':
    case 'statusInDoubt':
    case 'notYetInForce':
    case 'suspended':
    case 'notIssued':
      return '';
  }
}

function dayAndMinute(instant: string): string {
  return shanghaiInstant(Date.parse(instant)).slice(0, 16).replace('T', ' ');
}

function reasonOf(certificate: JudgedCertificate, today: LegalDate): CertificateVerdictReason {
  const { state, marks, validFrom, validUntil } = certificate;
  switch (state) {
    case 'draft':
    case 'underReview':
    case 'awaitingSeal':
      return 'notIssued';
    case 'notYetInForce':
    case 'inForce':
      if (marks.includes('statusInDoubt')) return 'statusInDoubt';
      // In force ahead of its first day only when it continues the right of the version before it.
      if (state === 'notYetInForce' && today < validFrom) return 'notYetInForce';
      if (validUntil === null || today <= validUntil) return 'inForce';
      return marks.includes('renewalPending') ? 'renewalPending' : 'expired';
    case 'suspended':
    case 'superseded':
    case 'expired':
    case 'cancelled':
    case 'rescinded':
    case 'recalled':
    case 'transferredOut':
    case 'revoked':
    case 'voided':
      return state;
  }
}

/** The name of a state as verification shows it. */
export function stateInWords(state: CertificateState): string {
  return CERTIFICATE_STATE_DESCRIPTIONS[state].name;
}
