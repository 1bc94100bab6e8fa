import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEMONSTRATION_PASSWORD } from '../../main/demonstration/demonstration-accounts';
import type { Answered, Json } from './agency-client';

const ATTEMPT_MS = 60_000;

/** A member of staff, a holder or whoever else signs in with a password. */
export class PersonClient {
  readonly #origin: string;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(origin: string, headers: Readonly<Record<string, string>>) {
    this.#origin = origin;
    this.#headers = headers;
  }

  /** Signs in; sign-ins are limited to 20 a minute, so it waits when it is told to. */
  static async signIn(
    origin: string,
    username: string,
    password = DEMONSTRATION_PASSWORD,
  ): Promise<PersonClient> {
    for (;;) {
      const response = await fetch(`${origin}/api/v1/sessions`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ username, password }),
      });
      const body: Json = JSON.parse(await response.text());
      if (response.status === 429) {
        await sleep(1_000 * Number(response.headers.get('retry-after') ?? '5'));
        continue;
      }
      if (response.status !== 201) throw new Error(`${username} could not sign in: ${response.status}`);
      const cookie = response.headers.getSetCookie().map((one) => one.split(';')[0] ?? '');
      return new PersonClient(origin, {
        Cookie: cookie.join('; '),
        'X-CSRF-Token': String(body['csrfToken']),
      });
    }
  }

  /** The same session at another API process. */
  at(origin: string): PersonClient {
    return new PersonClient(origin, this.#headers);
  }

  async ask(
    method: string,
    target: string,
    body?: Json,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answered> {
    const response = await fetch(this.#origin + target, {
      method,
      headers: {
        ...this.#headers,
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ATTEMPT_MS),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : {} };
  }

  /** A file of evidence; out: its id. */
  async upload(fileName: string): Promise<string> {
    const form = new FormData();
    const content = `%PDF-1.7 ${randomUUID()}`;
    form.append('file', new Blob([content], { type: 'application/pdf' }), fileName);
    const response = await fetch(`${this.#origin}/api/v1/attachments`, {
      method: 'POST',
      headers: { ...this.#headers, 'Idempotency-Key': randomUUID() },
      body: form,
    });
    const text = await response.text();
    if (response.status !== 201) throw new Error(`the attachment was refused: ${response.status} ${text}`);
    const { id }: { readonly id: string } = JSON.parse(text);
    return id;
  }

  /** As `ask`; throws when it is refused. */
  async must(
    method: string,
    target: string,
    body?: Json,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Json> {
    const answer = await this.ask(method, target, body, headers);
    if (answer.status >= 400) {
      throw new Error(`${method} ${target}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    return answer.body;
  }
}

/** The members of a list answer. */
export function itemsOf({ body }: Pick<Answered, 'body'>): readonly Json[] {
  const items = body['items'];
  return Array.isArray(items) ? items : [];
}
