const SHAPE = /^(\d{4})-?(\d\d)-?(\d\d)[T ]?(\d\d):?(\d\d):?(\d\d)(?:\.\d+)?(Z?)$/;
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;
const TOLERANCE_MS = 5 * 60_000;

/**
 * Does a SignatureDateTime agree with the time inside the seal signature, to five minutes? Makers write it in several
 * shapes and some put Z on local time, so it may be meant as UTC or as Asia/Shanghai. Undefined when unreadable.
 */
export function statedTimeAgrees(text: string, signedAt: Date): boolean | undefined {
  const parts = SHAPE.exec(text.trim());
  if (parts === null) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  const utc = Date.UTC(year, month - 1, day, hour, minute, second);
  return [utc, utc - SHANGHAI_OFFSET_MS].some(
    (instant) => Math.abs(instant - signedAt.getTime()) <= TOLERANCE_MS,
  );
}
