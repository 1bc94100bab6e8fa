import type {
  CertificateMark,
  CertificateOperation,
  CertificateState,
  VersionOrigin,
} from '../certificate/lifecycle';
import { certificateTransition } from '../certificate/lifecycle';
import type { Principal, Role } from '../shared/principal';

/** Who may begin a change on behalf of the issuing authority. */
interface ChangeKindDescription {
  /** Last part of the address under which it is begun. */
  readonly path: string;
  readonly agencies: boolean;
  readonly roles: readonly Role[];
  /** What the version that follows is called in its origin; null when no version follows. */
  readonly origin: Exclude<VersionOrigin, 'newIssue' | 'backEntry' | 'ingestion'> | null;
  /** `required`: the provision of law by which it is done must be named. */
  readonly legalGround: 'required' | 'optional';
}

const OFFICE: readonly Role[] = ['operator', 'windowClerk'];
/** What takes a right away, gives it back or moves it is not for the window. */
const OPERATOR: readonly Role[] = ['operator'];

const successor = { agencies: true, roles: OFFICE, legalGround: 'optional' } as const;
const decided = { agencies: true, roles: OPERATOR, origin: null, legalGround: 'required' } as const;

/**
 * Every change that somebody may begin, named as the operation of the certificate's own table (states, decision, two
 * persons, pre-emption and code stand there): its address and who begins it. 恢复 is begun by a person only, because its
 * two persons (行政许可法 reading 8) must be known by name.
 */
export const CHANGE_KINDS = {
  amend: { ...successor, path: 'amendments', origin: 'amendment' },
  renew: { ...successor, path: 'renewals', origin: 'renewal' },
  correct: { ...successor, path: 'corrections', origin: 'correction' },
  reissue: { ...successor, path: 'reissues', origin: 'reissue' },
  inspectPeriodically: {
    agencies: true,
    roles: OFFICE,
    path: 'periodic-inspections',
    origin: null,
    legalGround: 'optional',
  },
  suspend: { ...decided, path: 'suspensions' },
  resume: { ...decided, path: 'resumptions', legalGround: 'optional' },
  cancel: { ...decided, path: 'cancellations' },
  rescind: { ...decided, path: 'rescissions' },
  recall: { ...decided, path: 'recalls' },
  revoke: { ...decided, path: 'revocations' },
  void: { ...decided, path: 'voidings' },
  reinstate: {
    agencies: false,
    roles: OPERATOR,
    path: 'reinstatements',
    origin: 'reinstatement',
    legalGround: 'required',
  },
  transferOut: { ...decided, path: 'transfers-out' },
  undoTransferOut: { ...decided, path: 'transfer-out-cancellations', legalGround: 'optional' },
  transferIn: { ...successor, path: 'transfers-in', origin: 'transferIn' },
} as const satisfies Partial<Record<CertificateOperation, ChangeKindDescription>>;

export type ChangeKind = keyof typeof CHANGE_KINDS;
export const CHANGE_KIND_NAMES = Object.keys(CHANGE_KINDS) as readonly ChangeKind[];

/** Changes that open a new version and are produced by the issuance line. */
export type VersionChangeKind = {
  [Kind in ChangeKind]: (typeof CHANGE_KINDS)[Kind]['origin'] extends null ? never : Kind;
}[ChangeKind];
/** Changes that alter the state of the version, or note something on it, at once. */
export type StatusChangeKind = Exclude<ChangeKind, VersionChangeKind>;

/** One row of the table, as its general type. */
export function changeKind(kind: ChangeKind): ChangeKindDescription {
  return CHANGE_KINDS[kind];
}

/** Chinese name of a change, as the certificate's own table has it. */
export function changeName(kind: ChangeKind): string {
  return certificateTransition(kind).name;
}

export function opensVersion(kind: ChangeKind): kind is VersionChangeKind {
  return CHANGE_KINDS[kind].origin !== null;
}

/** Whether such a principal may begin the change at all; at which authority is asked of the register. */
export function mayBegin(kind: ChangeKind, principal: Principal): boolean {
  const { agencies, roles } = changeKind(kind);
  if (principal.kind === 'agency') return agencies;
  return principal.kind === 'person' && principal.roles.some((role) => roles.includes(role));
}

/** What a certificate is, as far as it decides which changes may begin. */
export interface ChangeableCertificate {
  readonly state: CertificateState;
  readonly marks: readonly CertificateMark[];
  readonly hasOpenChange: boolean;
  readonly handling: 'issue' | 'collect' | 'mirror';
  readonly periodicInspection: boolean;
}

export type ChangeObstacle = 'transitionNotAllowed' | 'changeOpen' | 'operationNotForType';

/**
 * Why a change may not begin now, or null. An open change holds every other (rule 8) but those that end the certificate
 * and so pre-empt it. Only what this city produces gets a new version here; only types with 年检 are inspected.
 */
export function changeObstacle(kind: ChangeKind, certificate: ChangeableCertificate): ChangeObstacle | null {
  const { from, preemptsOpenChange } = certificateTransition(kind);
  if (opensVersion(kind) && certificate.handling !== 'issue') return 'operationNotForType';
  if (kind === 'inspectPeriodically' && !certificate.periodicInspection) return 'operationNotForType';
  if (!from.includes(certificate.state)) return 'transitionNotAllowed';
  if (certificate.hasOpenChange && !preemptsOpenChange) return 'changeOpen';
  return null;
}

/** The changes that may begin now, in the order of the table. */
export function possibleChanges(certificate: ChangeableCertificate): readonly ChangeKind[] {
  return CHANGE_KIND_NAMES.filter((kind) => changeObstacle(kind, certificate) === null);
}
