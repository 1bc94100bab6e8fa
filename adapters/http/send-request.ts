import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';

export interface OutgoingRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
  /** For the whole exchange, from the look-up of the name to the last octet. */
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
  /** Decides which addresses may be reached; by default the machine's own resolver. */
  readonly lookup?: LookupFunction;
}

export interface IncomingAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** An outside system did not answer properly; the caller tries again later. Holds no part of what was sent. */
export class OutsideSystemFault extends Error {
  readonly system: string;

  constructor(system: string, reason: string, options?: ErrorOptions) {
    super(`${system}: ${reason}`, options);
    this.name = 'OutsideSystemFault';
    this.system = system;
  }
}

/**
 * One HTTP exchange with an outside system. Redirects are never followed: whoever answers one is answered for
 * with its status, so that a signed request and personal data go only where they were meant to. Rejects with
 * {@link OutsideSystemFault} when the peer refuses, hangs past `timeoutMs`, breaks off or sends more than
 * `maxAnswerBytes`.
 */
export function sendRequest(system: string, outgoing: OutgoingRequest): Promise<IncomingAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (fault: unknown): void =>
      reject(new OutsideSystemFault(system, reasonOf(fault), { cause: fault }));
    const isTls = outgoing.url.protocol === 'https:';
    if (!isTls && outgoing.url.protocol !== 'http:') {
      fail(new Error('only http and https are spoken'));
      return;
    }
    const sending = (isTls ? requestHttps : requestHttp)(outgoing.url, {
      method: outgoing.method,
      headers: {
        ...outgoing.headers,
        ...(outgoing.body === null ? {} : { 'content-length': String(outgoing.body.length) }),
      },
      signal: AbortSignal.timeout(outgoing.timeoutMs),
      ...(outgoing.lookup === undefined ? {} : { lookup: outgoing.lookup }),
    });
    sending.once('error', fail);
    sending.once('response', (incoming) => {
      readAnswer(incoming, outgoing.maxAnswerBytes).then(resolve, (fault: unknown) => {
        sending.destroy();
        fail(fault);
      });
    });
    sending.end(outgoing.body ?? undefined);
  });
}

async function readAnswer(incoming: IncomingMessage, limit: number): Promise<IncomingAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > limit) throw new Error(`the answer is larger than ${limit} octets`);
    chunks.push(bytes);
  }
  if (!incoming.complete) throw new Error('the answer broke off');
  return { status: incoming.statusCode ?? 0, body: Buffer.concat(chunks) };
}

/** The reason without addresses or contents, fit for a log and for `last_error`. */
function reasonOf(fault: unknown): string {
  if (typeof fault !== 'object' || fault === null) return 'failed';
  if ('name' in fault && (fault.name === 'TimeoutError' || fault.name === 'AbortError'))
    return 'no answer in time';
  if ('code' in fault && typeof fault.code === 'string') return fault.code;
  return 'message' in fault && typeof fault.message === 'string' ? fault.message : 'failed';
}
