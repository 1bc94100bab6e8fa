import { createTransport } from 'nodemailer';
import type { Mailer } from '../../ports/mailer';
import { composeMail } from './compose-mail';

export interface SmtpMailerOptions {
  /** smtp:// or smtps:// with user and password where the relay wants them. */
  readonly smtpUrl: string;
  readonly from: string;
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** A mailer that hands each message to the relay behind `smtpUrl`; rejects when the relay does not take it. */
export function createSmtpMailer(options: SmtpMailerOptions): Mailer & { close(): void } {
  const { smtpUrl, from, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      await transport.sendMail(composeMail(mail, from));
    },
    close: () => transport.close(),
  };
}
