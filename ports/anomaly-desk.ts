import type {
  AnomalyConclusion,
  AnomalyOperation,
  AnomalyState,
  ObjectorKind,
} from '../domain/anomaly/lifecycle';
import type { Claim } from '../domain/anomaly/objection';
import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { ReadPurpose } from './certificate-register';
import type { Idempotency } from './idempotency';
import type { Page, PageRequest } from './page';

/** How an objector names the certificate: by its id where he sees it, else by what its file shows. */
export type NamedCertificate =
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'identifier'; readonly identifier: string }
  | { readonly by: 'verificationCode'; readonly code: string };

export interface NewObjection {
  readonly certificate: NamedCertificate;
  readonly claims: readonly Claim[];
  readonly explanation: string;
  readonly contact: string | null;
  readonly attachmentIds: readonly string[];
}

export interface ObjectionView {
  readonly id: string;
  readonly ordinal: number;
  readonly objectorKind: ObjectorKind;
  readonly isGovernment: boolean;
  readonly isMine: boolean;
  readonly fields: readonly string[];
  readonly attachmentIds: readonly string[];
  readonly filedAt: string;
  readonly withdrawnAt: string | null;
  readonly repliedAt: string | null;
  readonly receivedAt: string | null;
  readonly receivedHow: 'opened' | 'announced' | 'internal' | null;
  readonly contactAttempts: number;
}

/** A case as lists show it: no claimed, registered or recorded value. */
export interface AnomalyCaseView {
  readonly id: string;
  readonly number: string;
  readonly state: AnomalyState;
  readonly authorityId: string;
  readonly issuingAuthorityId: string;
  readonly certificateId: string;
  readonly certificateVersionId: string;
  readonly certificateName: string;
  readonly certificateNumber: string;
  readonly fields: readonly string[];
  readonly objections: readonly ObjectionView[];
  readonly conclusion: AnomalyConclusion | null;
  /** What the office last said about the case: why it was sent back, or concluded so. Null in lists. */
  readonly reason: string | null;
  readonly changeId: string | null;
  readonly handOver: { readonly organ: string; readonly reference: string; readonly receipt: string } | null;
  readonly transfers: number;
  readonly toldUsers: number;
  readonly filedAt: string;
  readonly acceptedAt: string | null;
  readonly decidedAt: string | null;
  readonly repliedAt: string | null;
  readonly closedAt: string | null;
  /** The clock of the case that ends first; null: none runs, or its calendar is not loaded. */
  readonly dueAt: string | null;
  readonly availableOperations: readonly AnomalyOperation[];
}

/** How the agency's own record answered: a system that is down is said, and what it said before is kept. */
export type RecordOutcome = 'found' | 'notFound' | 'unavailable' | 'notConnected';

export interface FieldComparison {
  readonly field: string;
  readonly registered: string | null;
  readonly claims: readonly {
    readonly objectionId: string;
    readonly ground: Claim['ground'];
    readonly value: string | null;
  }[];
  /** Null: the record does not have it, or there is no record. */
  readonly recorded: string | null;
  readonly agrees: boolean | null;
}

export interface Comparison {
  readonly view: AnomalyCaseView;
  readonly record: {
    readonly outcome: RecordOutcome;
    /** When the values that are shown were answered; null when they never were. */
    readonly answeredAt: string | null;
    readonly askedAt: string;
  };
  readonly fields: readonly FieldComparison[];
  readonly explanations: readonly {
    readonly objectionId: string;
    readonly explanation: string;
    readonly contact: string | null;
  }[];
}

export interface AffectedUse {
  readonly principalKind: string;
  readonly principalId: string;
  readonly authorityName: string | null;
  readonly uses: number;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly purposes: readonly string[];
  readonly toldAt: string | null;
}

export interface AffectedUses {
  readonly since: string;
  readonly users: readonly AffectedUse[];
  /** Anonymous verifications in that time: who made them is not known, so they cannot be told. */
  readonly anonymousVerifications: number;
}

export interface ReplyView {
  readonly objectionId: string;
  /** Null: not given yet, this is the draft. */
  readonly number: string | null;
  readonly title: string;
  readonly paragraphs: readonly string[];
  readonly repliedAt: string | null;
  readonly receivedAt: string | null;
}

export type AnomalyDecision =
  | { readonly decision: 'uphold'; readonly reason: string }
  | {
      readonly decision: 'correct';
      readonly reason: string;
      /** Right values by the Chinese name of the element. */
      readonly corrections: Readonly<Record<string, unknown>>;
      readonly wrongSince: string | null;
    }
  | {
      readonly decision: 'endCertificate';
      readonly reason: string;
      readonly operation: 'void' | 'rescind' | 'cancel';
      readonly document: {
        readonly name: string;
        readonly number: string;
        readonly date: string;
        readonly organ: string;
      };
      readonly legalGround: { readonly law: string; readonly article: string };
      readonly attachmentIds: readonly string[];
      readonly wrongSince: string | null;
    };

export interface HandOver {
  readonly organ: string;
  readonly reference: string;
  readonly receipt: string;
  readonly reason: string;
}

type Acted = Promise<Result<null, Refusal>>;

/** Objections and their cases as people see them; what is outside a principal's scope is not found. */
export interface AnomalyDesk {
  /**
   * Opens a case, or joins the open one about the same field; the certificate carries 核查中 when this answers. The same
   * key and body answers the same case with `replayed`.
   */
  file(
    principal: Principal,
    objection: NewObjection,
    idempotency: Idempotency,
  ): Promise<
    Result<{ readonly caseId: string; readonly joined: boolean; readonly replayed: boolean }, Refusal>
  >;
  find(principal: Principal, caseId: string): Promise<AnomalyCaseView | null>;
  list(
    principal: Principal,
    filter: { readonly state: AnomalyState | null; readonly certificateId: string | null },
    page: PageRequest,
  ): Promise<Page<AnomalyCaseView>>;
  accept(principal: Principal, caseId: string): Acted;
  refuseAdmission(principal: Principal, caseId: string, reason: string): Acted;
  sendBack(principal: Principal, caseId: string, reason: string): Acted;
  transfer(principal: Principal, caseId: string, toAuthorityId: string, reason: string): Acted;
  handOver(principal: Principal, caseId: string, handOver: HandOver): Acted;
  decide(principal: Principal, caseId: string, decision: AnomalyDecision): Acted;
  reply(principal: Principal, caseId: string): Acted;
  recordAttempt(
    principal: Principal,
    caseId: string,
    attempt: {
      readonly objectionId: string;
      readonly channel: 'telephone' | 'visit' | 'announcement';
      readonly note: string;
    },
  ): Acted;
  withdraw(principal: Principal, caseId: string, reason: string): Acted;
  supplyEvidence(
    principal: Principal,
    caseId: string,
    evidence: { readonly attachmentIds: readonly string[]; readonly explanation: string },
  ): Acted;
  /** The three values side by side; the agency is asked anew each time, and the read is recorded. */
  comparison(principal: Principal, caseId: string, read: ReadPurpose): Promise<Result<Comparison, Refusal>>;
  affectedUses(principal: Principal, caseId: string): Promise<Result<AffectedUses, Refusal>>;
  /** An objector gets his own reply, which records that he has it; the office gets all, or their drafts. */
  replies(principal: Principal, caseId: string): Promise<Result<readonly ReplyView[], Refusal>>;
  evidence(
    principal: Principal,
    caseId: string,
    attachmentId: string,
    read: ReadPurpose,
  ): Promise<
    Result<{ readonly bytes: Uint8Array; readonly mediaType: string; readonly fileName: string }, Refusal>
  >;
}
