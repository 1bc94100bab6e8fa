import { setTimeout as sleep } from 'node:timers/promises';
import type { Answered, Json } from './agency-client';
import type { FaultStack } from './fault-stack';
import { PersonClient } from './person-client';

const RETRY_MS = 250;

/** A member of staff or a holder who tries again, at the other API in turn, while nobody answers or the server is at fault. */
export class InsistentPerson {
  readonly #stack: FaultStack;
  readonly #username: string;
  #session: Promise<PersonClient> | null = null;
  #turn = 0;
  retries = 0;

  constructor(stack: FaultStack, username: string) {
    this.#stack = stack;
    this.#username = username;
  }

  /** What repeats are safe for: reads, and whatever has an Idempotency-Key. Throws when it is refused. */
  async must(
    method: string,
    target: string,
    body?: Json,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Json> {
    const answer = await this.#insist((client) => client.ask(method, target, body, headers));
    if (answer.status >= 400) throw refusal(this.#username, method, target, answer);
    return answer.body;
  }

  /**
   * An act whose answer may get lost: what is refused afterwards counts as done when the register says that it was, and is
   * tried again while `mayPass` says that it only comes too early.
   */
  async act(
    target: string,
    body: Json | undefined,
    isDone: () => Promise<boolean>,
    mayPass: (code: string) => boolean = () => false,
  ): Promise<void> {
    for (;;) {
      const answer = await this.#insist((client) => client.ask('POST', target, body));
      if (answer.status < 400 || (await this.#insist(isDone))) return;
      if (!mayPass(String(answer.body['code']))) throw refusal(this.#username, 'POST', target, answer);
      await this.#pause();
    }
  }

  /** A file of evidence; one whose answer was lost is uploaded again, and nothing refers to the first. */
  upload(fileName: string): Promise<string> {
    return this.#insist((client) => client.upload(fileName));
  }

  async #insist<Wanted>(work: (client: PersonClient) => Promise<Wanted>): Promise<Wanted> {
    for (;;) {
      this.#stack.interrupted.throwIfAborted();
      const apis = this.#stack.apis();
      this.#turn += 1;
      const origin = apis[this.#turn % apis.length] ?? this.#stack.baseUrl('api');
      try {
        const client = await this.#signedIn(origin);
        const answer = await work(client.at(origin));
        if (!isServersFault(answer)) return answer;
      } catch (fault) {
        if (this.#stack.interrupted.aborted) throw fault;
      }
      this.retries += 1;
      await this.#pause();
    }
  }

  async #signedIn(origin: string): Promise<PersonClient> {
    const session = this.#session ?? PersonClient.signIn(origin, this.#username);
    this.#session = session;
    return session.catch((fault: unknown) => {
      this.#session = null;
      throw fault;
    });
  }

  async #pause(): Promise<void> {
    await sleep(RETRY_MS, undefined, { signal: this.#stack.interrupted });
  }
}

function isServersFault(answer: unknown): boolean {
  if (typeof answer !== 'object' || answer === null || !('status' in answer)) return false;
  return typeof answer.status === 'number' && (answer.status >= 500 || answer.status === 429);
}

function refusal(username: string, method: string, target: string, { status, body }: Answered): Error {
  return new Error(`${username} ${method} ${target}: ${status} ${JSON.stringify(body)}`);
}
