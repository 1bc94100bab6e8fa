import { randomBytes } from 'node:crypto';
import {
  answersRequest,
  imprintOf,
  makeTimestampRequest,
  readTimestampResponse,
} from '../../documents/pki/timestamp-token';
import type { TimestampAuthority } from '../../ports/timestamp-authority';
import { OutsideSystemFault, sendRequest } from '../http/send-request';

export interface Rfc3161Options {
  readonly url: string;
  readonly timeoutMs?: number;
}

const SYSTEM = 'timestamp service';
const DEFAULT_TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 64 * 1024;
/** RFC 3161 asks for a nonce large enough never to repeat; 64 bits is its own example. */
const NONCE_BYTES = 8;

/**
 * Asks a timestamp service over HTTP (RFC 3161 section 3.4).
 * Guarantee: a token that is returned has the imprint and the nonce of the request; whether its certificate is trusted
 * is judged by whoever verifies. Throws {@link OutsideSystemFault} for everything else.
 */
export function createRfc3161TimestampAuthority(options: Rfc3161Options): TimestampAuthority {
  const { url, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  return {
    async stamp(over, imprint) {
      const nonce = randomBytes(NONCE_BYTES);
      // A leading zero bit keeps the number of octets the same for every nonce.
      nonce[0] = ((nonce[0] ?? 0) & 0x3f) | 0x40;
      const request = makeTimestampRequest(imprintOf(imprint, over), nonce.toString('hex'));
      const answer = await sendRequest(SYSTEM, {
        method: 'POST',
        url: new URL(url),
        headers: { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' },
        body: request,
        timeoutMs,
        maxAnswerBytes: MAX_ANSWER_BYTES,
      });
      if (answer.status !== 200) throw new OutsideSystemFault(SYSTEM, `answered ${answer.status}`);
      return readToken(answer.body, request);
    },
  };
}

function readToken(body: Uint8Array, request: Uint8Array): Uint8Array {
  let response: ReturnType<typeof readTimestampResponse>;
  try {
    response = readTimestampResponse(body);
  } catch (cause) {
    throw new OutsideSystemFault(SYSTEM, 'answered something that is no timestamp response', { cause });
  }
  switch (response.kind) {
    case 'refused':
      throw new OutsideSystemFault(SYSTEM, `refused: status ${response.status}, ${response.text}`);
    case 'granted':
      if (!answersRequest(response.token, request)) {
        throw new OutsideSystemFault(SYSTEM, 'answered with a token for another request');
      }
      return Uint8Array.from(response.token);
  }
}
