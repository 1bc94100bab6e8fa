import type { Clock } from '../../ports/clock';
import { OutsideSystemFault, sendRequest } from './send-request';
import { type OutsideKey, signRequest } from './sign-request';

export interface OutsideSystem {
  /** For sentences of faults, such as portal. */
  readonly name: string;
  readonly key: OutsideKey;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
}

export interface JsonAnswer {
  readonly status: number;
  /** Undefined when the body is no JSON. */
  readonly body: unknown;
}

/**
 * One signed exchange of JSON. In: the system, method, address and the value to send (null: no body). Out: status
 * and parsed answer of any status below 500. Rejects with OutsideSystemFault for the rest, so that what a peer
 * says while it is ill is never taken for an answer.
 */
export async function exchangeSignedJson(
  system: OutsideSystem,
  method: 'GET' | 'POST',
  url: URL,
  value: unknown,
): Promise<JsonAnswer> {
  const body = value === null ? null : Buffer.from(JSON.stringify(value), 'utf8');
  const answer = await sendRequest(system.name, {
    method,
    url,
    headers: {
      accept: 'application/json',
      authorization: signRequest(system.key, { method, url, body }, system.clock.now()),
      ...(body === null ? {} : { 'content-type': 'application/json' }),
    },
    body,
    timeoutMs: system.timeoutMs,
    maxAnswerBytes: system.maxAnswerBytes,
  });
  if (answer.status >= 500 || answer.status === 429 || answer.status === 408) {
    throw new OutsideSystemFault(system.name, `answered ${answer.status}`);
  }
  return { status: answer.status, body: parseJson(answer.body) };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
