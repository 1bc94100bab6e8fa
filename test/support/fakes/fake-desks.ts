import { BUILT_IN_DEFINITIONS } from '../../../domain/catalog/built-in/built-in-definitions';
import { REAL_ESTATE_CERTIFICATE } from '../../../domain/catalog/built-in/real-estate-certificate';
import type { CatalogDefinition } from '../../../domain/catalog/catalog-entry';
import type { CatalogOperation } from '../../../domain/catalog/lifecycle';
import { applyCatalogTransition, availableCatalogTransitions } from '../../../domain/catalog/lifecycle';
import type { Principal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { TaskOperation } from '../../../domain/task/lifecycle';
import { applyTaskTransition } from '../../../domain/task/lifecycle';
import type { CatalogDesk, CatalogVersionView } from '../../../ports/catalog-desk';
import type { CertificateRegister, CertificateView, ReadPurpose } from '../../../ports/certificate-register';
import type { FileVerdict, FileVerifier } from '../../../ports/file-verifier';
import type { IssuanceDraft, IssuanceDraftDesk } from '../../../ports/issuance-desk';
import type { NoticeBoard } from '../../../ports/notice-board';
import type { AttachmentDesk, OfficeDesk, SealDesk, SealView } from '../../../ports/office-desk';
import type { TaskDesk, TaskView } from '../../../ports/task-desk';
import type { PublicCertificate, VerificationDesk } from '../../../ports/verification-desk';
import { AGENCY } from './fake-identity';

export const CERTIFICATE_ID = '00000000-0000-4000-8000-0000000000c1';
export const TASK_ID = '00000000-0000-4000-8000-0000000000d1';
export const SEAL_ID = '00000000-0000-4000-8000-0000000000f1';
export const DELIVERY_ID = '00000000-0000-4000-8000-0000000000aa';
export const NOTICE_ID = '00000000-0000-4000-8000-0000000000ab';
export const CATALOG_ID = '00000000-0000-4000-8000-0000000000ac';
export const VERIFICATION_CODE = 'abcdefghijklmnop-QRSTUVWX_012345';
const INSTANT = '2026-11-23T02:00:00.000Z';

/** A certificate in force; a test overrides what it is about. */
export function aCertificateView(override: Partial<CertificateView> = {}): CertificateView {
  return {
    id: CERTIFICATE_ID,
    versionId: '00000000-0000-4000-8000-0000000000c2',
    version: '001',
    state: 'inForce',
    marks: [],
    number: '蒙(2026)东胜区不动产权第0000001号',
    identifier: '1.2.156.3005.2.x.y.z.001.1',
    catalogCode: REAL_ESTATE_CERTIFICATE.code,
    certificateName: '不动产权证书',
    authorityId: AGENCY.authorityId,
    issuingAuthority: '东胜区行政审批和政务服务局',
    maskedHolders: [{ name: '阿*******', code: '150***********0121', share: '1/2' }],
    maskedFace: { 坐落: '鄂尔多斯市东胜区****', 权利人: [{ 姓名: '阿*******' }] },
    validFrom: '2026-11-20',
    validUntil: null,
    issuedOn: '2026-11-20',
    issuedAt: INSTANT,
    endedAt: null,
    availableOperations: ['suspend', 'cancel'],
    ...override,
  };
}

/** One certificate; remembers why it was read. */
export class FakeCertificateRegister implements CertificateRegister {
  readonly reads: (ReadPurpose & { readonly unmask?: boolean })[] = [];
  readonly queries: (string | null)[] = [];

  async search(_: Principal, query: string | null) {
    this.queries.push(query);
    return { items: [aCertificateView()], nextCursor: 'next' };
  }

  async find(_: Principal, certificateId: string) {
    return certificateId === CERTIFICATE_ID ? aCertificateView() : null;
  }

  async face(_: Principal, __: string, read: ReadPurpose & { readonly unmask: boolean }) {
    this.reads.push(read);
    const face = { 坐落: read.unmask ? '演示街3号' : '演****' };
    return accepted({ faceSchema: REAL_ESTATE_CERTIFICATE.faceSchema, face, masked: !read.unmask });
  }

  async file(_: Principal, certificateId: string, __: string, read: ReadPurpose) {
    if (certificateId !== CERTIFICATE_ID) return refused({ code: 'notFound' as const });
    this.reads.push(read);
    return accepted({
      bytes: Buffer.from('sealed'),
      mediaType: 'application/ofd',
      digest: 'ab'.repeat(32),
      fileName: "不动产权证书('1').ofd",
    });
  }

  async events() {
    const actor = { principal: 'agency:x' };
    const event = { id: '1', kind: 'issued', operationCode: '01', actor, facts: {}, occurredAt: INSTANT };
    return { items: [event], nextCursor: null };
  }

  async versions(_: Principal, certificateId: string) {
    return certificateId === CERTIFICATE_ID ? [aCertificateView()] : null;
  }

  async uses() {
    const use = {
      readAt: INSTANT,
      principalKind: 'person',
      who: '张三',
      purpose: '窗口办理',
      fields: ['坐落'],
      unmasked: false,
    };
    return { items: [use], nextCursor: null };
  }
}

/** One task that moves by the domain's table. */
export class FakeTaskDesk implements TaskDesk {
  task: TaskView = {
    id: TASK_ID,
    kind: 'issuanceReview',
    state: 'open',
    caseKind: 'issuance',
    caseId: '00000000-0000-4000-8000-000000000001',
    certificateName: '道路运输证',
    businessNumber: '150602-2026-000123',
    authorityId: AGENCY.authorityId,
    openedAt: INSTANT,
    dueAt: INSTANT,
    claimedBy: null,
    claimedAt: null,
    decision: null,
    decisionReason: null,
    decidedAt: null,
    takesEffectAt: null,
    availableOperations: ['claim'],
  };
  readonly purposes: string[] = [];

  async list() {
    return { items: [this.task], nextCursor: null };
  }
  async find(_: Principal, taskId: string) {
    return taskId === TASK_ID ? this.task : null;
  }
  async reviewMaterial(_: Principal, taskId: string, purpose: string) {
    if (taskId !== TASK_ID) return null;
    this.purposes.push(purpose);
    return {
      task: this.task,
      faceSchema: REAL_ESTATE_CERTIFICATE.faceSchema,
      face: { 坐落: '演示街3号' },
      holders: [{ name: '阿拉腾其其格', code: '150699198503120121', share: '1/2' }],
      comparison: {
        outcome: 'different' as const,
        differences: [{ element: '坐落', requested: '演示街3号', recorded: '演示街4号' }],
      },
      decision: null,
      attachmentIds: [],
    };
  }
  async draftPage(_: Principal, taskId: string, purpose: string) {
    this.purposes.push(purpose);
    return taskId === TASK_ID ? Buffer.from('\x89PNG', 'latin1') : null;
  }
  async claim(_: Principal, taskId: string) {
    return this.#move(taskId, 'claim');
  }
  async release(_: Principal, taskId: string) {
    return this.#move(taskId, 'release');
  }
  async decide(
    _: Principal,
    taskId: string,
    decision: 'approve' | 'sendBack' | 'refuse',
    reason: string | null,
  ) {
    if (decision !== 'approve' && reason === null) return refused({ code: 'reasonRequired' as const });
    return this.#move(taskId, 'decide');
  }
  async undo(_: Principal, taskId: string) {
    return this.#move(taskId, 'undo');
  }

  #move(taskId: string, operation: TaskOperation): Result<null, Refusal> {
    if (taskId !== TASK_ID) return refused({ code: 'notFound' });
    const next = applyTaskTransition(this.task.state, operation);
    if (!next.ok) return refused({ code: 'taskNotOpen', facts: { claimedSince: INSTANT } });
    this.task = { ...this.task, state: next.value };
    return accepted(null);
  }
}

/** Drafts with revisions. */
export class FakeDraftDesk implements IssuanceDraftDesk {
  readonly drafts = new Map<string, IssuanceDraft>();

  async create(_: Principal, catalogCode: string, body: IssuanceDraft['body']) {
    const id = `00000000-0000-4000-8000-0000000d${String(this.drafts.size + 1).padStart(4, '0')}`;
    const draft = { id, catalogCode, revision: 1, updatedAt: INSTANT, body };
    this.drafts.set(id, draft);
    return accepted(draft);
  }
  async find(_: Principal, draftId: string) {
    return this.drafts.get(draftId) ?? null;
  }
  async list() {
    return { items: [...this.drafts.values()], nextCursor: null };
  }
  async save(_: Principal, draftId: string, revision: number, body: IssuanceDraft['body']) {
    const draft = this.drafts.get(draftId);
    if (draft === undefined) return refused({ code: 'notFound' as const });
    if (draft.revision !== revision) return refused({ code: 'revisionConflict' as const });
    const saved = { ...draft, revision: revision + 1, body };
    this.drafts.set(draftId, saved);
    return accepted(saved);
  }
  async discard(_: Principal, draftId: string) {
    return this.drafts.delete(draftId) ? accepted(null) : refused({ code: 'notFound' as const });
  }
  async copyFromLast(_: Principal, catalogCode: string) {
    return catalogCode === REAL_ESTATE_CERTIFICATE.code ? { face: { 用途: '住宅' } } : null;
  }
}

/** One type with versions that move by the domain's table. */
export class FakeCatalogDesk implements CatalogDesk {
  readonly #versions: CatalogVersionView[] = [
    aVersion(1, 'published', BUILT_IN_DEFINITIONS[0] ?? REAL_ESTATE_CERTIFICATE),
  ];

  async list() {
    const { code, name, trade } = REAL_ESTATE_CERTIFICATE;
    return [{ id: CATALOG_ID, code, name, trade, publishedVersion: 1, entitlements: [] }];
  }
  async versions(_: Principal, catalogEntryId: string) {
    return catalogEntryId === CATALOG_ID ? this.#versions : null;
  }
  async draft(_: Principal, definition: CatalogDefinition) {
    const version = aVersion(this.#versions.length + 1, 'draft', definition);
    this.#versions.push(version);
    return accepted(version);
  }
  async submit(_: Principal, versionId: string) {
    return this.#move(versionId, 'submit');
  }
  async approve(_: Principal, versionId: string) {
    return this.#move(versionId, 'approve');
  }
  async publish(_: Principal, versionId: string) {
    return this.#move(versionId, 'publish');
  }

  #move(versionId: string, operation: CatalogOperation): Result<CatalogVersionView, Refusal> {
    const index = this.#versions.findIndex(({ id }) => id === versionId);
    const version = this.#versions[index];
    if (version === undefined) return refused({ code: 'notFound' });
    const next = applyCatalogTransition(version.state, operation);
    if (!next.ok) return refused({ code: 'transitionNotAllowed' });
    const moved = aVersion(version.version, next.value, version.definition);
    this.#versions[index] = moved;
    return accepted(moved);
  }
}

function aVersion(
  version: number,
  state: CatalogVersionView['state'],
  definition: CatalogDefinition,
): CatalogVersionView {
  return {
    id: `00000000-0000-4000-8000-00000000ca${String(version).padStart(2, '0')}`,
    catalogEntryId: CATALOG_ID,
    version,
    state,
    effectiveFrom: null,
    publishedAt: null,
    definition,
    availableOperations: availableCatalogTransitions(state),
  };
}

/** One of everything that the office looks at. */
export class FakeOffice implements OfficeDesk, SealDesk, AttachmentDesk, NoticeBoard {
  readonly files: { readonly fileName: string; readonly bytes: Uint8Array; readonly digest: string }[] = [];
  seal: SealView = {
    id: SEAL_ID,
    authorityId: AGENCY.authorityId,
    name: '审批专用章',
    kind: 'approval',
    state: 'inUse',
    stateReason: null,
    validFrom: '2026-01-01',
    validUntil: '2029-01-01',
  };

  async authorities() {
    return [
      {
        id: AGENCY.authorityId,
        creditCode: '11150602MB1234567X',
        name: '东胜区行政审批和政务服务局',
        kind: 'administrativeOrgan',
        level: 'banner',
        areaCode: '150602',
        trade: null,
        isIssuing: true,
        parentId: null,
        competentDepartmentId: null,
        successorId: null,
      },
    ];
  }
  async deliveries() {
    return { items: [aDelivery()], nextCursor: null };
  }
  async delivery(_: Principal, deliveryId: string) {
    return deliveryId === DELIVERY_ID ? aDelivery() : null;
  }
  async retryDelivery(_: Principal, deliveryId: string) {
    return deliveryId === DELIVERY_ID ? accepted(null) : refused({ code: 'notFound' as const });
  }
  async upReports() {
    const report = {
      id: '1',
      certificateVersionId: CERTIFICATE_ID,
      operationCode: '01',
      state: 'accepted',
      receipt: 'R-1',
      reason: null,
      updatedAt: INSTANT,
    };
    return { items: [report], nextCursor: null };
  }
  async seals() {
    return [this.seal];
  }
  async stop(_: Principal, __: string, reason: string) {
    this.seal = { ...this.seal, state: 'stopped', stateReason: reason };
    return accepted(this.seal);
  }
  async resume() {
    this.seal = { ...this.seal, state: 'inUse', stateReason: null };
    return accepted(this.seal);
  }
  async mandates() {
    return [aMandate()];
  }
  async grantMandate(_: Principal, mandate: Parameters<SealDesk['grantMandate']>[1]) {
    return accepted({ ...aMandate(), ...mandate });
  }
  async endMandate() {
    return accepted({ ...aMandate(), endedAt: INSTANT });
  }
  async add(
    _: Principal,
    file: Parameters<AttachmentDesk['add']>[1],
    idempotency: Parameters<AttachmentDesk['add']>[2],
  ) {
    this.files.push({ ...file, digest: Buffer.from(idempotency.bodyDigest).toString('hex') });
    return accepted({ id: '00000000-0000-4000-8000-0000000000af' });
  }
  async list() {
    const notice = {
      id: NOTICE_ID,
      title: '待办',
      body: '您有新的任务',
      link: null,
      createdAt: INSTANT,
      readAt: null,
    };
    return { items: [notice], nextCursor: null };
  }
  async markRead(_: Principal, noticeId: string) {
    return noticeId === NOTICE_ID;
  }
}

function aDelivery() {
  return {
    id: DELIVERY_ID,
    certificateVersionId: CERTIFICATE_ID,
    holderOrdinal: 1,
    channel: 'portal',
    state: 'wrongPerson',
    attempts: 1,
    lastError: null,
    deliveredAt: null,
    portalReceipt: null,
    availableOperations: ['retry'],
  };
}

function aMandate() {
  return {
    id: '00000000-0000-4000-8000-0000000000ad',
    sealId: SEAL_ID,
    catalogCode: REAL_ESTATE_CERTIFICATE.code,
    authorityId: AGENCY.authorityId,
    validFrom: '2026-01-01',
    validUntil: '2027-01-01',
    volumeCap: 100,
    used: 3,
    endedAt: null,
  };
}

/** One certificate by its code and by one file's digest. */
export class FakeVerificationDesk implements VerificationDesk {
  certificate: PublicCertificate = {
    certificateVersionId: CERTIFICATE_ID,
    certificateName: '不动产权证书',
    number: '蒙(2026)东胜区不动产权第0000001号',
    identifier: '1.2.156.3005.2.x.y.z.001.1',
    version: '001',
    state: 'inForce',
    marks: [],
    maskedHolders: [{ name: '阿*******', code: '150***********0121', share: '1/2' }],
    publicFace: { 坐落: '鄂尔多斯市东胜区<b>****' },
    issuingAuthority: '东胜区行政审批和政务服务局',
    issuingAuthorityCode: '11150602MB1234567X',
    validFrom: '2026-11-20',
    validUntil: null,
    issuedOn: '2026-11-20',
    issuedAt: INSTANT,
    endedAt: null,
  };
  knownDigest: string | null = null;
  counted = 0;

  async byCode(code: string) {
    return code === VERIFICATION_CODE ? this.certificate : null;
  }
  async byFileDigest(digest: string) {
    return digest === this.knownDigest ? this.certificate : null;
  }
  async trust() {
    return { trustAnchors: [], revocationLists: [] };
  }
  countVerification() {
    this.counted += 1;
  }
}

/** Answers what a test set, whatever the bytes. */
export class FakeFileVerifier implements FileVerifier {
  verdict: FileVerdict = {
    kind: 'judged',
    format: 'ofd',
    verdict: 'valid',
    reason: 'sealsSound',
    sentence: '签章完好',
    checks: [{ name: '签章', outcome: 'passed', detail: null }],
    sealedAt: '2026-11-20T10:00:00+08:00',
    signers: ['东胜区行政审批和政务服务局'],
  };

  async verify() {
    return this.verdict;
  }
}
