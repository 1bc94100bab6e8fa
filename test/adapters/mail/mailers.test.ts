import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { createMailboxFolderMailer } from '../../../adapters/mail/mailbox-folder-mailer';
import { messageIdOf } from '../../../adapters/mail/message-id';
import { createSmtpMailer } from '../../../adapters/mail/smtp-mailer';
import type { Mail } from '../../../ports/mailer';
import { temporaryFolder } from '../../support/outside-world';

const from = '鄂尔多斯市电子证照 <no-reply@ecert.example>';

function mailOf(overrides: Partial<Mail> = {}): Mail {
  return {
    messageId: messageIdOf('delivery/1', 'ecert.example'),
    to: 'holder@example.com',
    subject: '您的道路运输证已签发',
    text: '请登录内蒙古政务服务网或蒙速办查看。\n',
    ...overrides,
  };
}

describe('Message-IDs', () => {
  it('are the same for the same message and differ between messages', () => {
    expect(messageIdOf('delivery/1', 'a.example')).toBe(messageIdOf('delivery/1', 'a.example'));
    expect(messageIdOf('delivery/1', 'a.example')).not.toBe(messageIdOf('delivery/2', 'a.example'));
    expect(messageIdOf('delivery/1', 'a.example')).toMatch(/^<[0-9a-f]{40}@a\.example>$/);
  });
});

describe('mail over SMTP', () => {
  const received: string[] = [];
  let refuses = false;
  let server: SMTPServer;
  let smtpUrl = '';

  beforeAll(async () => {
    server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onMailFrom: (_address, _session, callback) =>
        callback(refuses ? new Error('451 try again later') : undefined),
      onData(stream, _session, callback) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          received.push(Buffer.concat(chunks).toString('utf8'));
          callback();
        });
      },
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.server.address() as AddressInfo;
    smtpUrl = `smtp://127.0.0.1:${port}`;
  });
  beforeEach(() => {
    received.length = 0;
    refuses = false;
  });
  afterAll(() => new Promise<void>((resolve) => server.close(resolve)));

  it('arrives with the deterministic Message-ID, says it is automatic and carries no attachment', async () => {
    const mailer = createSmtpMailer({ smtpUrl, from });
    await mailer.send(mailOf());
    mailer.close();
    const [message = ''] = received;
    expect(message).toContain(`Message-ID: ${mailOf().messageId}`);
    expect(message).toContain('Auto-Submitted: auto-generated');
    expect(message).not.toMatch(/multipart|attachment/i);
  });

  it('rejects when the relay refuses, so that the message is tried again', async () => {
    refuses = true;
    const mailer = createSmtpMailer({ smtpUrl, from });
    await expect(mailer.send(mailOf())).rejects.toThrow('451');
    mailer.close();
    expect(received).toHaveLength(0);
  });

  it('gives up on a relay that never greets', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
    const { port } = silent.address() as AddressInfo;
    const mailer = createSmtpMailer({ smtpUrl: `smtp://127.0.0.1:${port}`, from, timeoutMs: 200 });
    await expect(mailer.send(mailOf())).rejects.toThrow(/greeting|timeout/i);
    mailer.close();
    await new Promise((resolve) => silent.close(resolve));
  });
});

describe('mail into the local mailbox folder', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('is idempotent: the same message sent twice is one .eml file that only the owner may read', async () => {
    const mailer = createMailboxFolderMailer(join(folder.path, 'mailbox'), from);
    await mailer.send(mailOf());
    await mailer.send(mailOf());
    await mailer.send(mailOf({ messageId: messageIdOf('delivery/2', 'ecert.example') }));
    const names = readdirSync(join(folder.path, 'mailbox'));
    expect(names).toHaveLength(2);
    const contents = names.map((name) => readFileSync(join(folder.path, 'mailbox', name), 'utf8'));
    expect(contents.filter((content) => content.includes(mailOf().messageId))).toHaveLength(1);
    expect(contents[0]).toContain('\r\n');
  });
});
