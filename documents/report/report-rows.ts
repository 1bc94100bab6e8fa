import {
  KIND_WORDING,
  NOTICE_WORDING,
  OUTCOME_WORDING,
  REASON_WORDING,
  STEP_WORDING,
  VERDICT_WORDING,
} from '../verification/reason-wording';
import { useCopyInWords } from '../verification/use-copy-report';
import type { Notice, SignatureReport, VerificationReport } from '../verification/verification-report';

/** One line of a report for people. */
export interface ReportRow {
  readonly label: string;
  readonly value: string;
}

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** An ISO instant as Beijing time. */
export function beijingTime(iso: string): string {
  const local = new Date(Date.parse(iso) + SHANGHAI_OFFSET_MS).toISOString();
  return `${local.slice(0, 10)} ${local.slice(11, 19)}`;
}

function noticeRow({ code, detail }: Notice): ReportRow {
  const shown = detail === undefined ? '' : `：${INSTANT.test(detail) ? beijingTime(detail) : detail}`;
  return { label: '提示', value: `${NOTICE_WORDING[code]}${shown}` };
}

function given(label: string, value: string | undefined): ReportRow[] {
  return value === undefined || value === '' ? [] : [{ label, value }];
}

function signatureRows(signature: SignatureReport, index: number): ReportRow[] {
  const { seal, signer } = signature;
  const time = (iso: string | undefined): string | undefined =>
    iso === undefined ? undefined : beijingTime(iso);
  return [
    {
      label: `签章 ${index + 1}`,
      value: `${VERDICT_WORDING[signature.outcome]}：${REASON_WORDING[signature.reason]}`,
    },
    ...given('印章名称', seal?.name),
    ...given('印章编号', seal?.id),
    ...given('签章人', signer?.subject),
    ...given('签章人证书签发者', signer?.issuer),
    ...given('签章时间', time(signature.signedAt)),
    ...given('时间戳时间', time(signature.timestampAt)),
    ...signature.steps.map(({ step, outcome, reason, detail }) => ({
      label: STEP_WORDING[step],
      value: [OUTCOME_WORDING[outcome], reason === undefined ? '' : REASON_WORDING[reason], detail ?? '']
        .filter((part) => part !== '')
        .join('：'),
    })),
    ...signature.notices.map(noticeRow),
  ];
}

/** Everything that a report says, line by line, in the order in which people read it. */
export function reportRows(report: VerificationReport): readonly ReportRow[] {
  return [
    {
      label: '说明',
      value: `${REASON_WORDING[report.reason]}${report.detail === undefined ? '' : `（${report.detail}）`}`,
    },
    { label: '文件类型', value: KIND_WORDING[report.kind] },
    { label: '签章当时', value: VERDICT_WORDING[report.validAtSigning] },
    { label: '以当前证书和印章状态看', value: VERDICT_WORDING[report.validNow] },
    { label: '核验时间', value: `${beijingTime(report.judgedAt)}（北京时间，下同）` },
    ...(report.useCopy === undefined
      ? []
      : [{ label: '加注件', value: useCopyInWords(report.useCopy, beijingTime) }]),
    ...report.notices.map(noticeRow),
    ...report.signatures.flatMap(signatureRows),
    ...Object.entries(report.metadata).map(([label, value]) => ({ label, value })),
  ];
}
