import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpWebhookSender } from '../../../adapters/webhook/http-webhook-sender';
import { isPublicAddress } from '../../../adapters/webhook/public-address';
import { signWebhook } from '../../../adapters/webhook/sign-webhook';
import type { Webhook } from '../../../ports/webhook-sender';
import { outsideClock } from '../../support/outside-world';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

describe('the signature of a webhook', () => {
  it('is the one of the example in the Standard Webhooks libraries', () => {
    const headers = signWebhook('msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}', [
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    ]);
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('is made with both secrets while they are being rotated, and refuses a short one', () => {
    const headers = signWebhook('a', 1, '{}', [secret, `whsec_${Buffer.alloc(32, 8).toString('base64')}`]);
    expect(headers['webhook-signature'].split(' ')).toHaveLength(2);
    expect(() => signWebhook('a', 1, '{}', ['whsec_c2hvcnQ='])).toThrow(RangeError);
  });
});

describe('public addresses', () => {
  it.each(['8.8.8.8', '2400:3200::1', '110.16.70.1'])('%s is one', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '::1',
    '::ffff:10.0.0.1',
    'fe80::1',
    'fd00::1',
    '2002:7f00:1::',
    'example.com',
  ])('%s is none', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('sending webhooks', () => {
  const received: { headers: IncomingHttpHeaders; body: string }[] = [];
  let status = 204;
  let server: Server;
  let host = '';
  const sender = (allowPrivateAddresses = true) =>
    createHttpWebhookSender({ clock: outsideClock, allowPrivateAddresses, timeoutMs: 400 });
  const webhookOf = (overrides: Partial<Webhook> = {}): Webhook => ({
    webhookId: 'issuance/1/issued',
    callbackUrl: `http://${host}/callback`,
    registeredHosts: [host],
    secrets: [secret],
    payload: { type: 'issuance.issued', data: { issuanceId: '1' } },
    ...overrides,
  });

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
        response.writeHead(status, { location: `http://${host}/elsewhere` }).end();
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    received.length = 0;
    status = 204;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('delivers a body that its receiver can verify', async () => {
    expect(await sender().send(webhookOf())).toEqual({ kind: 'taken' });
    const [{ headers, body } = { headers: {} as IncomingHttpHeaders, body: '' }] = received;
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    const expected = createHmac('sha256', Buffer.alloc(32, 7)).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${expected}`);
    expect(headers['webhook-id']).toBe('issuance/1/issued');
  });

  it.each([
    ['a host that is not registered', { registeredHosts: ['agency.example'] }, 'hostNotRegistered'],
    ['no host registered at all', { registeredHosts: [] }, 'hostNotRegistered'],
    ['an address that is none', { callbackUrl: 'callback' }, 'addressIllFormed'],
    ['a file address', { callbackUrl: 'file:///etc/passwd' }, 'addressIllFormed'],
    ['an address with a password', { callbackUrl: 'https://a:b@agency.example/' }, 'addressIllFormed'],
    ['no secret', { secrets: [] }, 'secretMissing'],
  ] as const)('refuses %s and sends nothing', async (_, overrides, reason) => {
    expect(await sender().send(webhookOf(overrides))).toEqual({ kind: 'refused', reason });
    expect(received).toHaveLength(0);
  });

  it('reaches no private address outside of the demonstration, however it is written', async () => {
    for (const callbackUrl of [
      'https://127.0.0.1/',
      'https://[::1]/',
      'https://[::ffff:127.0.0.1]/',
      'https://localhost/',
      'https://2130706433/',
    ]) {
      const registeredHosts = [new URL(callbackUrl).host];
      await expect(sender(false).send(webhookOf({ callbackUrl, registeredHosts }))).rejects.toThrow(
        'not public',
      );
    }
    expect(await sender(false).send(webhookOf())).toEqual({ kind: 'refused', reason: 'addressIllFormed' });
    expect(received).toHaveLength(0);
  });

  it('follows no redirect and throws for any status but 2xx; 410 ends it', async () => {
    status = 302;
    await expect(sender().send(webhookOf())).rejects.toThrow('302');
    status = 503;
    await expect(sender().send(webhookOf())).rejects.toThrow('503');
    expect(received).toHaveLength(2);
    status = 410;
    expect(await sender().send(webhookOf())).toEqual({ kind: 'gone' });
  });
});
