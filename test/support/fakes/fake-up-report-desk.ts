import type { Principal } from '../../../domain/shared/principal';
import { accepted, refused } from '../../../domain/shared/result';
import type { UpReportDesk, UpReportView } from '../../../ports/up-report-desk';
import { AGENCY } from './fake-identity';
import { CERTIFICATE_ID, INSTANT } from './fake-ids';

export const UP_REPORT_ID = '00000000-0000-4000-8000-0000000000c4';

/** One report that was returned. */
export class FakeUpReportDesk implements UpReportDesk {
  async list() {
    return { items: [aReport()], nextCursor: null };
  }
  async find(_: Principal, upReportId: string) {
    return upReportId === UP_REPORT_ID ? aReport() : null;
  }
  async retry(_: Principal, upReportId: string) {
    return upReportId === UP_REPORT_ID ? accepted(aReport()) : refused({ code: 'notFound' as const });
  }
  async reconciliations() {
    return [
      {
        date: '2026-11-22',
        state: 'different' as const,
        reportedCount: 2,
        receivedCount: 1,
        differenceCount: 1,
        comparedAt: INSTANT,
        differences: [
          {
            kind: 'lostThere' as const,
            handling: 'sentAgain' as const,
            upReportId: UP_REPORT_ID,
            regionReportId: UP_REPORT_ID,
          },
        ],
      },
    ];
  }
}

function aReport(): UpReportView {
  return {
    id: UP_REPORT_ID,
    state: 'returned',
    certificateId: CERTIFICATE_ID,
    certificateVersionId: CERTIFICATE_ID,
    certificateNumber: '150602000123',
    certificateName: '道路运输证',
    authorityId: AGENCY.authorityId,
    operationCode: '01',
    receipt: null,
    reason: '证照名称与国家目录不一致',
    mended: null,
    round: 1,
    attempts: 1,
    createdAt: INSTANT,
    updatedAt: INSTANT,
    reportedAt: null,
    availableOperations: ['retry'],
  };
}
