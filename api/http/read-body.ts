import type { IncomingMessage } from 'node:http';
import type { Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import { accepted, refused } from '../../domain/shared/result';

export const JSON_LIMIT_BYTES = 1_048_576;
export const FILE_LIMIT_BYTES = 20 * 1_048_576;
/** Boundaries, part headers and small fields around a file. */
export const MULTIPART_LIMIT_BYTES = FILE_LIMIT_BYTES + 65_536;
/** What is read and thrown away of a body that is too large, so that its sender gets to read the refusal. */
const DISCARD_LIMIT_BYTES = 64 * 1_048_576;

/** The client went away while its request was read; nobody is left to be answered. */
export class RequestAborted extends Error {
  override readonly name = 'RequestAborted';
}

/**
 * Reads a body of at most `limitBytes`, counted as it streams. Refuses a larger one (`bodyTooLarge`) and a
 * compressed one (`mediaTypeUnsupported`). Throws `RequestAborted` when the client goes away.
 */
export async function readBody(
  request: IncomingMessage,
  limitBytes: number,
): Promise<Result<Buffer, Refusal>> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    request.resume();
    return refused({ code: 'mediaTypeUnsupported' });
  }
  const chunks: Buffer[] = [];
  const sizeBytes = await consume(request, limitBytes, chunks);
  return sizeBytes > limitBytes ? refused({ code: 'bodyTooLarge' }) : accepted(Buffer.concat(chunks));
}

function consume(request: IncomingMessage, limitBytes: number, chunks: Buffer[]): Promise<number> {
  return new Promise((resolve, reject) => {
    let sizeBytes = 0;
    const settle = (finish: () => void) => {
      request.off('data', onData).off('end', onEnd).off('error', onAbort).off('close', onAbort);
      finish();
    };
    const onData = (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= limitBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (sizeBytes > DISCARD_LIMIT_BYTES) settle(() => resolve(sizeBytes));
    };
    const onEnd = () => settle(() => resolve(sizeBytes));
    const onAbort = () => settle(() => reject(new RequestAborted('request aborted')));
    request.on('data', onData).on('end', onEnd).on('error', onAbort).on('close', onAbort);
  });
}
