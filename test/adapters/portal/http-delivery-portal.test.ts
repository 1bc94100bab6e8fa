import { OutsideSystemFault } from '../../../adapters/http/send-request';
import { createHttpDeliveryPortal } from '../../../adapters/portal/http-delivery-portal';
import { generateSm2KeyPair, verifySm2 } from '../../../documents/sm/sm2';
import { sm3 } from '../../../documents/sm/sm3';
import type { PortalDelivery } from '../../../ports/delivery-channel';
import { startPortalServer } from '../../../simulators/portal/portal-server';
import type { RunningSimulator } from '../../../simulators/protocol/simulator-server';
import { look, outsideClock, outsideKey, tell, temporaryFolder } from '../../support/outside-world';

const ofd = Buffer.from('PK\u0003\u0004 a container as far as the portal looks', 'latin1');

function deliveryOf(overrides: Partial<PortalDelivery> = {}): PortalDelivery {
  return {
    deliveryId: '0190aaaa-0000-7000-8000-000000000001',
    certificateIdentifier: '1.2.156.3005.2.11100000000019713D013.111506000000000000.1506.001.A',
    certificateName: '道路运输证',
    number: '150602000123',
    holder: { kind: 'organisation', name: '鄂尔多斯市草原物流有限公司', codeType: '001', code: 'CODE-1' },
    fileDigest: Buffer.from(sm3(ofd)).toString('hex'),
    ofd,
    ...overrides,
  };
}

describe('delivery through the portal', () => {
  const folder = temporaryFolder();
  const { privateKeyPkcs8, publicPoint } = generateSm2KeyPair();
  let server: RunningSimulator;
  const portalWith = (point: Uint8Array) =>
    createHttpDeliveryPortal({
      baseUrl: server.baseUrl,
      key: outsideKey,
      proofPublicPoint: point,
      clock: outsideClock,
      timeoutMs: 400,
    });
  const deliver = (overrides: Partial<PortalDelivery> = {}) =>
    portalWith(publicPoint).deliver(deliveryOf(overrides));

  beforeAll(async () => {
    server = await startPortalServer({
      host: '127.0.0.1',
      port: 0,
      folder: folder.path,
      key: outsideKey,
      proofKeyPkcs8: privateKeyPkcs8,
      now: () => outsideClock.now(),
    });
  });
  afterEach(() => tell(server, 'faults', { mode: 'none' }));
  afterAll(async () => {
    await server.stop();
    folder.remove();
  });

  it('answers delivered with a receipt and a proof that its key signed', async () => {
    const answer = await deliver();
    if (answer.kind !== 'delivered') throw new Error('not delivered');
    const { proof, proofSignature } = JSON.parse(answer.proof) as { proof: string; proofSignature: string };
    expect(verifySm2(publicPoint, Buffer.from(proof), Buffer.from(proofSignature, 'base64'))).toBe(true);
    expect(JSON.parse(proof)).toMatchObject({ receipt: answer.receipt, fileDigest: deliveryOf().fileDigest });
  });

  it('is idempotent: the same delivery id is one delivery with one proof, also when asked at once', async () => {
    const deliveryId = 'once';
    const answers = await Promise.all(Array.from({ length: 8 }, () => deliver({ deliveryId })));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const shown = (await look(server, 'deliveries')) as { items: { deliveryId: string }[] };
    expect(shown.items.filter((item) => item.deliveryId === deliveryId)).toHaveLength(1);
  });

  it('has delivered once when the answer broke off and the delivery was tried again', async () => {
    await tell(server, 'faults', { mode: 'cutHalfWay', remaining: 1 });
    await expect(deliver({ deliveryId: 'cut' })).rejects.toThrow(OutsideSystemFault);
    expect((await deliver({ deliveryId: 'cut' })).kind).toBe('delivered');
    const shown = (await look(server, 'deliveries')) as { items: { deliveryId: string }[] };
    expect(shown.items.filter((item) => item.deliveryId === 'cut')).toHaveLength(1);
  });

  it('refuses a file that does not agree with its digest, and another file under a known id', async () => {
    await expect(deliver({ deliveryId: 'wrong', fileDigest: 'ab'.repeat(32) })).rejects.toThrow('422');
    await deliver({ deliveryId: 'reused' });
    const other = Buffer.concat([ofd, Buffer.from('.')]);
    const fileDigest = Buffer.from(sm3(other)).toString('hex');
    await expect(deliver({ deliveryId: 'reused', ofd: other, fileDigest })).rejects.toThrow('409');
  });

  it('says notRegistered, then delivers once the holder has an account', async () => {
    const holder = { ...deliveryOf().holder, code: 'CODE-2' };
    await tell(server, 'accounts/CODE-2', { registered: false });
    expect(await deliver({ deliveryId: 'later', holder })).toEqual({ kind: 'notRegistered' });
    await tell(server, 'accounts/CODE-2', { registered: true });
    expect((await deliver({ deliveryId: 'later', holder })).kind).toBe('delivered');
  });

  it('says wrongPerson when the code belongs to somebody of another name, notRegistered without a code', async () => {
    await tell(server, 'accounts/CODE-3', { name: '阿拉腾其其格' });
    const holder = { ...deliveryOf().holder, name: '娜仁·图雅', code: 'CODE-3' };
    expect(await deliver({ deliveryId: 'other', holder })).toMatchObject({ kind: 'wrongPerson' });
    expect(await deliver({ deliveryId: 'none', holder: { ...holder, code: null } })).toEqual({
      kind: 'notRegistered',
    });
  });

  it('does not take a proof of another key for a delivery', async () => {
    const stranger = generateSm2KeyPair().publicPoint;
    await expect(portalWith(stranger).deliver(deliveryOf({ deliveryId: 'forged' }))).rejects.toThrow(
      'not signed by the portal',
    );
  });

  it.each(['down', 'hang', 'error500', 'garbage'] as const)('throws when the portal is %s', async (mode) => {
    await tell(server, 'faults', { mode });
    await expect(deliver({ deliveryId: mode })).rejects.toThrow(OutsideSystemFault);
  });
});
