import { personId } from '../../main/demonstration/seed-accounts';
import { unitId } from '../../main/demonstration/seed-units';
import { type Json, sample } from './agency-client';
import type { OwnedRow } from './isolation-oracle';
import type { Route } from './isolation-sweep';

const REASON = '隔离测试';
/** Long past, so that it is neither before what happened nor in the future; nobody may get as far as that. */
const INSTANT = '2026-01-05T09:00:00+08:00';
const DAY = '2026-01-05';
const NOTHING = '01900000-0000-7000-8000-000000000001';
const EVIDENCE = [{ description: REASON, attachmentId: null }];
const DECISION = { name: '决定书', number: '测〔2026〕1号', date: DAY, organ: '测试机关' };
const STATUS = {
  businessNumber: 'isolation',
  decidedAt: INSTANT,
  reason: REASON,
  legalGround: { law: '测试法', article: '第一条' },
  decision: DECISION,
  attachments: [],
};
const CLEARANCE = { clearedAt: INSTANT, reason: REASON, evidence: EVIDENCE };
const LEAVE = { from: DAY, until: null, substituteId: NOTHING };
const BECAUSE = { reason: REASON };

/** What a write needs in order to be judged by whose row it is about and not by its form. */
export function bodyOf({ method, path, kind }: Route, row: OwnedRow): Json | undefined {
  if (method === 'GET' || method === 'DELETE') return undefined;
  const action = path.replace(`/api/v1/${kind}/{id}`, '').replace(/^\//, '');
  const body = BODIES[`${kind} ${action}`];
  return typeof body === 'function' ? body(row) : body;
}

const versionChange = (row: OwnedRow): Json => ({
  ...sample(sampleOf(row)),
  reason: REASON,
  businessNumber: `isolation-${row.id}`,
});

const BODIES: Readonly<Record<string, Json | ((row: OwnedRow) => Json)>> = {
  'issuances withdraw': BECAUSE,
  'issuances resubmit': (row) => sample(sampleOf(row)),
  'issuance-drafts ': { body: {} },
  'seals stop': BECAUSE,
  'seal-use-mandates end': BECAUSE,
  'certificates amendments': versionChange,
  'certificates renewals': versionChange,
  'certificates corrections': versionChange,
  'certificates reissues': (row) => ({ ...versionChange(row), reissueReason: 'damaged' }),
  'certificates reinstatements': versionChange,
  'certificates transfers-in': versionChange,
  'certificates periodic-inspections': { ...STATUS, inspectedOn: DAY, result: 'passed' },
  'certificates transfers-out': { ...STATUS, destination: '测试' },
  'certificates transfer-out-cancellations': STATUS,
  'certificates suspensions': STATUS,
  'certificates resumptions': STATUS,
  'certificates cancellations': STATUS,
  'certificates rescissions': STATUS,
  'certificates recalls': STATUS,
  'certificates revocations': STATUS,
  'certificates voidings': STATUS,
  'certificates dependency-conclusions': BECAUSE,
  'certificate-changes withdraw': BECAUSE,
  'certificate-changes resubmit': versionChange,
  'tasks decide': { decision: 'approve', reason: null },
  'tasks transfer': { toUsername: 'reviewer1', reason: REASON },
  'tasks send-back': BECAUSE,
  'tasks comment': { text: REASON },
  'tasks copy-to': { usernames: ['reviewer1'] },
  'deliveries pickups': {
    receiver: { kind: 'holder', name: '测试', code: '000000', authorisationAttachmentId: null },
  },
  'deliveries exempt': { legalBasis: '测试法第一条', reason: REASON },
  'anomaly-cases accept': {},
  'anomaly-cases send-back': BECAUSE,
  'anomaly-cases decide': { decision: 'uphold', reason: REASON },
  'anomaly-cases transfer': { authorityId: unitId('transport-150621'), reason: REASON },
  'anomaly-cases hand-over': { organ: '测试机关', reference: '1', receipt: '1', reason: REASON },
  'anomaly-cases contact-attempts': { objectionId: NOTHING, channel: 'telephone', note: REASON },
  'anomaly-cases withdraw': BECAUSE,
  'anomaly-cases supply-evidence': { attachmentIds: [NOTHING], explanation: REASON },
  'force-majeure-events recognise': BECAUSE,
  'force-majeure-events reject': BECAUSE,
  'force-majeure-events clear': CLEARANCE,
  'force-majeure-events dispute-clearance': CLEARANCE,
  'force-majeure-events recur': { recurredAt: INSTANT, reason: REASON, evidence: EVIDENCE },
  'force-majeure-events items': {
    operation: 'issue',
    subjectKind: 'businessNumber',
    authorityId: unitId('transport-150621'),
    catalogCode: '11100000000019713D013',
    reference: 'isolation',
    cause: REASON,
    since: INSTANT,
  },
  'force-majeure-events items/{itemId}/close': { kind: 'exception', reason: REASON },
  'responsible-persons handover': { personId: personId('operator1'), fromOn: DAY },
  'people leave': LEAVE,
  'up-reports retry': { mended: REASON },
};

function sampleOf({ trade }: OwnedRow): '建筑工程施工许可证' | '不动产权证书' | '道路运输证' {
  if (trade === 'housing') return '建筑工程施工许可证';
  return trade === 'naturalResources' ? '不动产权证书' : '道路运输证';
}
