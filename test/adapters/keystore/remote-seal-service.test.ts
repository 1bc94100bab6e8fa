import { OutsideSystemFault } from '../../../adapters/http/send-request';
import { createRemoteSealService } from '../../../adapters/keystore/remote-seal-service';
import { readDer, readSequence } from '../../../documents/pki/der-reader';
import type { RunningSimulator } from '../../../simulators/protocol/simulator-server';
import { type ServiceKey, startSealService } from '../../../simulators/seal-service/seal-service-server';
import { outsideClock, outsideKey, tell, temporaryFolder } from '../../support/outside-world';
import { makePkiWorld, makeRsaKey, makeSm2Key } from '../../support/pki-world';
import { describeSealerContract, sealerRequest } from '../../support/sealer-contract';

// Making RSA keys takes seconds on a busy machine.
jest.setTimeout(60_000);

const folder = temporaryFolder();
let server: RunningSimulator;
let keys: readonly ServiceKey[];

const startServer = () =>
  startSealService({
    host: '127.0.0.1',
    port: 0,
    folder: folder.path,
    key: outsideKey,
    keys,
    now: () => outsideClock.now(),
  });
const service = (timeoutMs = 2_000) =>
  createRemoteSealService({ url: server.baseUrl, key: outsideKey, clock: outsideClock, timeoutMs });

beforeAll(async () => {
  const [sm2World, rsaWorld] = [await makePkiWorld('sm2'), await makePkiWorld('rsa')];
  const [sm2, rsa] = [makeSm2Key(), makeRsaKey(3072)];
  keys = [
    {
      keyId: 'remote-rsa',
      algorithm: 'rsa3072',
      privateKeyPkcs8: rsa.privateKeyPkcs8,
      certificate: await rsaWorld.issue('documentSigner', rsa),
      chain: [rsaWorld.authority],
    },
    {
      keyId: 'remote-sm2',
      algorithm: 'sm2',
      privateKeyPkcs8: sm2.privateKeyPkcs8,
      certificate: await sm2World.issue('sealSigner', sm2),
      chain: [sm2World.authority],
    },
  ];
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
  folder.remove();
});

describeSealerContract('a remote seal service', async () => ({
  sealer: service(),
  kind: 'remote',
  keys: [
    { keyId: 'remote-rsa', algorithm: 'rsa-sha256' },
    { keyId: 'remote-sm2', algorithm: 'sm2-sm3' },
  ],
  stop: async (keyId) => {
    await tell(server, `stopped/${keyId}`, { stopped: true });
  },
}));

describe('a remote seal service', () => {
  beforeEach(async () => {
    await tell(server, 'faults', { mode: 'none' });
    await tell(server, 'quota', { remaining: null });
    await tell(server, 'stopped/remote-sm2', { stopped: false });
  });

  it('answers SM2 requests with a finished SES_Signature around exactly the bytes that were sent', async () => {
    const request = sealerRequest('remote-sm2', 'sm2-sm3', { requestId: 'ses' });
    const answer = await service().sign(request);
    if (!answer.ok || answer.value.kind !== 'sesSignature') throw new Error('no SES_Signature');
    const [toSign] = readSequence(readDer(answer.value.value), 4);
    expect(toSign?.encoded).toEqual(request.toBeSigned);
  });

  it('is idempotent: the same request, also after a restart of the service, gets the same bytes and is counted once', async () => {
    await tell(server, 'quota', { remaining: 1 });
    const request = sealerRequest('remote-sm2', 'sm2-sm3', { requestId: 'once' });
    const answers = await Promise.all([1, 2, 3, 4].map(() => service().sign(request)));
    await server.stop();
    server = await startServer();
    await tell(server, 'quota', { remaining: 0 });
    answers.push(await service().sign(request));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.ok).toBe(true);
  });

  it('says that the quota is used up, as a refusal and not as a fault', async () => {
    await tell(server, 'quota', { remaining: 0 });
    const request = sealerRequest('remote-sm2', 'sm2-sm3', { requestId: 'quota' });
    expect(await service().sign(request)).toMatchObject({ ok: false, refusal: { code: 'quotaExceeded' } });
  });

  it.each(['down', 'hang', 'error500', 'cutHalfWay', 'garbage'])(
    'is a fault when it is %s, after which the same request succeeds',
    async (mode) => {
      const request = sealerRequest('remote-sm2', 'sm2-sm3', { requestId: `fault-${mode}` });
      await tell(server, 'faults', { mode, remaining: 1 });
      await expect(service(300).sign(request)).rejects.toThrow(OutsideSystemFault);
      expect((await service().sign(request)).ok).toBe(true);
    },
  );

  it('waits for a slow service up to its time limit', async () => {
    await tell(server, 'faults', { mode: 'slow', delayMs: 150, remaining: 1 });
    expect((await service().sign(sealerRequest('remote-sm2', 'sm2-sm3', { requestId: 'slow' }))).ok).toBe(
      true,
    );
  });

  it('refuses requests that are not signed with the shared key', async () => {
    const stranger = createRemoteSealService({
      url: server.baseUrl,
      key: { keyId: 'ecert', secret: 'wrong' },
      clock: outsideClock,
    });
    await expect(stranger.sign(sealerRequest('remote-sm2', 'sm2-sm3'))).rejects.toThrow(OutsideSystemFault);
  });
});
