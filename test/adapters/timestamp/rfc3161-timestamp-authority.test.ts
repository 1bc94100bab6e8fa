import { OutsideSystemFault } from '../../../adapters/http/send-request';
import { createRfc3161TimestampAuthority } from '../../../adapters/timestamp/rfc3161-timestamp-authority';
import {
  imprintOf,
  makeTimestampRequest,
  readTimestampResponse,
} from '../../../documents/pki/timestamp-token';
import { verifyTimestampToken } from '../../../documents/pki/verify-timestamp';
import type { RunningSimulator } from '../../../simulators/protocol/simulator-server';
import { type StampingKey, startTimestampServer } from '../../../simulators/timestamp/timestamp-server';
import { outsideClock, tell } from '../../support/outside-world';
import { makePkiWorld, makeRsaKey, makeSm2Key, type PkiWorld } from '../../support/pki-world';

// Making RSA keys takes seconds on a busy machine.
jest.setTimeout(60_000);

const over = Buffer.from('signature value');
let server: RunningSimulator;
let worlds: { readonly sm2: PkiWorld; readonly rsa: PkiWorld };
let serial = 0;

async function stampingKey(world: PkiWorld): Promise<StampingKey> {
  const key = world.algorithm === 'sm2' ? makeSm2Key() : makeRsaKey();
  const certificate = await world.issue('timestamp', key);
  return { algorithm: world.algorithm, certificate, chain: [world.authority], sign: key.issuerKey.sign };
}

beforeAll(async () => {
  worlds = { sm2: await makePkiWorld('sm2'), rsa: await makePkiWorld('rsa') };
  server = await startTimestampServer({
    host: '127.0.0.1',
    port: 0,
    keys: { sm2: await stampingKey(worlds.sm2), rsa: await stampingKey(worlds.rsa) },
    nextSerialHex: async () => {
      serial += 1;
      return serial.toString(16);
    },
    now: () => outsideClock.now(),
  });
});
afterAll(() => server.stop());
afterEach(() => tell(server, 'faults', { mode: 'none' }));

const authority = (timeoutMs = 2_000) => createRfc3161TimestampAuthority({ url: server.baseUrl, timeoutMs });
const post = (body: Uint8Array, type = 'application/timestamp-query') =>
  fetch(server.baseUrl, { method: 'POST', body: Buffer.from(body), headers: { 'content-type': type } });

describe('timestamps over HTTP', () => {
  it.each([
    ['sm3', 'sm2'],
    ['sha256', 'rsa'],
  ] as const)(
    'come for %s imprints from the %s key and prove the time of the service',
    async (imprint, algorithm) => {
      const token = await authority().stamp(over, imprint);
      const verdict = verifyTimestampToken(token, over, {
        trustAnchors: [worlds[algorithm].root],
        revocationLists: await worlds[algorithm].lists(),
        at: outsideClock.now(),
      });
      expect(verdict).toMatchObject({ outcome: 'valid', time: outsideClock.now() });
    },
  );

  it.each(['down', 'hang', 'error500', 'cutHalfWay', 'garbage'])(
    'are a fault when the service is %s, and come again afterwards',
    async (mode) => {
      await tell(server, 'faults', { mode, remaining: 1 });
      await expect(authority(300).stamp(over, 'sm3')).rejects.toThrow(OutsideSystemFault);
      await expect(authority().stamp(over, 'sm3')).resolves.toBeInstanceOf(Uint8Array);
    },
  );

  it('are refused by the service for what is no request, another digest, another length or another type', async () => {
    const failure = async (body: Uint8Array) => {
      const answer = await post(body);
      return readTimestampResponse(new Uint8Array(await answer.arrayBuffer()));
    };
    expect(await failure(Buffer.from('hello'))).toMatchObject({ kind: 'refused', failureBits: [2] });
    const sha1 = { algorithm: '1.3.14.3.2.26', digest: new Uint8Array(20) };
    expect(await failure(makeTimestampRequest(sha1, '0f'))).toMatchObject({
      kind: 'refused',
      failureBits: [0],
    });
    const short = { ...imprintOf('sm3', over), digest: new Uint8Array(20) };
    expect(await failure(makeTimestampRequest(short, '0f'))).toMatchObject({
      kind: 'refused',
      failureBits: [5],
    });
    const good = makeTimestampRequest(imprintOf('sm3', over), '0f');
    expect((await post(good, 'text/plain')).status).toBe(415);
    expect((await post(new Uint8Array(9_000))).status).toBe(413);
  });

  it('are not taken when they answer another request', async () => {
    const replay = await (await post(makeTimestampRequest(imprintOf('sm3', over), '0f'))).arrayBuffer();
    const { createServer } = await import('node:http');
    const replaying = createServer((_, response) => response.end(Buffer.from(replay)));
    await new Promise<void>((resolve) => replaying.listen(0, '127.0.0.1', resolve));
    const address = replaying.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const client = createRfc3161TimestampAuthority({ url: `http://127.0.0.1:${address.port}` });
    await expect(client.stamp(over, 'sm3')).rejects.toThrow('another request');
    await new Promise((resolve) => replaying.close(resolve));
  });
});
