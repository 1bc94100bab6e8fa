import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { signAgencyRequest } from '../../api/agency-signature';
import { CHECKOUT, type FaultStack } from './fault-stack';

export type Json = Readonly<Record<string, unknown>>;

export interface Answered {
  readonly status: number;
  readonly body: Json;
}

const SAMPLES = ['道路运输证', '不动产权证书', '建筑工程施工许可证'] as const;
export type Sample = (typeof SAMPLES)[number];

/** One of the committed requests that the README uses. */
export function sample(name: Sample): Json {
  return JSON.parse(readFileSync(join(CHECKOUT, 'samples', 'issuances', `${name}.json`), 'utf8'));
}

/**
 * A request that no other serial's equals in what must be unique. Every fourth is a 不动产权证书, which the register
 * numbers and which has two holders; the others are 道路运输证.
 */
export function issuanceBody(serial: number): Json {
  const digits = String(serial).padStart(6, '0');
  const businessNumber = `150602-FAULT-${digits}`;
  if (serial % 4 === 0) {
    const body = sample('不动产权证书');
    const unit = `150602001001GB00001F${String(serial).padStart(8, '0')}`;
    return { ...body, businessNumber, face: { ...faceOf(body), 不动产单元号: unit } };
  }
  const body = sample('道路运输证');
  return {
    ...body,
    businessNumber,
    face: {
      ...faceOf(body),
      道路运输证号: `150602${digits}`,
      车辆号牌: `蒙K·F${serial.toString(36).toUpperCase().padStart(4, '0')}`,
    },
  };
}

/** The face of a request. */
export function faceOf(body: Json): Json {
  const face = body['face'];
  return typeof face === 'object' && face !== null ? { ...face } : {};
}

export interface SigningKey {
  readonly keyId: string;
  readonly secret: string;
}

/** The Authorization header of a request, each time with a nonce of its own unless one is given. */
export function authorization(
  { keyId, secret }: SigningKey,
  request: { readonly method: string; readonly target: string; readonly body: Uint8Array },
  given: { readonly nonce?: string; readonly timestamp?: number } = {},
): string {
  const scheme = 'ECERT-HMAC-SHA256';
  const timestamp = String(given.timestamp ?? Math.floor(Date.now() / 1000));
  const nonce = given.nonce ?? randomBytes(16).toString('hex');
  const signature = signAgencyRequest(secret, { scheme, timestamp, nonce }, request).toString('base64');
  return `${scheme} keyId="${keyId}", timestamp="${timestamp}", nonce="${nonce}", signature="${signature}"`;
}

const ATTEMPT_MS = 30_000;
const RETRY_MS = 250;

/** An agency system as a careful client writes it: the same Idempotency-Key until there is an answer, a new nonce each time. */
export class AgencyClient {
  readonly #stack: FaultStack;
  readonly #key: SigningKey;
  readonly #timestamp: () => number;
  #turn = 0;
  retries = 0;
  lastRetryAtMs = 0;

  constructor(stack: FaultStack, key?: SigningKey, timestamp?: () => number) {
    this.#stack = stack;
    this.#key = key ?? { keyId: 'demo-agency', secret: stack.agencySecret };
    this.#timestamp = timestamp ?? (() => Math.floor(Date.now() / 1000));
  }

  /** Lays the record down that ecert will compare with; the record server is none of the processes under test. */
  async layDown(body: Json): Promise<void> {
    const number = encodeURIComponent(String(body['businessNumber']));
    const answer = await fetch(`${this.#stack.baseUrl('agency')}/records/${number}`, {
      method: 'PUT',
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`the record server answered ${answer.status}`);
  }

  /**
   * Sends a request until it is acknowledged; out: the id of the case. With `waitS` each attempt asks to be answered only
   * when the case is over, so that whoever is killed meanwhile leaves a client without an answer. Throws for a refusal.
   */
  async submit(body: Json, waitS = 0): Promise<string> {
    const answer = await this.insist('POST', '/api/v1/issuances', body, {
      'Idempotency-Key': `fault-${String(body['businessNumber'])}`,
      ...(waitS === 0 ? {} : { Prefer: `wait=${waitS}` }),
    });
    const id = answer.body['id'];
    if (answer.status >= 400 || typeof id !== 'string') {
      throw new Error(`refused with ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    return id;
  }

  /** Lays the record down, then submits. */
  async issue(body: Json, waitS = 0): Promise<string> {
    await this.layDown(body);
    return this.submit(body, waitS);
  }

  /** Asks again, of the other API in turn, while there is no answer or it is one of the server's own faults. */
  async insist(
    method: string,
    target: string,
    body?: Json,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answered> {
    for (;;) {
      this.#stack.interrupted.throwIfAborted();
      const answer = await this.ask(method, target, body, headers).catch(() => null);
      const mayPass = answer === null || answer.status >= 500 || [409, 429].includes(answer.status);
      const isBusy = answer?.status === 409 && answer.body['code'] !== 'idempotencyKeyInProgress';
      if (answer !== null && (!mayPass || isBusy)) return answer;
      this.retries += 1;
      this.lastRetryAtMs = performance.now();
      await sleep(RETRY_MS);
    }
  }

  async ask(
    method: string,
    target: string,
    body?: Json,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answered> {
    const apis = this.#stack.apis();
    this.#turn += 1;
    const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
    const response = await fetch(`${apis[this.#turn % apis.length]}${target}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        Authorization: authorization(
          this.#key,
          { method, target, body: bytes },
          { timestamp: this.#timestamp() },
        ),
        ...headers,
      },
      ...(body === undefined ? {} : { body: bytes }),
      signal: AbortSignal.timeout(ATTEMPT_MS),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {} };
  }
}

/** Does the work for each serial, so many at a time; out: the answers in order. */
export async function inParallel<Answer>(
  serials: readonly number[],
  width: number,
  work: (serial: number) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers = new Map<number, Answer>();
  const waiting = [...serials];
  const lane = async (): Promise<void> => {
    for (let serial = waiting.shift(); serial !== undefined; serial = waiting.shift()) {
      answers.set(serial, await work(serial));
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return serials.flatMap((serial) => {
    const answer = answers.get(serial);
    return answer === undefined ? [] : [answer];
  });
}
