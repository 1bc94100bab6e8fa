import type { ReissueReason } from '../certificate/lifecycle';
import type { DecisionReference, IssuanceRequest } from '../issuance/issuance-request';
import type { LegalDate } from '../shared/legal-date';

/** The provision of law by which a change is made. */
export interface LegalGround {
  readonly law: string;
  readonly article: string;
}

export const INSPECTION_RESULTS = { passed: '合格', failed: '不合格' } as const satisfies Record<
  string,
  string
>;
export type InspectionResult = keyof typeof INSPECTION_RESULTS;

/** 年检: what is endorsed on the version. */
export interface Inspection {
  readonly inspectedOn: LegalDate;
  readonly result: InspectionResult;
  readonly nextDueOn: LegalDate | null;
}

/** A change after parsing; stored encrypted, since reasons are free text and a new version bears personal data. */
export interface ChangeRequest {
  readonly businessNumber: string;
  /** Instant of the decision in the agency, RFC 3339. */
  readonly decidedAt: string;
  readonly reason: string;
  readonly legalGround: LegalGround | null;
  readonly decision: DecisionReference | null;
  readonly attachmentIds: readonly string[];
  readonly reissueReason: ReissueReason | null;
  /** 纠错: the face elements that were wrong; empty when not named. */
  readonly correctedElements: readonly string[];
  readonly inspection: Inspection | null;
  /** 办理转出: to an authority of this register, and in words. */
  readonly toAuthorityId: string | null;
  readonly destination: string | null;
  /** The whole request of the version that follows; null when none does. */
  readonly newVersion: IssuanceRequest | null;
}
