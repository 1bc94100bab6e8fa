import { faceOf, type Json } from './agency-client';

/** A decision with its attachment, as suspensions and endings need it; made now by the clock of this machine. */
export function statusBody(businessNumber: string, attachmentId: string, now = new Date()): Json {
  return {
    businessNumber,
    decidedAt: now.toISOString(),
    reason: '依法作出决定',
    legalGround: { law: '中华人民共和国行政许可法', article: '第七十条' },
    decision: {
      name: '行政决定书',
      number: `鄂东审决〔2026〕${businessNumber}号`,
      date: legalDay(now),
      organ: '东胜区行政审批和政务服务局',
    },
    attachments: [attachmentId],
  };
}

export const EVIDENCE = [{ description: '现场照片与运维记录', attachmentId: null }] as const;

/** A force-majeure event that began just now at these units for these types. */
export function declarationBody(
  authorityIds: readonly string[],
  catalogCodes: readonly string[],
  now = new Date(),
): Json {
  return {
    authorityIds,
    catalogCodes,
    operations: ['issue', 'collect', 'update', 'cancel'],
    cause: 'flood',
    occurredAt: now.toISOString(),
    knownAt: now.toISOString(),
    ground: { unforeseeable: '百年一遇山洪', unavoidable: '机房进水', insurmountable: '备用线路同断' },
    emergencyMeasures: '窗口纸质受理，事后补录',
    evidence: EVIDENCE,
  };
}

/** The legal day of an instant. */
export function legalDay(now: Date): string {
  return new Date(now.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);
}

/** The request of a version that follows the one of `body`, with what differs on its face. */
export function nextVersion(body: Json, face: Json = {}): Json {
  return {
    ...body,
    businessNumber: `${String(body['businessNumber'])}-2`,
    reason: '持证主体申请',
    face: { ...faceOf(body), ...face },
  };
}
