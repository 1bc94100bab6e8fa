import type { ReissueReason } from '../domain/certificate/lifecycle';
import type { ChangeKind } from '../domain/certificate-change/change-kind';
import type { ChangeRequest, Inspection, LegalGround } from '../domain/certificate-change/change-request';
import type { ChangeOperation, ChangeState } from '../domain/certificate-change/lifecycle';
import type { DecisionReference } from '../domain/issuance/issuance-request';
import type { IssuanceState } from '../domain/issuance/lifecycle';
import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { Idempotency } from './idempotency';
import type { IssuanceRules } from './issuance-desk';
import type { Page, PageRequest } from './page';

/** A change as its authority sees it: the legal act, and how its case stands. */
export interface CertificateChangeView {
  readonly id: string;
  readonly operation: ChangeKind;
  readonly state: ChangeState;
  readonly certificateId: string;
  /** The version that the change is about. */
  readonly certificateVersionId: string;
  readonly certificateName: string;
  readonly number: string;
  readonly authorityId: string;
  readonly businessNumber: string;
  readonly decidedAt: string;
  readonly receivedAt: string;
  readonly updatedAt: string;
  readonly closedAt: string | null;
  readonly revision: number;
  readonly stateReason: { readonly code: string; readonly detail: string } | null;
  readonly reason: string;
  readonly legalGround: LegalGround | null;
  readonly decision: DecisionReference | null;
  readonly attachmentIds: readonly string[];
  readonly reissueReason: ReissueReason | null;
  readonly correctedElements: readonly string[];
  readonly inspection: Inspection | null;
  readonly toAuthorityId: string | null;
  readonly destination: string | null;
  readonly preemptedBy: string | null;
  /** The case that produces the version that follows; null before it begins or when none follows. */
  readonly issuance: { readonly id: string; readonly state: IssuanceState } | null;
  /** The version that followed, once it was issued. */
  readonly newVersion: {
    readonly versionId: string;
    readonly version: string;
    readonly identifier: string;
  } | null;
  readonly availableOperations: readonly ChangeOperation[];
}

/** A change after parsing. */
export interface NewCertificateChange {
  readonly kind: ChangeKind;
  readonly certificateId: string;
  readonly request: ChangeRequest;
  /** Rules and uniqueness key of the version that follows; null when none does. */
  readonly newVersion: { readonly rules: IssuanceRules; readonly uniquenessKey: string } | null;
}

/** Changes of a certificate as the API sees them. Every method acts within the principal's scope. */
export interface CertificateChangeDesk {
  /**
   * Whether the principal may begin such a change of the certificate (`notFound`, `notPermitted`), and for one that opens
   * a version the catalogue version and entitlement in force, by which its request is judged; null when it opens none.
   */
  rulesFor(
    principal: Principal,
    certificateId: string,
    kind: ChangeKind,
  ): Promise<Result<IssuanceRules | null, Refusal>>;
  /**
   * One transaction: the change with its key; it goes as far as it can go at once. Refuses what the certificate's table
   * lacks, and a second change (`changeOpen`, with the one that holds the certificate); an ending pre-empts that one.
   */
  begin(
    principal: Principal,
    change: NewCertificateChange,
    idempotency: Idempotency,
  ): Promise<Result<{ readonly changeId: string; readonly replayed: boolean }, Refusal>>;
  find(principal: Principal, changeId: string): Promise<CertificateChangeView | null>;
  list(
    principal: Principal,
    filter: {
      readonly state: ChangeState | null;
      readonly operation: ChangeKind | null;
      readonly certificateId: string | null;
    },
    page: PageRequest,
  ): Promise<Page<CertificateChangeView>>;
  /** Resolves when the change is final or waits for people, or after `waitMs`. */
  waitForOutcome(principal: Principal, changeId: string, waitMs: number): Promise<void>;
  /** By whoever began it, until the first seal of the version that follows. */
  withdraw(principal: Principal, changeId: string, reason: string): Promise<Result<null, Refusal>>;
  /** By whoever began it, after it was sent back. */
  resubmit(
    principal: Principal,
    changeId: string,
    change: NewCertificateChange,
  ): Promise<Result<null, Refusal>>;
}
