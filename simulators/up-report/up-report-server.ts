import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createSignatureCheck, type SharedKey } from '../protocol/check-request-signature';
import { openJsonFolder } from '../protocol/json-folder';
import {
  memberOf,
  type RunningSimulator,
  readJson,
  type SimulatorAnswer,
  type SimulatorRequest,
  simulatorProblem,
  startSimulator,
  textMember,
} from '../protocol/simulator-server';

const MAX_REPORT_BYTES = 256 * 1024;
const ANSWER_KINDS = ['accepted', 'returned', 'quarantined'] as const;
type AnswerKind = (typeof ANSWER_KINDS)[number];
const OBLIGATORY = [
  'reportId',
  'operationCode',
  'identifier',
  'catalogCode',
  'certificateName',
  'number',
  'issuingAuthorityCode',
  'state',
  'issuedOn',
  'validFrom',
  'fileDigest',
] as const;

export interface UpReportServerOptions {
  readonly host: string;
  readonly port: number;
  readonly folder: string;
  readonly key: SharedKey;
  now(): Date;
}

/**
 * A local stand-in for the region's platform (归集上报), whose interface nobody here has seen: `POST /reports` takes
 * one issue, change or ending, once per report id. A report that lacks a member or whose identifier does not name
 * its catalogue code is quarantined; `PUT /control/answers/{catalogCode}` makes it return or quarantine a type
 * until told otherwise. Only an acceptance is remembered: what was returned is judged anew after mending.
 */
export async function startUpReportServer(options: UpReportServerOptions): Promise<RunningSimulator> {
  const reports = await openJsonFolder(join(options.folder, 'reports'));
  const ordered = new Map<string, { readonly kind: AnswerKind; readonly reason: string }>();
  const whyUnsigned = createSignatureCheck(options.key, () => options.now());

  const judge = async (report: unknown, reportId: string): Promise<SimulatorAnswer> => {
    const digest = createHash('sha256').update(canonical(report)).digest('hex');
    const stored = await reports.get(reportId);
    if (stored !== undefined) {
      return textMember(stored, 'digest') === digest
        ? { status: 200, body: { kind: 'accepted', receipt: textMember(stored, 'receipt') } }
        : simulatorProblem(409, 'reportIdReused', '同一上报编号对应不同的内容');
    }
    const reason = whyQuarantined(report);
    if (reason !== null) return { status: 200, body: { kind: 'quarantined', reason } };
    const order = ordered.get(textMember(report, 'catalogCode') ?? '');
    if (order !== undefined && order.kind !== 'accepted') return { status: 200, body: order };
    const receipt = `GJ${digest.slice(0, 20).toUpperCase()}`;
    await reports.put(reportId, { reportId, digest, receipt, receivedAt: options.now().toISOString() });
    return { status: 200, body: { kind: 'accepted', receipt } };
  };

  const handle = async (request: SimulatorRequest): Promise<SimulatorAnswer> => {
    if (request.segments.join('/') !== 'reports') return simulatorProblem(404, 'notFound', '没有这个地址');
    if (request.method !== 'POST') return simulatorProblem(405, 'methodNotAllowed', '只支持 POST');
    const reason = whyUnsigned({ ...request, authorization: request.headers.authorization });
    if (reason !== null) return simulatorProblem(401, 'signatureWrong', reason);
    const report = readJson(request.body);
    const reportId = textMember(report, 'reportId');
    return reportId === null
      ? simulatorProblem(400, 'malformedReport', '正文应为 JSON，且有 reportId')
      : judge(report, reportId);
  };

  const control = async (request: SimulatorRequest): Promise<SimulatorAnswer | null> => {
    const [, what, catalogCode] = request.segments;
    if (what === 'reports' && request.method === 'GET') {
      return { status: 200, body: { items: await reports.values() } };
    }
    if (what !== 'answers' || catalogCode === undefined || request.method !== 'PUT') return null;
    const order = readJson(request.body);
    const kind = ANSWER_KINDS.find((known) => known === textMember(order, 'kind'));
    if (kind === undefined) return simulatorProblem(400, 'malformedAnswer', '应为 {kind, reason?}');
    ordered.set(catalogCode, { kind, reason: textMember(order, 'reason') ?? '模拟退回' });
    return { status: 200, body: { catalogCode, kind } };
  };
  return startSimulator({ maxBodyBytes: MAX_REPORT_BYTES, handle, control }, options);
}

function whyQuarantined(report: unknown): string | null {
  const missing = OBLIGATORY.filter((name) => textMember(report, name) === null);
  if (missing.length > 0) return `缺少必填项：${missing.join('、')}`;
  const typePart = (textMember(report, 'identifier') ?? '').split('.')[5];
  if (typePart !== textMember(report, 'catalogCode')) return '证照标识与证照类型代码不一致';
  return null;
}

/** Members sorted, so that a report sent again is recognised however its sender ordered it. */
function canonical(report: unknown): string {
  const names = typeof report === 'object' && report !== null ? Object.keys(report).sort() : [];
  return JSON.stringify(names.map((name) => [name, memberOf(report, name)]));
}
