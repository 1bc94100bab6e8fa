import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHttpAgencyRecords } from '../adapters/agency/http-agency-records';
import { createMailboxFolderMailer } from '../adapters/mail/mailbox-folder-mailer';
import { messageIdOf } from '../adapters/mail/message-id';
import { createSmtpMailer } from '../adapters/mail/smtp-mailer';
import { createHttpDeliveryPortal, createPortalReceipts } from '../adapters/portal/http-delivery-portal';
import { createRecordPortKeys } from '../adapters/postgres/organisation/record-port-keys';
import { createRfc3161TimestampAuthority } from '../adapters/timestamp/rfc3161-timestamp-authority';
import { createHttpUpReportChannel } from '../adapters/up-report/http-up-report-channel';
import { createHttpWebhookSender } from '../adapters/webhook/http-webhook-sender';
import type { AgencyRecords } from '../ports/agency-records';
import type { DeliveryPortal, PortalReceipts } from '../ports/delivery-channel';
import type { Mailer } from '../ports/mailer';
import type { TimestampAuthority } from '../ports/timestamp-authority';
import type { UpReportChannel, UpReportReceipts } from '../ports/up-report-channel';
import type { WebhookSender } from '../ports/webhook-sender';
import type { Foundation } from './foundation';

/** Everything outside of this city's own walls, each behind its port. */
export interface OutsideSystems {
  readonly agencyRecords: AgencyRecords;
  readonly portal: DeliveryPortal;
  readonly upReports: UpReportChannel & UpReportReceipts;
  readonly webhooks: WebhookSender;
  readonly mailer: Mailer;
  readonly mailMessageId: (naturalKey: string) => string;
  /** Null: none is configured, and files stay without a timestamp token. */
  readonly timestamps: TimestampAuthority | null;
}

/** The name by which the outside systems know us. */
const KEY_ID = 'ecert';

/**
 * In: the configuration, and the register with the keys of the agencies' record ports. Out: clients of the outside
 * systems. One that is not configured throws at every use, so that its work is kept and shown as waiting instead of
 * being lost.
 */
export function openOutsideSystems({
  config,
  clock,
  register,
  cipher,
}: Pick<Foundation, 'config' | 'clock' | 'register' | 'cipher'>): OutsideSystems {
  const { outside, secretsDir } = config;
  const keyOf = (name: string) => ({ keyId: KEY_ID, secret: outsideSecret(secretsDir, `outside-${name}`) });
  const mailHost = new URL(config.http.publicUrl).hostname;
  const from = `ecert@${mailHost.includes('.') && !/^[\d.]+$/.test(mailHost) ? mailHost : 'ecert.invalid'}`;
  return {
    agencyRecords: openAgencyRecords({ clock, register, cipher }),
    portal:
      outside.portalUrl === undefined
        ? { deliver: notConfigured('PORTAL_URL') }
        : createHttpDeliveryPortal({
            baseUrl: outside.portalUrl,
            key: keyOf('portal'),
            proofPublicPoint: portalPoint(secretsDir),
            clock,
          }),
    upReports:
      outside.upReportUrl === undefined
        ? { send: notConfigured('UP_REPORT_URL'), receivedOn: notConfigured('UP_REPORT_URL') }
        : createHttpUpReportChannel({ baseUrl: outside.upReportUrl, key: keyOf('up-report'), clock }),
    webhooks: createHttpWebhookSender({ clock, allowPrivateAddresses: config.demonstration }),
    mailer:
      config.smtpUrl === undefined
        ? createMailboxFolderMailer(join(config.dataDir, 'mailbox'), from)
        : createSmtpMailer({ smtpUrl: config.smtpUrl, from }),
    mailMessageId: (naturalKey) => messageIdOf(naturalKey, mailHost),
    timestamps:
      outside.timestampUrl === undefined
        ? null
        : createRfc3161TimestampAuthority({ url: outside.timestampUrl }),
  };
}

/** The portal's receipts, judged by its public key; while no portal is configured none proves anything. */
export function openPortalReceipts({ outside, secretsDir }: Foundation['config']): PortalReceipts {
  return outside.portalUrl === undefined
    ? { read: () => null }
    : createPortalReceipts(portalPoint(secretsDir));
}

function portalPoint(secretsDir: string): Buffer {
  return Buffer.from(outsideSecret(secretsDir, 'portal-proof-point'), 'hex');
}

/** The agencies' own records, which an investigator is shown at once and the worker compares with (art. 8, 20). */
export function openAgencyRecords({
  clock,
  register,
  cipher,
}: Pick<Foundation, 'clock' | 'register' | 'cipher'>): AgencyRecords {
  return createHttpAgencyRecords({ keyFor: createRecordPortKeys(register, cipher), clock });
}

function notConfigured(variable: string): () => Promise<never> {
  return () => Promise.reject(new Error(`${variable} is not configured`));
}

/** A secret that an outside system and we share, as one line of a file in the secrets folder. */
function outsideSecret(secretsDir: string, name: string): string {
  return readFileSync(join(secretsDir, name), 'utf8').trim();
}
