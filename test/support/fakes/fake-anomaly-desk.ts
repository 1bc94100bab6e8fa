import type { Principal } from '../../../domain/shared/principal';
import { accepted, refused } from '../../../domain/shared/result';
import type { AnomalyCaseView, AnomalyDesk, NewObjection } from '../../../ports/anomaly-desk';
import { AGENCY } from './fake-identity';
import { ANOMALY_CASE_ID, CERTIFICATE_ID, INSTANT } from './fake-ids';

/** One case that everybody sees; what was filed last can be looked at. */
export class FakeAnomalyDesk implements AnomalyDesk {
  filed: NewObjection | null = null;

  async file(_: Principal, objection: NewObjection) {
    this.filed = objection;
    return accepted({ caseId: ANOMALY_CASE_ID, joined: false, replayed: false });
  }
  async find(_: Principal, caseId: string) {
    return caseId === ANOMALY_CASE_ID ? aCase() : null;
  }
  async list() {
    return { items: [aCase()], nextCursor: null };
  }
  accept = acted;
  refuseAdmission = acted;
  sendBack = acted;
  transfer = acted;
  handOver = acted;
  decide = acted;
  reply = acted;
  recordAttempt = acted;
  withdraw = acted;
  supplyEvidence = acted;
  async comparison(_: Principal, caseId: string) {
    if (caseId !== ANOMALY_CASE_ID) return refused({ code: 'notFound' as const });
    return accepted({
      view: aCase(),
      record: { outcome: 'unavailable' as const, answeredAt: null, askedAt: INSTANT },
      fields: [
        {
          field: '坐落',
          registered: '天骄路 1 号',
          claims: [{ objectionId: CERTIFICATE_ID, ground: 'accuracy' as const, value: '天骄路 2 号' }],
          recorded: null,
          agrees: null,
        },
      ],
      explanations: [{ objectionId: CERTIFICATE_ID, explanation: '门牌已变更', contact: null }],
    });
  }
  async affectedUses(_: Principal, caseId: string) {
    return caseId === ANOMALY_CASE_ID
      ? accepted({ since: INSTANT, users: [], anonymousVerifications: 3 })
      : refused({ code: 'notFound' as const });
  }
  async replies(_: Principal, caseId: string) {
    return caseId === ANOMALY_CASE_ID ? accepted([]) : refused({ code: 'notFound' as const });
  }
  async evidence(_: Principal, caseId: string) {
    if (caseId !== ANOMALY_CASE_ID) return refused({ code: 'notFound' as const });
    return accepted({ bytes: Buffer.from('%PDF-'), mediaType: 'application/pdf', fileName: '证据.pdf' });
  }
}

async function acted(_: Principal, caseId: string) {
  return caseId === ANOMALY_CASE_ID ? accepted(null) : refused({ code: 'notFound' as const });
}

function aCase(): AnomalyCaseView {
  return {
    id: ANOMALY_CASE_ID,
    number: '异核〔2026〕1号',
    state: 'investigating',
    authorityId: AGENCY.authorityId,
    issuingAuthorityId: AGENCY.authorityId,
    certificateId: CERTIFICATE_ID,
    certificateVersionId: CERTIFICATE_ID,
    certificateName: '不动产权证书',
    certificateNumber: '蒙(2026)东胜区不动产权第0000001号',
    fields: ['坐落'],
    objections: [],
    conclusion: null,
    reason: null,
    changeId: null,
    handOver: null,
    transfers: 0,
    toldUsers: 0,
    filedAt: INSTANT,
    acceptedAt: INSTANT,
    decidedAt: null,
    repliedAt: null,
    closedAt: null,
    dueAt: null,
    availableOperations: ['uphold', 'correct'],
  };
}
