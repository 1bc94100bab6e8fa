import { createHash } from 'node:crypto';
import type { Sealer } from '../ports/sealer';

/** Key in the store whose only use is to sign heads of the event log. */
export const EVENT_LOG_KEY_ID = 'event-log';

/** How the head of the event log is signed: SM2 with SM3, through the same port as seals. */
export function eventLogSigner(sealer: Sealer): {
  readonly keyId: string;
  readonly sign: (bytes: Uint8Array) => Promise<Uint8Array>;
} {
  return {
    keyId: EVENT_LOG_KEY_ID,
    async sign(bytes) {
      const digestHex = createHash('sm3').update(bytes).digest('hex');
      const answer = await sealer.sign({
        requestId: `head/${digestHex}`,
        keyId: EVENT_LOG_KEY_ID,
        algorithm: 'sm2-sm3',
        digestHex,
        toBeSigned: bytes,
      });
      if (!answer.ok) throw new Error(`the event log's key refused: ${answer.refusal.detail}`);
      if (answer.value.kind !== 'raw') throw new Error("the event log's key answered no raw signature");
      return answer.value.value;
    },
  };
}
