import { REAL_ESTATE_CERTIFICATE } from '../../../domain/catalog/built-in/real-estate-certificate';
import type { Principal } from '../../../domain/shared/principal';
import { accepted, refused } from '../../../domain/shared/result';
import type { NoticeBoard } from '../../../ports/notice-board';
import type { AttachmentDesk, OfficeDesk, SealDesk, SealView } from '../../../ports/office-desk';
import { AGENCY } from './fake-identity';
import { CERTIFICATE_ID, DELIVERY_ID, INSTANT, NOTICE_ID, SEAL_ID } from './fake-ids';

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

  async deliveries() {
    return { items: [aDelivery()], nextCursor: null };
  }
  async delivery(_: Principal, deliveryId: string) {
    return deliveryId === DELIVERY_ID ? aDelivery() : null;
  }
  async retryDelivery(_: Principal, deliveryId: string) {
    return deliveryId === DELIVERY_ID ? accepted(null) : refused({ code: 'notFound' as const });
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
