import { readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readTrustFile, readTrustFolder } from '../adapters/trust/trust-folder';
import { loadFontChain } from '../documents/fonts/font-chain';
import { readTimestampResponse } from '../documents/pki/timestamp-token';
import { writeReportPdf } from '../documents/report/write-report-pdf';
import {
  KIND_WORDING,
  NOTICE_WORDING,
  OUTCOME_WORDING,
  REASON_WORDING,
  STEP_WORDING,
  VERDICT_WORDING,
} from '../documents/verification/reason-wording';
import { useCopyInWords } from '../documents/verification/use-copy-report';
import type { Verdict, VerificationReport } from '../documents/verification/verification-report';
import { verifyFile } from '../documents/verification/verify-file';
import { describeProblems, parseConfig } from './config';
import { trustFolder } from './foundation';

const MAX_FILE_BYTES = 50 * 1024 * 1024;
const EXIT_CODES: Readonly<Record<Verdict, number>> = { valid: 0, invalid: 1, cannotTell: 2 };
const USAGE =
  '用法：npm run verify-file -- 文件 [--trust CA.pem] [--timestamp 时间戳.tsr …] [--report 报告.pdf] [--json]';

/** Judges one OFD or PDF off line and prints the report, on demand also as a PDF (unsealed); exit 0 valid, 1 not valid, 2 cannot tell. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      trust: { type: 'string' },
      timestamp: { type: 'string', multiple: true, default: [] },
      report: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new Error(USAGE);
  const { size } = await stat(file);
  if (size > MAX_FILE_BYTES) throw new Error(`文件超过 ${MAX_FILE_BYTES / 1024 / 1024} MB，不予核验。`);
  const report = verifyFile(await readFile(file), {
    ...(await trustOf(values.trust)),
    at: new Date(),
    revocation: 'whenAvailable',
    detachedTimestamps: await Promise.all(values.timestamp.map(readTimestamp)),
  });
  if (values.report !== undefined) {
    await writeFile(values.report, writeReportPdf(report, await loadFontChain()));
  }
  console.log(values.json ? JSON.stringify(report) : inWords(file, report));
  return EXIT_CODES[report.overall];
}

/** A token (RFC 3161) as it is kept beside a file, or the whole answer of a timestamp authority. */
async function readTimestamp(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path);
  try {
    const response = readTimestampResponse(bytes);
    return response.kind === 'granted' ? response.token : bytes;
  } catch {
    // A bare token is no response; whether it is a token is for the verifier to say.
    return bytes;
  }
}

/** The trust that was named, or that of this installation's data folder. */
async function trustOf(file: string | undefined): ReturnType<typeof readTrustFolder> {
  if (file !== undefined) return readTrustFile(dirname(file), basename(file));
  const config = parseConfig(process.env, 'tool');
  if (!config.ok) throw new Error(describeProblems(config.refusal));
  return readTrustFolder(trustFolder(config.value));
}

function inWords(file: string, report: VerificationReport): string {
  const reason = report.overall === 'valid' ? '' : `：${REASON_WORDING[report.reason]}`;
  return [
    `${join(file)} (${KIND_WORDING[report.kind]})`,
    `结论：${VERDICT_WORDING[report.overall]}${reason}`,
    `签署时：${VERDICT_WORDING[report.validAtSigning]}；现在：${VERDICT_WORDING[report.validNow]}；核验时刻：${report.judgedAt}`,
    ...(report.useCopy === undefined ? [] : [useCopyInWords(report.useCopy, (iso) => iso)]),
    ...report.signatures.flatMap((signature, index) => [
      `签章 ${index + 1}：${signature.seal?.name ?? signature.signer?.subject ?? signature.location}，声明时间 ${signature.signedAt ?? '不明'}，时间戳 ${signature.timestampAt ?? '没有'}`,
      ...signature.steps.map(
        (step) =>
          `  ${OUTCOME_WORDING[step.outcome]}  ${STEP_WORDING[step.step]}${step.reason === undefined ? '' : `：${REASON_WORDING[step.reason]}`}`,
      ),
      ...signature.notices.map((notice) => `  提示：${NOTICE_WORDING[notice.code]}`),
      ...signature.coverage.uncovered.map((name) => `  不在此签章保护之内：${name}`),
    ]),
    ...report.notices.map((notice) => `提示：${NOTICE_WORDING[notice.code]}`),
  ].join('\n');
}

main()
  .then((code) => {
    process.exitCode = code;
  })
  .catch((fault: unknown) => {
    console.error(fault instanceof Error ? fault.message : fault);
    process.exitCode = 2;
  });
