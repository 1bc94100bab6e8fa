import type { VerificationReport } from './verification-report';

/** What a file says of itself as a copy for one use (加注件, GB/T 36903); instants in ISO 8601. */
export interface UseCopyReport {
  /** 事由 */
  readonly purpose: string;
  /** Who may use it; a local extension of the metadata, empty where a file lacks it. */
  readonly user: string;
  readonly madeBy: string;
  readonly madeAt?: string;
  readonly until?: string;
  /** It ran out, or nothing readable says until when it may be used. */
  readonly expired: boolean;
}

/** Metadata of use-copies; `KZ_JZJSYR` is our extension. */
export const USE_COPY_CODES = {
  madeAt: 'JZJZZSJ',
  madeBy: 'JZJZZZ',
  purpose: 'JZJZZSY',
  until: 'JZJYXQJZSJ',
  user: 'KZ_JZJSYR',
} as const;

/** YYYYMMDDHHMMSS in Beijing time as an instant; undefined for anything else. */
function readCompact(text: string | undefined): Date | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text ?? '');
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  const instant = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}

function readUseCopy(metadata: VerificationReport['metadata'], at: Date): UseCopyReport | undefined {
  const says = (code: string): string | undefined =>
    Object.hasOwn(metadata, code) ? metadata[code] : undefined;
  if (!Object.values(USE_COPY_CODES).some((code) => says(code) !== undefined)) return undefined;
  const madeAt = readCompact(says(USE_COPY_CODES.madeAt));
  const until = readCompact(says(USE_COPY_CODES.until));
  return {
    purpose: says(USE_COPY_CODES.purpose) ?? '',
    user: says(USE_COPY_CODES.user) ?? '',
    madeBy: says(USE_COPY_CODES.madeBy) ?? '',
    ...(madeAt === undefined ? {} : { madeAt: madeAt.toISOString() }),
    ...(until === undefined ? {} : { until: until.toISOString() }),
    expired: until === undefined || at > until,
  };
}

/**
 * The report with what the metadata say of a use-copy. One that ran out stays what it was when it was sealed and is not
 * valid now.
 */
export function withUseCopy(report: VerificationReport, at: Date): VerificationReport {
  const useCopy = readUseCopy(report.metadata, at);
  if (useCopy === undefined) return report;
  const { expired } = useCopy;
  return {
    ...report,
    useCopy,
    validNow: expired ? 'invalid' : report.validNow,
    notices: [...report.notices, { code: expired ? 'useCopyExpired' : 'useCopy' }],
  };
}

/** One sentence in Chinese for people: for whom, what for, until when. */
export function useCopyInWords(useCopy: UseCopyReport, instantText: (iso: string) => string): string {
  const until = useCopy.until === undefined ? '不明' : instantText(useCopy.until);
  const user = useCopy.user === '' ? '' : `仅供${useCopy.user}使用，`;
  return `本文件是加注件：${user}事由“${useCopy.purpose}”，有效期至${until}${useCopy.expired ? '（已过期）' : ''}`;
}
