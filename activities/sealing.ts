import { createHash } from 'node:crypto';
import { finishPdfSignature } from '../documents/pdf-signature/finish-pdf-signature';
import { finishOfdSeal } from '../documents/seal/finish-ofd-seal';
import type { SealWait } from '../domain/sealing/choose-seal';
import type { FileStore } from '../ports/file-store';
import type { IssuanceLedger, Standing } from '../ports/issuance-ledger';
import type { ProductionLedger } from '../ports/production-ledger';
import type { Sealer, SealerAnswer, SealerRefusalCode } from '../ports/sealer';
import type { OpenIntent, RedeemedIntent, SealingLedger } from '../ports/sealing-ledger';
import { readOfdFinishing, readPdfFinishing } from './read-finishing';

/** Where a case stands after ④. */
export interface StandingAfterSealing extends Standing {
  /** Only when the key refused, of whose recovery nobody tells: how long to leave it alone before it is asked again. */
  readonly askKeyAgainInMs?: number;
}

/** Step ④ as the workflow calls it. */
export interface SealingActivities {
  seal(issuanceId: string): Promise<StandingAfterSealing>;
}

/** A quota that is used up, or a key that somebody stopped, is not mended by asking every second. */
const ASK_KEY_AGAIN_MS = 10 * 60_000;

export interface SealingPorts {
  readonly cases: Pick<IssuanceLedger, 'whereItStands'>;
  readonly waiting: Pick<ProductionLedger, 'awaitSeal'>;
  readonly ledger: SealingLedger;
  readonly sealer: Sealer;
  readonly files: FileStore;
}

type Redemption =
  | { readonly ok: true; readonly redeemed: RedeemedIntent }
  | { readonly ok: false; readonly refusal: SealerRefusalCode };

/** ④: redeems the open intents of a case, once; the only step that touches a private key. */
export function createSealingActivities(ports: SealingPorts): SealingActivities {
  return {
    async seal(issuanceId) {
      const intents = await ports.ledger.openIntents(issuanceId);
      if (intents.length === 0) return ports.cases.whereItStands(issuanceId);
      const redemptions = await Promise.all(intents.map((intent) => redeem(ports, intent)));
      const redeemed: RedeemedIntent[] = [];
      for (const redemption of redemptions) {
        if (!redemption.ok) return keyRefused(ports, issuanceId, redemption.refusal);
        redeemed.push(redemption.redeemed);
      }
      return ports.ledger.redeem(issuanceId, redeemed);
    },
  };
}

async function keyRefused(
  { waiting }: SealingPorts,
  issuanceId: string,
  refusal: SealerRefusalCode,
): Promise<StandingAfterSealing> {
  const standing = await waiting.awaitSeal(issuanceId, waitFor(refusal));
  return standing.state === 'awaitingSeal' ? { ...standing, askKeyAgainInMs: ASK_KEY_AGAIN_MS } : standing;
}

/** The sealed file lies in the store, flushed, before the register learns of the signature. */
async function redeem({ sealer, files }: SealingPorts, intent: OpenIntent): Promise<Redemption> {
  const container = await files.get(intent.containerDigest);
  if (container === null) {
    throw new Error(`container ${intent.containerDigest} of intent ${intent.id} is missing`);
  }
  const isOfd = intent.fileKind === 'ofd';
  const answer = await sealer.sign({
    requestId: intent.id,
    keyId: intent.keyId,
    algorithm: isOfd ? 'sm2-sm3' : 'rsa-sha256',
    digestHex: createHash(isOfd ? 'sm3' : 'sha256')
      .update(intent.toBeSigned)
      .digest('hex'),
    toBeSigned: intent.toBeSigned,
  });
  if (!answer.ok) return { ok: false, refusal: answer.refusal.code };
  const sealed = finish(intent, container, answer.value);
  return {
    ok: true,
    redeemed: {
      intentId: intent.id,
      signature: answer.value.value,
      sealedDigest: await files.put(sealed),
      sealedSizeBytes: sealed.length,
    },
  };
}

function finish(intent: OpenIntent, container: Uint8Array, answer: SealerAnswer): Uint8Array {
  const { toBeSigned, finishing } = intent;
  switch (intent.fileKind) {
    case 'ofd':
      return finishOfdSeal(
        { kind: 'ofd', container, toBeSigned, finishing: readOfdFinishing(finishing) },
        answer,
      );
    case 'pdf':
      return finishPdfSignature(
        { kind: 'pdf', container, toBeSigned, finishing: readPdfFinishing(finishing) },
        answer.value,
      );
  }
}

/** A refusal of the key is final until somebody acts, so the case waits; a wrong request is a fault of ours. */
function waitFor(refusal: SealerRefusalCode): SealWait {
  switch (refusal) {
    case 'keyUnknown':
    case 'keyStopped':
      return 'sealKeyStopped';
    case 'quotaExceeded':
      return 'sealQuotaUsed';
    case 'algorithmMismatch':
    case 'digestMismatch':
      throw new Error(`the key refused a well-formed request: ${refusal}`);
  }
}
