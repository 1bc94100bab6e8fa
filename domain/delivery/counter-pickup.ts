import type { LegalDate } from '../shared/legal-date';
import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';

/** Who takes a certificate at the counter. */
export const RECEIVER_KINDS = ['holder', 'agent', 'guardian'] as const;
export type ReceiverKind = (typeof RECEIVER_KINDS)[number];

export const RECEIVER_KIND_NAMES = {
  holder: '本人',
  agent: '代理人',
  guardian: '监护人',
} as const satisfies Record<ReceiverKind, string>;

export interface CounterReceiver {
  readonly kind: ReceiverKind;
  readonly name: string;
  readonly code: string;
  /** The holder's authorisation or the proof of guardianship, as an attachment; null for the holder himself. */
  readonly authorisationAttachmentId: string | null;
}

export interface DeliveredHolder {
  readonly kind: 'person' | 'organisation' | 'unincorporated';
  readonly name: string;
  readonly code: string | null;
  /** Of a person whose code says it; null otherwise. */
  readonly bornOn: LegalDate | null;
}

export interface PickupRefusal {
  readonly pointer: string;
  readonly code: 'identityMismatch' | 'authorisationMissing' | 'guardianRequired' | 'agentRequired';
  readonly expected: string;
}

/**
 * Whether a certificate may be handed to who stands at the counter on a day (art. 9): to the holder whose name and code
 * are the certificate's; to an agent or guardian only with the paper that says so; for a minor only to a guardian or an
 * agent (民法典 17, 19, 20); an organisation has no hands and sends somebody.
 */
export function checkPickup(
  receiver: CounterReceiver,
  holder: DeliveredHolder,
  today: LegalDate,
): Result<null, PickupRefusal> {
  if (receiver.kind !== 'holder') {
    return receiver.authorisationAttachmentId === null
      ? refused({
          pointer: '/receiver/authorisationAttachmentId',
          code: 'authorisationMissing',
          expected: '代理人须附授权委托书，监护人须附监护关系证明',
        })
      : accepted(null);
  }
  if (holder.kind !== 'person') {
    return refused({
      pointer: '/receiver/kind',
      code: 'agentRequired',
      expected: '单位由代理人持授权委托书领取',
    });
  }
  if (holder.bornOn !== null && isMinor(holder.bornOn, today)) {
    return refused({
      pointer: '/receiver/kind',
      code: 'guardianRequired',
      expected: '未成年人的证照由监护人或其委托的代理人领取',
    });
  }
  return receiver.name === holder.name && receiver.code === holder.code
    ? accepted(null)
    : refused({
        pointer: '/receiver',
        code: 'identityMismatch',
        expected: '领取人的姓名和证件号码须与持证主体一致',
      });
}

/** Under eighteen full years on a day (民法典 17); the birthday itself completes a year. */
export function isMinor(bornOn: LegalDate, today: LegalDate): boolean {
  const eighteen = `${Number(bornOn.slice(0, 4)) + 18}${bornOn.slice(4)}`;
  return today < eighteen;
}
