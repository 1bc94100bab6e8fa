import { createHash, createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';

const PATH = '/api/v1/issuances';

/** Sends issuance requests as the demonstration's agency does: record first, then the signed request. */
export class AgencyClient {
  readonly #apiUrl: URL;
  readonly #recordsUrl: string;
  readonly #secret: string;
  readonly #sample: Readonly<Record<string, unknown>>;
  // Idle sockets go before the server closes them: the other contestant's turn takes longer than it keeps them.
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64, timeout: 20_000 });

  constructor(options: {
    readonly apiUrl: string;
    readonly recordsUrl: string;
    readonly agencySecret: string;
  }) {
    this.#apiUrl = new URL(options.apiUrl);
    this.#recordsUrl = options.recordsUrl;
    this.#secret = options.agencySecret;
    this.#sample = JSON.parse(
      readFileSync(join(__dirname, '..', 'samples', 'issuances', '道路运输证.json'), 'utf8'),
    );
  }

  /** A request like the sample with a number, plate and business number of its own. */
  body(serial: number): string {
    const digits = String(serial).padStart(6, '0');
    const face = this.#sample['face'] as Readonly<Record<string, string>>;
    return JSON.stringify({
      ...this.#sample,
      businessNumber: `150602-2026-9${digits}`,
      face: { ...face, 道路运输证号: `150602${digits}`, 车辆号牌: `蒙K·${plate(serial)}` },
    });
  }

  async layRecordDown(body: string): Promise<void> {
    const { businessNumber }: { readonly businessNumber: string } = JSON.parse(body);
    const answer = await fetch(`${this.#recordsUrl}/${encodeURIComponent(businessNumber)}`, {
      method: 'PUT',
      body,
      headers: { 'content-type': 'application/json' },
    });
    if (!answer.ok) throw new Error(`the agency's record server answered ${answer.status}`);
    await answer.arrayBuffer();
  }

  /** Out: the id of the accepted case. `waitSeconds` is sent as `Prefer: wait`. */
  async issue(body: string, waitSeconds: number | null = null): Promise<string> {
    const { status, text } = await this.#post(body, waitSeconds);
    if (status !== 201 && status !== 202) throw new Error(`the API answered ${status}: ${text}`);
    const { id }: { readonly id: string } = JSON.parse(text);
    return id;
  }

  close(): void {
    this.#agent.destroy();
  }

  #post(
    body: string,
    waitSeconds: number | null,
  ): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const sent = request(
        new URL(PATH, this.#apiUrl),
        {
          method: 'POST',
          agent: this.#agent,
          headers: {
            'content-type': 'application/json',
            authorization: this.#authorization(body),
            'idempotency-key': randomBytes(12).toString('hex'),
            ...(waitSeconds === null ? {} : { prefer: `wait=${waitSeconds}` }),
          },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
          );
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  #authorization(body: string): string {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const nonce = randomBytes(12).toString('hex');
    const digest = createHash('sha256').update(body).digest('hex');
    const lines = ['ECERT-HMAC-SHA256', 'POST', PATH, '', digest, timestamp, nonce].join('\n');
    const signature = createHmac('sha256', this.#secret).update(lines).digest('base64');
    return `ECERT-HMAC-SHA256 keyId="demo-agency", timestamp="${timestamp}", nonce="${nonce}", signature="${signature}"`;
  }
}

/** Five characters of a plate: a letter and four digits, then further letters. */
function plate(serial: number): string {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
  return `${letters[Math.floor(serial / 10_000) % letters.length] ?? 'A'}${String(serial % 10_000).padStart(4, '0')}`;
}
