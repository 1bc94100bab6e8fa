import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { importSm2PrivateKey, type Sm2PrivateKey } from '../../documents/sm/sm2';
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
import { matchAccount, type PortalAccount, readAccount } from './portal-accounts';
import { type ReceivedDelivery, readPortalDelivery } from './read-portal-delivery';
import { createReceiptCallback } from './receipt-callback';

const MAX_DELIVERY_BYTES = 16 * 1024 * 1024;

export interface PortalServerOptions {
  readonly host: string;
  readonly port: number;
  readonly folder: string;
  readonly key: SharedKey;
  /** PKCS #8 of the SM2 key with which receipts are signed. */
  readonly proofKeyPkcs8: Uint8Array;
  now(): Date;
}

/**
 * A local stand-in for 内蒙古政务服务网 and 蒙速办, whose interfaces are not public: `POST /deliveries` puts a file
 * into the account of a holder, once per delivery id, and answers with a receipt signed by SM2 with SM3 over the
 * exact text of the proof. Everybody is registered unless `PUT /control/accounts/{code}` says otherwise.
 */
export async function startPortalServer(options: PortalServerOptions): Promise<RunningSimulator> {
  const deliveries = await openJsonFolder(join(options.folder, 'deliveries'));
  const accounts = await openJsonFolder(join(options.folder, 'accounts'));
  const proofKey = importSm2PrivateKey(options.proofKeyPkcs8);
  const whyUnsigned = createSignatureCheck(options.key, () => options.now());
  const callback = createReceiptCallback();
  const inProgress = new Map<string, Promise<SimulatorAnswer>>();

  const keep = async (delivery: ReceivedDelivery): Promise<Record<string, string>> => {
    const answer = delivered(delivery, proofKey, options.now());
    await deliveries.put(delivery.deliveryId, {
      deliveryId: delivery.deliveryId,
      fileDigest: delivery.fileDigest,
      answer,
    });
    return answer;
  };

  const deliver = async (delivery: ReceivedDelivery): Promise<SimulatorAnswer> => {
    const stored = await deliveries.get(delivery.deliveryId);
    if (stored !== undefined) return repeated(stored, delivery);
    const { code } = delivery.holder;
    const account = code === null ? undefined : await accounts.get(code);
    const match = matchAccount(
      account === undefined ? null : readAccount(code ?? '', account),
      delivery.holder,
    );
    switch (match) {
      case 'notRegistered':
        return { status: 200, body: { kind: 'notRegistered' } };
      case 'wrongPerson':
        return { status: 200, body: { kind: 'wrongPerson', reason: '姓名或名称与门户实名信息不一致' } };
      case 'match':
        return { status: 200, body: await keep(delivery) };
      case 'matchLater': {
        const receipt = await keep(delivery);
        callback.send(delivery.deliveryId, receipt);
        return { status: 200, body: { kind: 'accepted' } };
      }
    }
  };

  const handle = async (request: SimulatorRequest): Promise<SimulatorAnswer> => {
    if (request.segments.join('/') !== 'deliveries') return simulatorProblem(404, 'notFound', '没有这个地址');
    if (request.method !== 'POST') return simulatorProblem(405, 'methodNotAllowed', '只支持 POST');
    const reason = whyUnsigned({ ...request, authorization: request.headers.authorization });
    if (reason !== null) return simulatorProblem(401, 'signatureWrong', reason);
    const delivery = readPortalDelivery(readJson(request.body));
    if ('detail' in delivery) return simulatorProblem(422, delivery.code, delivery.detail);
    // Two callers with one id at the same moment must get one receipt.
    const before = inProgress.get(delivery.deliveryId) ?? Promise.resolve(undefined);
    const answering = before.then(() => deliver(delivery));
    inProgress.set(delivery.deliveryId, answering);
    try {
      return await answering;
    } finally {
      if (inProgress.get(delivery.deliveryId) === answering) inProgress.delete(delivery.deliveryId);
    }
  };

  const control = async (request: SimulatorRequest): Promise<SimulatorAnswer | null> => {
    const [, what, code] = request.segments;
    if (what === 'deliveries' && request.method === 'GET') {
      return { status: 200, body: { items: (await deliveries.values()).map(withoutProof) } };
    }
    if (what === 'callback' && request.method === 'PUT') {
      const url = textMember(readJson(request.body), 'url');
      if (url === null) return simulatorProblem(400, 'malformedCallback', '应为 {url}');
      callback.register(url);
      return { status: 200, body: { url } };
    }
    if (what !== 'accounts' || code === undefined || request.method !== 'PUT') return null;
    const account: PortalAccount | null = readAccount(code, readJson(request.body));
    if (account === null)
      return simulatorProblem(400, 'malformedAccount', '应为 {registered?, name?, receipt?}');
    await accounts.put(code, account);
    return { status: 200, body: account };
  };
  return startSimulator({ maxBodyBytes: MAX_DELIVERY_BYTES, handle, control }, options);
}

function delivered(delivery: ReceivedDelivery, key: Sm2PrivateKey, at: Date): Record<string, string> {
  const receipt = `MSB${createHash('sha256').update(delivery.deliveryId).digest('hex').slice(0, 20).toUpperCase()}`;
  const proof = JSON.stringify({
    deliveryId: delivery.deliveryId,
    certificateIdentifier: delivery.certificateIdentifier,
    fileDigest: delivery.fileDigest,
    receipt,
    deliveredAt: at.toISOString(),
    channel: '本地模拟门户',
  });
  const proofSignature = Buffer.from(key.sign(Buffer.from(proof, 'utf8'))).toString('base64');
  return { kind: 'delivered', receipt, proof, proofSignature };
}

/** The same id with other bytes is a mistake of the sender, never a second delivery. */
function repeated(stored: unknown, delivery: ReceivedDelivery): SimulatorAnswer {
  return textMember(stored, 'fileDigest') === delivery.fileDigest
    ? { status: 200, body: memberOf(stored, 'answer') }
    : simulatorProblem(409, 'deliveryIdReused', '同一送达编号对应不同的文件');
}

function withoutProof(stored: unknown): Record<string, string | null> {
  return { deliveryId: textMember(stored, 'deliveryId'), fileDigest: textMember(stored, 'fileDigest') };
}
