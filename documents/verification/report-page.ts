import {
  KIND_WORDING,
  NOTICE_WORDING,
  OUTCOME_WORDING,
  REASON_WORDING,
  STEP_WORDING,
  VERDICT_WORDING,
} from './reason-wording';
import { useCopyInWords } from './use-copy-report';
import type { Notice, SignatureReport, StepReport, Verdict, VerificationReport } from './verification-report';

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** A mark beside the word: colour is never the only sign. */
const MARKS: Readonly<Record<Verdict, string>> = { valid: '✔', invalid: '✘', cannotTell: '?' };

const STYLE = `body{font-family:"Noto Sans SC","Source Han Sans SC","Microsoft YaHei",sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1f1f1f;line-height:1.6}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
.verdict{border:2px solid;border-radius:.5rem;padding:1rem;font-size:1.2rem}
.valid{color:#135200;border-color:#389e0d}.invalid{color:#820014;border-color:#cf1322}.cannotTell{color:#613400;border-color:#d48806}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #d9d9d9;padding:.4rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#fafafa;font-weight:600;white-space:nowrap;width:10rem}
footer{margin-top:2rem;font-size:.85rem;color:#595959}@media print{body{margin:0}}`;

/** Text as HTML shows it literally; control and bidirectional characters become visible boxes. */
function escaped(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '□')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** An ISO instant as wall clock of Asia/Shanghai, which is what an office in China reads. */
function localTime(iso: string): string {
  const local = new Date(Date.parse(iso) + SHANGHAI_OFFSET_MS).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 19)}（北京时间）`;
}

function row(label: string, value: string | undefined): string {
  return value === undefined
    ? ''
    : `<tr><th scope="row">${escaped(label)}</th><td>${escaped(value)}</td></tr>`;
}

function noticeText(notice: Notice): string {
  const { detail } = notice;
  if (detail === undefined) return NOTICE_WORDING[notice.code];
  const shown = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(detail) ? localTime(detail) : detail;
  return `${NOTICE_WORDING[notice.code]}：${shown}`;
}

function noticeList(notices: readonly Notice[]): string {
  if (notices.length === 0) return '';
  return `<ul>${notices.map((notice) => `<li>${escaped(noticeText(notice))}</li>`).join('')}</ul>`;
}

function stepRow(step: StepReport): string {
  const reason = step.reason === undefined ? '' : `：${REASON_WORDING[step.reason]}`;
  const detail = step.detail === undefined || step.detail === '' ? '' : `（${step.detail}）`;
  return row(STEP_WORDING[step.step], `${OUTCOME_WORDING[step.outcome]}${reason}${detail}`);
}

function periodText(from: string, until: string): string {
  return `${localTime(from)} 至 ${localTime(until)}`;
}

function signatureSection(signature: SignatureReport, index: number): string {
  const { seal, signer } = signature;
  const verdict = VERDICT_WORDING[signature.outcome];
  return [
    `<h2>签章 ${index + 1}：<span class="${signature.outcome}">${MARKS[signature.outcome]} ${verdict}</span></h2><table>`,
    row('说明', REASON_WORDING[signature.reason]),
    row('印章名称', seal?.name),
    row('印章编号', seal?.id),
    row('印章有效期', seal === undefined ? undefined : periodText(seal.validFrom, seal.validUntil)),
    row('制章人', seal?.maker?.subject),
    row('签章人', signer?.subject),
    row('签章人证书签发者', signer?.issuer),
    row('签章人证书有效期', signer === undefined ? undefined : periodText(signer.notBefore, signer.notAfter)),
    row('签章时间', signature.signedAt === undefined ? undefined : localTime(signature.signedAt)),
    row('时间戳时间', signature.timestampAt === undefined ? undefined : localTime(signature.timestampAt)),
    row('所在位置', signature.location),
    '</table><h3>逐项核验</h3><table>',
    ...signature.steps.map(stepRow),
    '</table>',
    noticeList(signature.notices),
  ].join('');
}

function metadataSection(metadata: VerificationReport['metadata']): string {
  const rows = Object.entries(metadata);
  if (rows.length === 0) return '';
  return `<h2>文件元数据</h2><table>${rows.map(([name, value]) => row(name, value)).join('')}</table>`;
}

/**
 * The report as one HTML page in Chinese for people: self-contained (no script, no address is loaded), readable in
 * print, and every text from the file escaped. Times are shown as Beijing time.
 */
export function reportPage(report: VerificationReport): string {
  const verdict = `${MARKS[report.overall]} 核验结论：${VERDICT_WORDING[report.overall]}`;
  const detail = report.detail === undefined ? '' : `（${report.detail}）`;
  return [
    '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">',
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; style-src \'unsafe-inline\'">',
    `<meta name="viewport" content="width=device-width, initial-scale=1"><title>电子证照文件核验报告</title><style>${STYLE}</style></head><body>`,
    '<h1>电子证照文件核验报告</h1>',
    `<p class="verdict ${report.overall}" role="status">${escaped(verdict)}</p><table>`,
    row('说明', `${REASON_WORDING[report.reason]}${detail}`),
    row('文件类型', KIND_WORDING[report.kind]),
    row('签章当时', VERDICT_WORDING[report.validAtSigning]),
    row('以当前证书和印章状态看', VERDICT_WORDING[report.validNow]),
    row('核验时间', localTime(report.judgedAt)),
    row('加注件', report.useCopy === undefined ? undefined : useCopyInWords(report.useCopy, localTime)),
    '</table>',
    noticeList(report.notices),
    ...report.signatures.map(signatureSection),
    metadataSection(report.metadata),
    '<footer>本报告依据 GB/T 33190、GB/T 38540 与 GM/T 0031 的验证顺序生成，只说明文件本身；证照当前状态以发证系统为准。</footer></body></html>',
  ].join('');
}
