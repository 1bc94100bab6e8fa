import { createHash, createPrivateKey, sign as signNative } from 'node:crypto';
import { join } from 'node:path';
import { readDer, readSequence, readSmallInteger } from '../../documents/pki/der-reader';
import { derBitString, derOctetString, derOid, derSequence } from '../../documents/pki/der-writer';
import { oid } from '../../documents/pki/object-identifiers';
import { importSm2PrivateKey } from '../../documents/sm/sm2';
import { createSignatureCheck, type SharedKey } from '../protocol/check-request-signature';
import { openJsonFolder } from '../protocol/json-folder';
import {
  memberOf,
  type RunningSimulator,
  readJson,
  type SimulatorAnswer,
  type SimulatorRequest,
  simulatorProblem,
  startSimulator,
  textMember,
} from '../protocol/simulator-server';

export interface ServiceKey {
  readonly keyId: string;
  readonly algorithm: 'sm2' | 'rsa3072';
  readonly privateKeyPkcs8: Uint8Array;
  readonly certificate: Uint8Array;
  readonly chain: readonly Uint8Array[];
}

export interface SealServiceOptions {
  readonly host: string;
  readonly port: number;
  readonly folder: string;
  readonly key: SharedKey;
  readonly keys: readonly ServiceKey[];
  now(): Date;
}

const MAX_REQUEST_BYTES = 1024 * 1024;

interface Order {
  readonly requestId: string;
  readonly algorithm: string;
  readonly digestHex: string;
  readonly toBeSigned: Uint8Array;
}

function readOrder(body: unknown): Order | null {
  const [requestId, algorithm, digestHex, toBeSigned] = [
    'requestId',
    'algorithm',
    'digestHex',
    'toBeSigned',
  ].map((name) => textMember(body, name));
  if (!requestId || !algorithm || !digestHex || !toBeSigned) return null;
  return { requestId, algorithm, digestHex, toBeSigned: Buffer.from(toBeSigned, 'base64') };
}

/** SES_Signature of GB/T 38540-2020 around a finished TBS_Sign: SEQUENCE{toSign, cert, signatureAlgID, signature}. */
function sesSignature(toBeSigned: Uint8Array, certificate: Uint8Array, signature: Uint8Array): Uint8Array {
  return derSequence(
    toBeSigned,
    derOctetString(certificate),
    derOid(oid.sm2WithSm3),
    derBitString(signature),
  );
}

function isTbsSign(bytes: Uint8Array): boolean {
  try {
    return readSmallInteger(readSequence(readDer(bytes))[0]) >= 4;
  } catch {
    return false;
  }
}

function seal(key: ServiceKey, order: Order): SimulatorAnswer {
  const answer = (kind: string, value: Uint8Array): SimulatorAnswer => ({
    status: 200,
    body: { kind, value: Buffer.from(value).toString('base64') },
  });
  switch (key.algorithm) {
    case 'sm2': {
      if (!isTbsSign(order.toBeSigned)) return simulatorProblem(422, 'notSealData', '待签数据不是 TBS_Sign');
      const signature = importSm2PrivateKey(key.privateKeyPkcs8).sign(order.toBeSigned);
      return answer('sesSignature', sesSignature(order.toBeSigned, key.certificate, signature));
    }
    case 'rsa3072': {
      const privateKey = createPrivateKey({
        key: Buffer.from(key.privateKeyPkcs8),
        format: 'der',
        type: 'pkcs8',
      });
      return answer('raw', signNative('sha256', order.toBeSigned, privateKey));
    }
  }
}

/** How many more seals the service makes (null: any number) and which keys are stopped; set through `/control`. */
interface Standing {
  remaining: number | null;
  readonly stopped: Set<string>;
}

function whyNot(key: ServiceKey, order: Order, standing: Standing): SimulatorAnswer | null {
  if (standing.stopped.has(key.keyId)) return simulatorProblem(409, 'keyStopped', `印章 ${key.keyId} 已停用`);
  if (order.algorithm !== (key.algorithm === 'sm2' ? 'sm2-sm3' : 'rsa-sha256')) {
    return simulatorProblem(422, 'algorithmMismatch', '算法与密钥不符');
  }
  const digest = createHash(key.algorithm === 'sm2' ? 'sm3' : 'sha256')
    .update(order.toBeSigned)
    .digest('hex');
  if (digest !== order.digestHex) return simulatorProblem(422, 'digestMismatch', '摘要与数据不符');
  if (standing.remaining === 0) return simulatorProblem(403, 'quotaExceeded', '本期用印次数已用完');
  return null;
}

function describe(key: ServiceKey, standing: Standing): SimulatorAnswer {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  return {
    status: 200,
    body: {
      keyId: key.keyId,
      algorithm: key.algorithm,
      certificate: text(key.certificate),
      chain: key.chain.map(text),
      stopped: standing.stopped.has(key.keyId),
    },
  };
}

function control(request: SimulatorRequest, standing: Standing): SimulatorAnswer | null {
  const [, what, keyId] = request.segments;
  if (request.method !== 'PUT') return null;
  const body = readJson(request.body);
  if (what === 'quota') {
    const remaining = memberOf(body, 'remaining');
    const isCount = typeof remaining === 'number' && Number.isSafeInteger(remaining) && remaining >= 0;
    if (remaining !== null && !isCount)
      return simulatorProblem(400, 'malformedQuota', '应为 {remaining: n | null}');
    standing.remaining = isCount ? remaining : null;
    return { status: 200, body: { remaining: standing.remaining } };
  }
  if (what === 'stopped' && keyId !== undefined) {
    const stopped = memberOf(body, 'stopped') === true;
    if (stopped) standing.stopped.add(keyId);
    else standing.stopped.delete(keyId);
    return { status: 200, body: { keyId, stopped } };
  }
  return null;
}

/**
 * A local stand-in for a unified seal service (统一电子印章服务), whose interface differs from region to region:
 * `POST /keys/{id}/seals` takes the data to be signed and answers a finished SES_Signature (SM2) or the raw signature
 * (RSA), once per requestId: the same request gets the same answer and is counted once, the same id with other data is
 * refused. `PUT /control/quota` and `PUT /control/stopped/{id}` set limits; requests are signed with the shared key.
 */
export async function startSealService(options: SealServiceOptions): Promise<RunningSimulator> {
  const done = await openJsonFolder(join(options.folder, 'seals'));
  const standing: Standing = { remaining: null, stopped: new Set() };
  const whyUnsigned = createSignatureCheck(options.key, () => options.now());
  const inProgress = new Map<string, Promise<SimulatorAnswer>>();

  const sealOnce = async (key: ServiceKey, order: Order): Promise<SimulatorAnswer> => {
    const fingerprint = `${key.keyId} ${order.digestHex}`;
    const stored = await done.get(order.requestId);
    if (stored !== undefined) {
      return memberOf(stored, 'fingerprint') === fingerprint
        ? { status: 200, body: memberOf(stored, 'answer') }
        : simulatorProblem(409, 'requestIdReused', '同一请求编号的数据不同');
    }
    const refusal = whyNot(key, order, standing);
    if (refusal !== null) return refusal;
    const answer = seal(key, order);
    if (answer.status !== 200) return answer;
    if (standing.remaining !== null) standing.remaining -= 1;
    await done.put(order.requestId, { fingerprint, answer: answer.body });
    return answer;
  };

  const handle = async (request: SimulatorRequest): Promise<SimulatorAnswer> => {
    const authorization = request.headers.authorization;
    const unsigned = whyUnsigned({ ...request, authorization });
    if (unsigned !== null) return simulatorProblem(401, 'unsigned', unsigned);
    const [collection, keyId, action] = request.segments;
    if (collection !== 'keys') return simulatorProblem(404, 'notFound', '没有这个地址');
    if (keyId === undefined) return { status: 200, body: options.keys.map((key) => key.keyId) };
    const key = options.keys.find((candidate) => candidate.keyId === keyId);
    if (key === undefined) return simulatorProblem(404, 'keyUnknown', '没有这枚印章');
    if (request.method === 'GET' && action === undefined) return describe(key, standing);
    const order = readOrder(readJson(request.body));
    if (request.method !== 'POST' || action !== 'seals' || order === null) {
      return simulatorProblem(400, 'malformedRequest', '请求内容不完整');
    }
    // Two requests with one id at the same moment are one request.
    const running = inProgress.get(order.requestId) ?? Promise.resolve({ status: 200, body: null });
    const next = running.then(() => sealOnce(key, order));
    inProgress.set(order.requestId, next);
    try {
      return await next;
    } finally {
      if (inProgress.get(order.requestId) === next) inProgress.delete(order.requestId);
    }
  };
  return startSimulator(
    { maxBodyBytes: MAX_REQUEST_BYTES, handle, control: async (request) => control(request, standing) },
    options,
  );
}
