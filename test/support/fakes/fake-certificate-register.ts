import { REAL_ESTATE_CERTIFICATE } from '../../../domain/catalog/built-in/real-estate-certificate';
import type { Principal } from '../../../domain/shared/principal';
import { accepted, refused } from '../../../domain/shared/result';
import type { CertificateRegister, CertificateView, ReadPurpose } from '../../../ports/certificate-register';
import { AGENCY } from './fake-identity';
import { CERTIFICATE_ID, INSTANT } from './fake-ids';

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
    openChange: null,
    inspections: [],
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
