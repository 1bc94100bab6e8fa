import { z } from 'zod';
import { verifySm2 } from '../../documents/sm/sm2';
import type { Clock } from '../../ports/clock';
import type {
  DeliveryPortal,
  PortalAnswer,
  PortalDelivery,
  PortalReceipts,
} from '../../ports/delivery-channel';
import { OutsideSystemFault } from '../http/send-request';
import type { OutsideKey } from '../http/sign-request';
import { exchangeSignedJson } from '../http/signed-json-exchange';

export interface HttpDeliveryPortalOptions {
  readonly baseUrl: string;
  readonly key: OutsideKey;
  /** Uncompressed SM2 point (65 octets) of the key with which the portal signs its proofs. */
  readonly proofPublicPoint: Uint8Array;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

const SYSTEM_NAME = 'portal';
const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;

const portalAnswer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('delivered'),
    receipt: z.string().min(1).max(200),
    proof: z.string().min(1).max(16_384),
    proofSignature: z.base64(),
  }),
  z.object({ kind: z.literal('accepted') }),
  z.object({ kind: z.literal('notRegistered') }),
  z.object({ kind: z.literal('wrongPerson'), reason: z.string().min(1).max(500) }),
]);
const proofContent = z.object({ deliveryId: z.string(), fileDigest: z.string(), receipt: z.string() });

/**
 * Delivers to the portal by `POST /deliveries`, idempotent by delivery id. `delivered` is answered only when the
 * proof is signed by the portal's key and names this delivery, this file and this receipt: art. 9 asks for
 * delivery, and a proof that does not prove it is a fault to be tried again. The proof is handed on as JSON text
 * with its signature beside it, byte for byte as it came.
 */
export function createHttpDeliveryPortal(options: HttpDeliveryPortalOptions): DeliveryPortal {
  const { baseUrl, key, proofPublicPoint, clock, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}/deliveries`);
  const system = { name: SYSTEM_NAME, key, clock, timeoutMs, maxAnswerBytes: MAX_ANSWER_BYTES };
  return {
    async deliver(delivery): Promise<PortalAnswer> {
      const { ofd, ...described } = delivery;
      const { status, body } = await exchangeSignedJson(system, 'POST', url, {
        ...described,
        ofd: Buffer.from(ofd).toString('base64'),
      });
      if (status !== 200) throw new OutsideSystemFault(SYSTEM_NAME, `answered ${status}`);
      const parsed = portalAnswer.safeParse(body);
      if (!parsed.success) throw new OutsideSystemFault(SYSTEM_NAME, 'answered in an unknown form');
      return toAnswer(parsed.data, delivery, proofPublicPoint);
    },
  };
}

/**
 * In: the portal's public point. Out: receipts that its key signed over a proof of this delivery and this file are read
 * as `delivered`, with proof and signature byte for byte as they came.
 */
export function createPortalReceipts(proofPublicPoint: Uint8Array): PortalReceipts {
  return {
    read({ receipt, proof, proofSignature }, delivery) {
      const signature = Buffer.from(proofSignature, 'base64');
      if (!verifySm2(proofPublicPoint, Buffer.from(proof, 'utf8'), signature)) return null;
      if (!isProofOf(proof, receipt, delivery)) return null;
      return { kind: 'delivered', receipt, proof: JSON.stringify({ proof, proofSignature }) };
    },
  };
}

function toAnswer(
  answer: z.infer<typeof portalAnswer>,
  delivery: PortalDelivery,
  proofPublicPoint: Uint8Array,
): PortalAnswer {
  switch (answer.kind) {
    case 'accepted':
      return { kind: 'accepted' };
    case 'notRegistered':
      return { kind: 'notRegistered' };
    case 'wrongPerson':
      return { kind: 'wrongPerson', reason: answer.reason };
    case 'delivered': {
      const read = createPortalReceipts(proofPublicPoint).read(answer, delivery);
      if (read === null) {
        throw new OutsideSystemFault(
          SYSTEM_NAME,
          'the proof is not signed by the portal or is about another delivery',
        );
      }
      return read;
    }
  }
}

function isProofOf(
  proof: string,
  receipt: string,
  delivery: Pick<PortalDelivery, 'deliveryId' | 'fileDigest'>,
): boolean {
  const content = proofContent.safeParse(parseJson(proof));
  return (
    content.success &&
    content.data.deliveryId === delivery.deliveryId &&
    content.data.fileDigest === delivery.fileDigest &&
    content.data.receipt === receipt
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
