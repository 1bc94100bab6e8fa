import type { Principal } from '../../../domain/shared/principal';
import { accepted, refused } from '../../../domain/shared/result';
import type { IncrementDelivery, IncrementDesk, IncrementUploadView } from '../../../ports/increment-desk';
import { AGENCY } from './fake-identity';
import { INSTANT } from './fake-ids';

export const UPLOAD_ID = '00000000-0000-4000-8000-0000000000c1';
const DAY_ID = '00000000-0000-4000-8000-0000000000c2';
const CODE = '11100000000019713D013';

/** One upload and one day; what was delivered is kept as it came. */
export class FakeIncrementDesk implements IncrementDesk {
  readonly deliveries: IncrementDelivery[] = [];

  async deliver(_: Principal, delivery: IncrementDelivery) {
    this.deliveries.push(delivery);
    return accepted({ uploadId: UPLOAD_ID, replayed: this.deliveries.length > 1 });
  }
  async retry(_: Principal, uploadId: string) {
    return uploadId === UPLOAD_ID
      ? accepted({ uploadId, replayed: false })
      : refused({ code: 'notFound' as const });
  }
  async upload(_: Principal, uploadId: string) {
    return uploadId === UPLOAD_ID ? anUpload() : null;
  }
  async rows(_: Principal, uploadId: string) {
    const problem = { column: '发证日期', code: 'dateIllFormed', expected: '应为年月日齐全的日期' };
    const row = { rowNumber: 2, state: 'rejected' as const, problems: [problem], record: null };
    return uploadId === UPLOAD_ID ? { items: [row], nextCursor: null } : null;
  }
  async errorFile(_: Principal, uploadId: string) {
    return uploadId === UPLOAD_ID
      ? accepted(Buffer.from('原行号\r\n'))
      : refused({ code: 'notFound' as const });
  }
  async month() {
    return { days: [aDay()], uploads: [anUpload()] };
  }
  async day(_: Principal, dayId: string) {
    return dayId === DAY_ID ? aDay() : null;
  }
  async modes() {
    return [aMode()];
  }
  async setMode() {
    return accepted(aMode());
  }
}

function anUpload(): IncrementUploadView {
  return {
    id: UPLOAD_ID,
    receipt: 'ZL20261123-0123456789AB',
    authorityId: AGENCY.authorityId,
    catalogCode: CODE,
    certificateName: '道路运输证',
    format: 'json',
    zeroReportFor: null,
    retryOfId: null,
    acceptedCount: 3,
    lateCount: 1,
    rejectedCount: 1,
    mendedCount: 0,
    receivedAt: INSTANT,
    availableOperations: ['retry'],
  };
}

function aDay() {
  return {
    id: DAY_ID,
    authorityId: AGENCY.authorityId,
    catalogCode: CODE,
    certificateName: '道路运输证',
    date: '2026-11-23',
    state: 'delivered' as const,
    inTimeCount: 2,
    lateCount: 1,
    zeroReportedAt: null,
    caughtUpAt: null,
    forceMajeureEventId: null,
    availableOperations: ['upload'] as const,
  };
}

function aMode() {
  return {
    id: '00000000-0000-4000-8000-0000000000c3',
    authorityId: AGENCY.authorityId,
    catalogCode: CODE,
    mode: 'synchronous' as const,
    exemption: null,
    validFrom: '2025-01-01',
    validUntil: null,
    isExemptionInForce: false,
    availableOperations: [],
  };
}
