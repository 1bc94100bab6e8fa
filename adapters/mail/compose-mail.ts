import type { SendMailOptions } from 'nodemailer';
import type { Mail } from '../../ports/mailer';

/**
 * In: a message and its sender. Out: what nodemailer sends. Never an attachment (reading 9: mail never carries
 * the certificate); automatic replies are discouraged (RFC 3834).
 */
export function composeMail(mail: Mail, from: string): SendMailOptions {
  return {
    from,
    to: mail.to,
    subject: mail.subject,
    text: mail.text,
    messageId: mail.messageId,
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}
