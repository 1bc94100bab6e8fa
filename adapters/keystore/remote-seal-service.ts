import { z } from 'zod';
import { parseSigningCertificate } from '../../documents/pki/signing-certificate';
import { accepted, type Result, refused } from '../../domain/shared/result';
import type { Clock } from '../../ports/clock';
import type {
  Sealer,
  SealerAnswer,
  SealerRefusal,
  SealerRefusalCode,
  SealerRequest,
  SealKeyDescription,
  SelfTestReport,
} from '../../ports/sealer';
import { OutsideSystemFault } from '../http/send-request';
import type { OutsideKey } from '../http/sign-request';
import { exchangeSignedJson } from '../http/signed-json-exchange';
import { checkDigest, isKeyId, sealerRefusal } from './check-request';

export interface RemoteSealServiceOptions {
  /** Base address of the service. */
  readonly url: string;
  readonly key: OutsideKey;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

const SYSTEM = 'seal service';
/** Unified services queue requests at busy hours; the activity's own time limit lies above this. */
const DEFAULT_TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

const base64 = z.base64().transform((text): Uint8Array => new Uint8Array(Buffer.from(text, 'base64')));
const answerShape = z.object({ kind: z.enum(['raw', 'sesSignature']), value: base64 });
const descriptionShape = z.object({
  keyId: z.string(),
  algorithm: z.enum(['sm2', 'rsa3072']),
  certificate: base64,
  chain: z.array(base64),
  stopped: z.boolean(),
});
const REFUSALS: ReadonlySet<string> = new Set<SealerRefusalCode>([
  'keyUnknown',
  'keyStopped',
  'quotaExceeded',
  'algorithmMismatch',
  'digestMismatch',
]);
const problemShape = z.object({
  code: z.string().refine((code): code is SealerRefusalCode => REFUSALS.has(code)),
  detail: z.string().catch(''),
});

/** A sealer that also lists its keys. */
export interface RemoteSealService extends Sealer {
  /** Ids of the keys that the service lets us use. An unreachable service is an {@link OutsideSystemFault}. */
  keyIds(): Promise<readonly string[]>;
}

class HttpSealService implements RemoteSealService {
  private readonly options: RemoteSealServiceOptions;

  constructor(options: RemoteSealServiceOptions) {
    this.options = options;
  }

  private async exchange<Value>(
    method: 'GET' | 'POST',
    path: string,
    body: unknown,
    shape: z.ZodType<Value>,
  ): Promise<Result<Value, SealerRefusal>> {
    const { url, key, clock, timeoutMs = DEFAULT_TIMEOUT_MS } = this.options;
    const system = { name: SYSTEM, key, clock, timeoutMs, maxAnswerBytes: MAX_ANSWER_BYTES };
    const answer = await exchangeSignedJson(
      system,
      method,
      new URL(`${url.replace(/\/+$/, '')}${path}`),
      body,
    );
    if (answer.status === 200) {
      const parsed = shape.safeParse(answer.body);
      if (parsed.success) return accepted(parsed.data);
      throw new OutsideSystemFault(SYSTEM, 'answered in another form than agreed');
    }
    const problem = answer.status < 500 ? problemShape.safeParse(answer.body) : undefined;
    if (problem?.success) return refused(sealerRefusal(problem.data.code, problem.data.detail));
    throw new OutsideSystemFault(SYSTEM, `answered ${answer.status}`);
  }

  async sign(request: SealerRequest): Promise<Result<SealerAnswer, SealerRefusal>> {
    if (!isKeyId(request.keyId)) return refused(sealerRefusal('keyUnknown', '密钥编号不合规'));
    const mismatch = checkDigest(request);
    if (mismatch !== null) return refused(mismatch);
    const { requestId, keyId, algorithm, digestHex } = request;
    const toBeSigned = Buffer.from(request.toBeSigned).toString('base64');
    const body = { requestId, algorithm, digestHex, toBeSigned };
    return this.exchange('POST', `/keys/${encodeURIComponent(keyId)}/seals`, body, answerShape);
  }

  async describe(keyId: string): Promise<Result<SealKeyDescription, SealerRefusal>> {
    if (!isKeyId(keyId)) return refused(sealerRefusal('keyUnknown', '密钥编号不合规'));
    const answer = await this.exchange('GET', `/keys/${encodeURIComponent(keyId)}`, null, descriptionShape);
    return answer.ok ? accepted({ ...answer.value, kind: 'remote', notice: null }) : answer;
  }

  async keyIds(): Promise<readonly string[]> {
    const listed = await this.exchange('GET', '/keys', null, z.array(z.string()));
    if (!listed.ok) throw new OutsideSystemFault(SYSTEM, 'does not list its keys');
    return listed.value;
  }

  /** A seal is counted, so nothing is signed: each key must be described with a readable certificate. */
  async selfTest(): Promise<SelfTestReport> {
    const checks = await Promise.all((await this.keyIds()).map((keyId) => this.testKey(keyId)));
    return { passed: checks.every(({ passed }) => passed), checks };
  }

  private async testKey(keyId: string): Promise<SelfTestReport['checks'][number]> {
    const described = await this.describe(keyId);
    if (!described.ok) return { name: keyId, passed: false, detail: described.refusal.detail };
    try {
      parseSigningCertificate(described.value.certificate);
      return { name: keyId, passed: true, detail: null };
    } catch {
      return { name: keyId, passed: false, detail: '证书无法读取' };
    }
  }
}

/**
 * A unified seal service over HTTP: data in, SES_Signature (or, for RSA keys, the raw signature) out, idempotent by the
 * request's id. Its refusals come back as values; an unreachable, slow or incoherent service is an
 * {@link OutsideSystemFault}, after which the same request may be sent again.
 */
export function createRemoteSealService(options: RemoteSealServiceOptions): RemoteSealService {
  return new HttpSealService(options);
}
