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
const PAGE = 200;
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
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
 * one issue, change or ending, once per report id, and `GET /reports?receivedOn=` lists what came on a day. A report that lacks
 * a member, whose identifier does not name its catalogue code, or whose type bears another name than in the national
 * catalogue (`PUT /control/catalogue/{catalogCode}`) is quarantined; `PUT /control/answers/{catalogCode}` makes it return or
 * quarantine a type until told otherwise. `PUT /control/losses/{reportId}` forgets a report, `PUT /control/duplicates/{reportId}`
 * lists it twice, `PUT /control/receipts/{reportId}` gives it another receipt or makes one up. Only an acceptance is
 * remembered: what was returned is judged anew after mending.
 */
export async function startUpReportServer(options: UpReportServerOptions): Promise<RunningSimulator> {
  const reports = await openJsonFolder(join(options.folder, 'reports'));
  const duplicated = new Set<string>();
  const national = new Map<string, string>();
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
    const reason = whyQuarantined(report) ?? whyNotNational(report, national);
    if (reason !== null) return { status: 200, body: { kind: 'quarantined', reason } };
    const order = ordered.get(textMember(report, 'catalogCode') ?? '');
    if (order !== undefined && order.kind !== 'accepted') return { status: 200, body: order };
    const receipt = `GJ${digest.slice(0, 20).toUpperCase()}`;
    await reports.put(reportId, { reportId, digest, receipt, receivedAt: options.now().toISOString() });
    return { status: 200, body: { kind: 'accepted', receipt } };
  };

  const handle = async (request: SimulatorRequest): Promise<SimulatorAnswer> => {
    if (request.segments.join('/') !== 'reports') return simulatorProblem(404, 'notFound', '没有这个地址');
    const reason = whyUnsigned({ ...request, authorization: request.headers.authorization });
    if (reason !== null) return simulatorProblem(401, 'signatureWrong', reason);
    if (request.method === 'GET') return listOfDay(await reports.values(), duplicated, request.target);
    if (request.method !== 'POST') return simulatorProblem(405, 'methodNotAllowed', '只支持 GET 和 POST');
    const report = readJson(request.body);
    const reportId = textMember(report, 'reportId');
    return reportId === null
      ? simulatorProblem(400, 'malformedReport', '正文应为 JSON，且有 reportId')
      : judge(report, reportId);
  };

  const control = async (request: SimulatorRequest): Promise<SimulatorAnswer | null> => {
    const [, what, key] = request.segments;
    if (what === 'reports' && request.method === 'GET') {
      return { status: 200, body: { items: await reports.values() } };
    }
    if (key === undefined || request.method !== 'PUT') return null;
    const order = readJson(request.body);
    switch (what) {
      case 'answers':
        return orderAnswer(ordered, key, order);
      case 'catalogue':
        national.set(key, textMember(order, 'name') ?? '');
        return { status: 200, body: { catalogCode: key } };
      case 'losses':
        return { status: 200, body: { lost: await reports.remove(key) } };
      case 'duplicates':
        duplicated.add(key);
        return { status: 200, body: { reportId: key } };
      case 'receipts': {
        const receipt = textMember(order, 'receipt') ?? `GJ${key}`;
        const known = await reports.get(key);
        const stored = { reportId: key, receivedAt: options.now().toISOString() };
        await reports.put(key, { ...stored, digest: textMember(known, 'digest') ?? '', receipt });
        return { status: 200, body: { reportId: key, receipt } };
      }
      default:
        return null;
    }
  };
  return startSimulator({ maxBodyBytes: MAX_REPORT_BYTES, handle, control }, options);
}

function orderAnswer(
  ordered: Map<string, { readonly kind: AnswerKind; readonly reason: string }>,
  catalogCode: string,
  order: unknown,
): SimulatorAnswer {
  const kind = ANSWER_KINDS.find((known) => known === textMember(order, 'kind'));
  if (kind === undefined) return simulatorProblem(400, 'malformedAnswer', '应为 {kind, reason?}');
  ordered.set(catalogCode, { kind, reason: textMember(order, 'reason') ?? '模拟退回' });
  return { status: 200, body: { catalogCode, kind } };
}

/** What was received on a day in Beijing, in the order of the report ids, 200 at a time. */
function listOfDay(
  stored: readonly unknown[],
  duplicated: ReadonlySet<string>,
  target: string,
): SimulatorAnswer {
  const query = new URL(target, 'http://simulator').searchParams;
  const [date, cursor] = [query.get('receivedOn') ?? '', query.get('cursor') ?? ''];
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date))
    return simulatorProblem(400, 'malformedDate', 'receivedOn 应为 YYYY-MM-DD');
  const items = stored
    .map((report) => ({
      reportId: textMember(report, 'reportId') ?? '',
      receipt: textMember(report, 'receipt') ?? '',
      receivedAt: Date.parse(textMember(report, 'receivedAt') ?? ''),
    }))
    .filter(({ reportId, receivedAt }) => dayOf(receivedAt) === date && reportId > cursor)
    .sort((left, right) => (left.reportId < right.reportId ? -1 : 1));
  const page = items.slice(0, PAGE);
  const shown = page.flatMap(({ reportId, receipt }) => {
    const once = [{ reportId, receipt }];
    return duplicated.has(reportId) ? [...once, { reportId, receipt: `${receipt}-2` }] : once;
  });
  const nextCursor = items.length > PAGE ? (page.at(-1)?.reportId ?? null) : null;
  return { status: 200, body: { items: shown, nextCursor } };
}

function dayOf(instantMs: number): string {
  return Number.isNaN(instantMs) ? '' : new Date(instantMs + SHANGHAI_OFFSET_MS).toISOString().slice(0, 10);
}

/** The national catalogue has one name for a type; a report under another, were it by one character, is set apart. */
function whyNotNational(report: unknown, national: ReadonlyMap<string, string>): string | null {
  const name = national.get(textMember(report, 'catalogCode') ?? '');
  const reported = textMember(report, 'certificateName');
  return name === undefined || name === reported
    ? null
    : `证照名称“${reported ?? ''}”与国家目录“${name}”不一致`;
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
