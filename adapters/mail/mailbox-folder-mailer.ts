import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Mailer } from '../../ports/mailer';
import { composeMail } from './compose-mail';

/**
 * A mailer that lays each message into a folder as `<digest of its Message-ID>.eml` (RFC 5322), where the console
 * and any mail program can read it. The same message sent twice is one file. Nothing leaves the machine.
 */
export function createMailboxFolderMailer(folder: string, from: string): Mailer {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  return {
    async send(mail) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const { message } = await transport.sendMail(composeMail(mail, from));
      if (!Buffer.isBuffer(message)) throw new TypeError('the message was not composed in memory');
      const name = createHash('sha256').update(mail.messageId).digest('hex').slice(0, 40);
      const half = join(folder, `${name}.${process.pid}.new`);
      await writeFile(half, message, { mode: 0o600, flush: true });
      await rename(half, join(folder, `${name}.eml`));
    },
  };
}
