import type { Problem, Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import { accepted, refused } from '../../domain/shared/result';
import { characterCount } from '../../domain/shared/text-form';

const MAX_PURPOSE_LENGTH = 200;
export const MAX_WAIT_SECONDS = 20;

/** `Prefer: wait=N` (RFC 7240) in milliseconds, at most 20 s; 0 when it is not asked for. */
export function waitMs(prefer: string | undefined): number {
  const match = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:$|[,;])/i.exec(prefer ?? '');
  return match === null ? 0 : Math.min(Number(match[1]), MAX_WAIT_SECONDS) * 1000;
}

/** The Idempotency-Key, 1 to 200 visible characters. */
export function idempotencyKey(header: string | undefined): Result<string, Refusal> {
  if (header === undefined || header === '') return refused({ code: 'idempotencyKeyMissing' });
  if (/^[\x20-\x7e]{1,200}$/.test(header)) return accepted(header);
  return refused(malformed('Idempotency-Key', '应为 1 至 200 个可见 ASCII 字符'));
}

/** The revision in If-Match, as an ETag of ours such as "3". */
export function ifMatchRevision(header: string | undefined): Result<number, Refusal> {
  if (header === undefined) return refused({ code: 'preconditionRequired' });
  const match = /^"(\d{1,9})"$/.exec(header.trim());
  return match === null ? refused({ code: 'revisionConflict' }) : accepted(Number(match[1]));
}

/**
 * Why somebody reads personal data: header `Use-Purpose` (percent-encoded, or UTF-8 as it is) or parameter
 * `purpose`; null when neither is given.
 */
export function usePurpose(
  header: string | undefined,
  parameter: string | undefined,
): Result<string | null, Refusal> {
  const decoded = header === undefined || header === '' ? (parameter ?? null) : decodeHeader(header);
  if (decoded === undefined) return refused(malformed('Use-Purpose', '应为百分号编码的 UTF-8 文字'));
  const purpose = decoded?.trim() ?? '';
  if (purpose === '') return accepted(null);
  if (characterCount(purpose) <= MAX_PURPOSE_LENGTH && !/\p{Cc}/u.test(purpose)) return accepted(purpose);
  return refused(malformed('Use-Purpose', `不超过 ${MAX_PURPOSE_LENGTH} 字，不含控制字符`));
}

/** Node hands header bytes out as Latin-1; undefined when they are no text. */
function decodeHeader(header: string): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(header, 'latin1'));
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function malformed(pointer: string, expected: string): Refusal {
  const problem: Problem = { pointer, code: 'illFormed', expected };
  return { code: 'malformedRequest', problems: [problem] };
}
