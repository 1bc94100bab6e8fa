import type { Mail } from './mailer';
import type { UpReportAnswer, UpReportItem } from './up-report-channel';
import type { Webhook } from './webhook-sender';

/** What the relay needs of the register to send reports, mails and webhooks; each is told apart by its natural key. */
export interface OutgoingLedger {
  /** The report to send, or null when it was answered already. */
  upReport(upReportId: string): Promise<UpReportItem | null>;
  recordUpReport(upReportId: string, answer: UpReportAnswer): Promise<void>;
  /** The address of whoever the mail is for; null when that person has none, and then none is sent. */
  mailAddress(recipient: MailRecipient): Promise<string | null>;
  /** The webhook with the agency's registered hosts and secrets; null when the agency system was stopped. */
  webhook(agencySystemId: string, message: OutgoingMessage): Promise<Webhook | null>;
}

export type MailRecipient =
  | { readonly kind: 'person'; readonly personId: string }
  /** Hex of the HMAC-SM3 of the holder's code. */
  | { readonly kind: 'holder'; readonly holderLookup: string };

/** A mail as the outbox holds it: without the address, which is personal. */
export type OutgoingMail = Pick<Mail, 'subject' | 'text'> & { readonly recipient: MailRecipient };

export interface OutgoingMessage {
  readonly webhookId: string;
  readonly callbackUrl: string;
  readonly payload: Readonly<Record<string, unknown>>;
}
