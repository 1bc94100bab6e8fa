import { ROAD_TRANSPORT_CERTIFICATE } from '../../../domain/catalog/built-in/road-transport-certificate';
import type { ForceMajeureState } from '../../../domain/force-majeure/lifecycle';
import { availableForceMajeureActions } from '../../../domain/force-majeure/lifecycle';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { Principal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { CertificateDoubts, DoubtView, NewDoubt } from '../../../ports/certificate-doubts';
import type {
  AffectedItemView,
  ForceMajeureDeclaration,
  ForceMajeureDesk,
  ForceMajeureView,
  ItemMark,
} from '../../../ports/force-majeure-desk';
import { AGENCY } from './fake-identity';
import { CERTIFICATE_ID, INSTANT } from './fake-ids';

export const FORCE_MAJEURE_ID = '00000000-0000-4000-8000-0000000000e1';
const ITEM_ID = '00000000-0000-4000-8000-0000000000e2';
const AT = shanghaiInstant(Date.parse(INSTANT));

/** One event by the port's words: who asks is everybody at once, and each act moves it as its name says. */
export class FakeForceMajeureDesk implements ForceMajeureDesk {
  state: ForceMajeureState = 'declared';
  declared: ForceMajeureDeclaration | null = null;
  marked: ItemMark | null = null;

  async declare(_: Principal, declaration: ForceMajeureDeclaration) {
    const replayed = this.declared !== null;
    this.declared = declaration;
    return accepted({ eventId: FORCE_MAJEURE_ID, replayed });
  }
  async find(_: Principal, eventId: string) {
    return eventId === FORCE_MAJEURE_ID ? anEvent(this.state) : null;
  }
  async list() {
    const { scope, ground, emergencyMeasures, evidence, telephoneReport, statements, finalReport, ...rest } =
      anEvent(this.state);
    return { items: [rest], nextCursor: null };
  }
  async items(_: Principal, eventId: string) {
    return eventId === FORCE_MAJEURE_ID ? { items: [anItem()], nextCursor: null } : null;
  }
  async item(_: Principal, __: string, itemId: string) {
    return itemId === ITEM_ID ? anItem() : null;
  }
  report(_: Principal, eventId: string) {
    return this.#move(eventId, 'reported');
  }
  recognise(_: Principal, eventId: string) {
    return this.#move(eventId, 'recognised');
  }
  reject(_: Principal, eventId: string) {
    return this.#move(eventId, 'rejected');
  }
  extendScope(_: Principal, eventId: string) {
    return this.#move(eventId, this.state);
  }
  clear(_: Principal, eventId: string) {
    return this.#move(eventId, 'recovering');
  }
  disputeClearance(_: Principal, eventId: string) {
    return this.#move(eventId, 'clearanceDisputed');
  }
  recur(_: Principal, eventId: string) {
    return this.#move(eventId, 'recognised');
  }
  close(_: Principal, eventId: string) {
    return this.#move(eventId, 'closed');
  }
  async markItem(_: Principal, eventId: string, mark: ItemMark) {
    if (eventId !== FORCE_MAJEURE_ID) return refused<Refusal>({ code: 'notFound' });
    const replayed = this.marked !== null;
    this.marked = mark;
    return accepted({ itemId: ITEM_ID, replayed });
  }
  async closeItem(_: Principal, __: string, itemId: string): Promise<Result<null, Refusal>> {
    return itemId === ITEM_ID ? accepted(null) : refused({ code: 'notFound' });
  }

  async #move(eventId: string, state: ForceMajeureState): Promise<Result<null, Refusal>> {
    if (eventId !== FORCE_MAJEURE_ID) return refused({ code: 'notFound' });
    this.state = state;
    return accepted(null);
  }
}

/** Doubts in memory: one standing at most. */
export class FakeCertificateDoubts implements CertificateDoubts {
  standing: NewDoubt | null = null;

  async set(_: Principal, doubt: NewDoubt): Promise<Result<DoubtView, Refusal>> {
    if (this.standing !== null) return refused({ code: 'statusAlreadyInDoubt' });
    this.standing = doubt;
    return accepted(aDoubt('standing', doubt.certificateNumber));
  }
  async confirm(
    _: Principal,
    lifting: { readonly certificateNumber: string },
  ): Promise<Result<DoubtView, Refusal>> {
    if (this.standing === null) return refused({ code: 'statusNotInDoubt' });
    this.standing = null;
    return accepted(aDoubt('lifted', lifting.certificateNumber));
  }
}

function aDoubt(state: DoubtView['state'], certificateNumber: string): DoubtView {
  const isLifted = state === 'lifted';
  return {
    id: '00000000-0000-4000-8000-0000000000e3',
    state,
    certificateId: CERTIFICATE_ID,
    certificateNumber,
    authorityId: AGENCY.authorityId,
    plannedOperation: 'cancel',
    eventId: null,
    setAt: AT,
    liftedAt: isLifted ? AT : null,
    liftKind: isLifted ? 'confirmed' : null,
    availableActions: isLifted ? [] : ['confirm'],
  };
}

function anItem(): AffectedItemView {
  return {
    id: ITEM_ID,
    state: 'open',
    eventId: FORCE_MAJEURE_ID,
    authorityId: AGENCY.authorityId,
    catalogCode: ROAD_TRANSPORT_CERTIFICATE.code,
    operation: 'issue',
    subjectKind: 'businessNumber',
    subjectId: null,
    reference: 'B-1',
    origin: 'marked',
    causeCode: 'markedByOperator',
    since: AT,
    closedAt: null,
    proofEventId: null,
    proofReference: null,
    availableActions: ['close'],
  };
}

function anEvent(state: ForceMajeureState): ForceMajeureView {
  const isDeclared = state === 'declared';
  return {
    id: FORCE_MAJEURE_ID,
    number: '不可抗力〔2026〕1号',
    state,
    authorityId: AGENCY.authorityId,
    authorityName: '东胜区行政审批和政务服务局',
    cause: 'flood',
    occurredAt: AT,
    knownAt: AT,
    declaredAt: AT,
    enteredAfterwards: false,
    reportedAt: isDeclared ? null : AT,
    receiptNumber: isDeclared ? null : '不可抗力收〔2026〕1号',
    reportDueAt: AT,
    decidedAt: null,
    round: 1,
    clearedAt: null,
    recoveryDueAt: null,
    awaitingCalendar: false,
    overdueAt: null,
    closedAt: null,
    progress: [{ operation: 'issue', total: 1, done: 0, excepted: 0, open: 1 }],
    availableActions: availableForceMajeureActions({ state, isCleared: false }, ['declarant', 'city']),
    scope: [
      {
        authorityId: AGENCY.authorityId,
        authorityName: '东胜区行政审批和政务服务局',
        catalogCode: ROAD_TRANSPORT_CERTIFICATE.code,
        certificateName: ROAD_TRANSPORT_CERTIFICATE.name,
        operations: ['issue', 'cancel'],
        includedAt: AT,
      },
    ],
    ground: { unforeseeable: '突发山洪', unavoidable: '机房进水', insurmountable: '备用线路同断' },
    emergencyMeasures: '纸质受理，事后补录',
    evidence: [{ description: '现场照片', attachmentId: null }],
    telephoneReport: null,
    statements: [],
    finalReport: null,
  };
}
