import type { AffectedOperation, ItemState, ItemSubject } from '../domain/force-majeure/affected-item';
import type {
  Evidence,
  ForceMajeureCause,
  ForceMajeureGround,
  StatementKind,
  TelephoneReport,
} from '../domain/force-majeure/declaration';
import type { FinalReportFacts, OperationProgress } from '../domain/force-majeure/final-report';
import type { ForceMajeureAction, ForceMajeureState } from '../domain/force-majeure/lifecycle';
import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { Idempotency } from './idempotency';
import type { Page, PageRequest } from './page';

/** Units × types × operations; only pairs that a unit is entitled to are taken in. */
export interface WantedScope {
  readonly authorityIds: readonly string[];
  readonly catalogCodes: readonly string[];
  readonly operations: readonly AffectedOperation[];
}

export interface ForceMajeureDeclaration {
  readonly scope: WantedScope;
  readonly cause: ForceMajeureCause;
  readonly occurredAt: string;
  readonly knownAt: string;
  readonly ground: ForceMajeureGround;
  readonly emergencyMeasures: string;
  readonly evidence: readonly Evidence[];
  /** Present when the event is entered after it was reported by telephone. */
  readonly telephoneReport: TelephoneReport | null;
}

export interface ForceMajeureScopeView {
  readonly authorityId: string;
  readonly authorityName: string;
  readonly catalogCode: string;
  readonly certificateName: string;
  readonly operations: readonly AffectedOperation[];
  readonly includedAt: string;
}

/** What was stated in the course of an event; `at` is the instant that it is about. */
export interface StatementView {
  readonly kind: StatementKind;
  readonly round: number;
  readonly at: string;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
  readonly statedAt: string;
}

/** An event as lists show it. */
export interface ForceMajeureSummary {
  readonly id: string;
  readonly number: string;
  readonly state: ForceMajeureState;
  readonly authorityId: string;
  readonly authorityName: string;
  readonly cause: ForceMajeureCause;
  readonly occurredAt: string;
  readonly knownAt: string;
  readonly declaredAt: string;
  readonly enteredAfterwards: boolean;
  readonly reportedAt: string | null;
  readonly receiptNumber: string | null;
  readonly reportDueAt: string | null;
  readonly decidedAt: string | null;
  readonly round: number;
  readonly clearedAt: string | null;
  /** End of the recovery; null before the clearance, and while no calendar reaches it. */
  readonly recoveryDueAt: string | null;
  readonly awaitingCalendar: boolean;
  readonly overdueAt: string | null;
  readonly closedAt: string | null;
  readonly progress: readonly OperationProgress[];
  readonly availableActions: readonly ForceMajeureAction[];
}

export interface ForceMajeureView extends ForceMajeureSummary {
  readonly scope: readonly ForceMajeureScopeView[];
  readonly ground: ForceMajeureGround;
  readonly emergencyMeasures: string;
  readonly evidence: readonly Evidence[];
  readonly telephoneReport: TelephoneReport | null;
  readonly statements: readonly StatementView[];
  readonly finalReport: { readonly facts: FinalReportFacts; readonly text: string } | null;
}

export interface AffectedItemView {
  readonly id: string;
  readonly state: ItemState;
  readonly eventId: string;
  readonly authorityId: string;
  readonly catalogCode: string;
  readonly operation: AffectedOperation;
  readonly subjectKind: ItemSubject;
  readonly subjectId: string | null;
  readonly reference: string;
  readonly origin: 'collected' | 'marked';
  readonly causeCode: string;
  readonly since: string;
  readonly closedAt: string | null;
  readonly proofEventId: string | null;
  readonly proofReference: string | null;
  readonly availableActions: readonly 'close'[];
}

/** What an operator marks 无法办理; a case by its id, anything else by the number under which it will be entered. */
export interface ItemMark {
  readonly operation: AffectedOperation;
  readonly subjectKind: ItemSubject;
  readonly subjectId: string | null;
  readonly authorityId: string;
  readonly catalogCode: string;
  readonly reference: string;
  readonly cause: string;
  readonly since: string;
}

/** How a person closes an item: by the event that made it up, or by a reason why it is not made up. */
export type ItemClosing =
  | { readonly kind: 'proof'; readonly proofEventId: string }
  | { readonly kind: 'exception'; readonly reason: string };

export interface ClearanceStatement {
  readonly clearedAt: string;
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

/**
 * Force majeure as the API sees it. Whether a person sees an event is the database's answer for that person; who acts as
 * declarant, covered unit or city is judged per act. Every refusal is made before anything is written.
 */
export interface ForceMajeureDesk {
  declare(
    principal: Principal,
    declaration: ForceMajeureDeclaration,
    idempotency: Idempotency,
  ): Promise<Result<{ readonly eventId: string; readonly replayed: boolean }, Refusal>>;
  find(principal: Principal, eventId: string): Promise<ForceMajeureView | null>;
  list(
    principal: Principal,
    filter: { readonly state: ForceMajeureState | null },
    page: PageRequest,
  ): Promise<Page<ForceMajeureSummary>>;
  items(
    principal: Principal,
    eventId: string,
    filter: { readonly state: ItemState | null; readonly operation: AffectedOperation | null },
    page: PageRequest,
  ): Promise<Page<AffectedItemView> | null>;
  report(principal: Principal, eventId: string): Promise<Result<null, Refusal>>;
  recognise(principal: Principal, eventId: string, reason: string): Promise<Result<null, Refusal>>;
  reject(principal: Principal, eventId: string, reason: string): Promise<Result<null, Refusal>>;
  extendScope(
    principal: Principal,
    eventId: string,
    extension: { readonly scope: WantedScope; readonly reason: string },
  ): Promise<Result<null, Refusal>>;
  /** Declares, changes or (the city, when it is disputed) settles the clearance, as the state wants it. */
  clear(principal: Principal, eventId: string, statement: ClearanceStatement): Promise<Result<null, Refusal>>;
  disputeClearance(
    principal: Principal,
    eventId: string,
    statement: ClearanceStatement,
  ): Promise<Result<null, Refusal>>;
  recur(
    principal: Principal,
    eventId: string,
    statement: {
      readonly recurredAt: string;
      readonly reason: string;
      readonly evidence: readonly Evidence[];
    },
  ): Promise<Result<null, Refusal>>;
  close(principal: Principal, eventId: string): Promise<Result<null, Refusal>>;
  markItem(
    principal: Principal,
    eventId: string,
    mark: ItemMark,
    idempotency: Idempotency,
  ): Promise<Result<{ readonly itemId: string; readonly replayed: boolean }, Refusal>>;
  closeItem(
    principal: Principal,
    eventId: string,
    itemId: string,
    closing: ItemClosing,
  ): Promise<Result<null, Refusal>>;
  item(principal: Principal, eventId: string, itemId: string): Promise<AffectedItemView | null>;
}
