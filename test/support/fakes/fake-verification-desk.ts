import type { PublicCertificate, VerificationDesk } from '../../../ports/verification-desk';
import { CERTIFICATE_ID, INSTANT, VERIFICATION_CODE } from './fake-ids';

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
    lastInspection: null,
  };
  knownDigest: string | null = null;
  timestamps: readonly Uint8Array[] = [];
  counted = 0;

  async byCode(code: string) {
    return code === VERIFICATION_CODE ? this.certificate : null;
  }
  async byFileDigest(digest: string) {
    return digest === this.knownDigest ? this.certificate : null;
  }
  async fileTimestamps(digest: string) {
    return digest === this.knownDigest ? this.timestamps : [];
  }
  async trust() {
    return { trustAnchors: [], revocationLists: [] };
  }
  countVerification() {
    this.counted += 1;
  }
}
