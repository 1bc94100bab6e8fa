import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createPkcs11KeyStore } from '../../../adapters/keystore/pkcs11-key-store';
import { findDoubleKey, type KeyHolder, routeSealer } from '../../../adapters/keystore/route-sealer';
import { createSoftwareKeyStore, type SoftwareKeyStore } from '../../../adapters/keystore/software-key-store';
import type { Sealer } from '../../../ports/sealer';
import { temporaryFolder } from '../../support/outside-world';
import { makePkiWorld, makeRsaKey, makeSm2Key, type TestKey } from '../../support/pki-world';
import { describeSealerContract, sealerRequest } from '../../support/sealer-contract';
import { makeSoftHsmToken, showTokenHere, softHsmModule } from '../../support/soft-hsm';

// Making RSA keys takes seconds on a busy machine.
jest.setTimeout(60_000);

const folder = temporaryFolder();
afterAll(() => folder.remove());

function softwareStore(name: string): SoftwareKeyStore {
  const keyRing = { currentKeyId: 'k1', keys: new Map([['k1', randomBytes(32)]]) };
  return createSoftwareKeyStore({ folder: join(folder.path, name), keyRing });
}

function holder(name: string, store: SoftwareKeyStore): KeyHolder {
  return { name, sealer: store, keyIds: () => store.keyIds() };
}

async function addSm2Key(store: SoftwareKeyStore, keyId: string, key: TestKey = makeSm2Key()): Promise<void> {
  const world = await makePkiWorld('sm2');
  await store.addKey({
    keyId,
    algorithm: 'sm2',
    privateKeyPkcs8: key.privateKeyPkcs8,
    certificate: await world.issue('sealSigner', key),
    chain: [world.authority],
  });
}

async function tokenHolder(modulePath: string, keyId: string): Promise<KeyHolder> {
  const token = makeSoftHsmToken(folder.path, 'ecert-route');
  const [world, key] = [await makePkiWorld('rsa'), makeRsaKey(3072)];
  token.importKey('公章', key);
  await showTokenHere(modulePath, token);
  const certificate = await world.issue('documentSigner', key);
  const sealer = createPkcs11KeyStore({
    modulePath,
    tokenLabel: token.label,
    pin: token.pin,
    keys: [{ keyId, label: '公章', certificate, chain: [world.authority], stopped: false }],
  });
  return { name: '密码机', sealer, keyIds: async () => [keyId] };
}

if (softHsmModule === undefined) {
  describe('the sealer port, by a route over a token and a software store', () => {
    it.skip('is skipped: SoftHSM or the optional package pkcs11js is not installed on this machine', () =>
      undefined);
  });
} else {
  const modulePath = softHsmModule;
  describeSealerContract('a route over a token and a software store', async () => {
    const store = softwareStore('contract');
    await addSm2Key(store, 'seal-sm2');
    return {
      sealer: routeSealer({
        declared: [await tokenHolder(modulePath, 'hsm-rsa'), holder('软件密钥库', store)],
        last: null,
      }),
      kind: 'software-test-only',
      keys: [
        { keyId: 'hsm-rsa', algorithm: 'rsa-sha256', kind: 'pkcs11' },
        { keyId: 'seal-sm2', algorithm: 'sm2-sm3' },
      ],
      stop: (keyId) => store.setStopped(keyId, true),
    };
  });
}

describe('a route over several key stores', () => {
  const outOfReach: Sealer = {
    sign: () => Promise.reject(new Error('out of reach')),
    describe: () => Promise.reject(new Error('out of reach')),
    selfTest: () => Promise.reject(new Error('out of reach')),
  };

  it('asks the last store for what nobody declares, and for nothing else', async () => {
    const store = softwareStore('declared');
    await addSm2Key(store, 'mine');
    const sealer = routeSealer({
      declared: [holder('软件密钥库', store)],
      last: { name: '统一用印服务', sealer: outOfReach },
    });
    expect((await sealer.sign(sealerRequest('mine', 'sm2-sm3'))).ok).toBe(true);
    await expect(sealer.sign(sealerRequest('theirs', 'sm2-sm3'))).rejects.toThrow('out of reach');
    await expect(sealer.describe('theirs')).rejects.toThrow('out of reach');
    expect(await sealer.sign(sealerRequest('../mine', 'sm2-sm3'))).toMatchObject({
      refusal: { code: 'keyUnknown' },
    });
  });

  it('finds a key that was added after it was opened', async () => {
    const store = softwareStore('later');
    const sealer = routeSealer({ declared: [holder('软件密钥库', store)], last: null });
    expect(await sealer.describe('new')).toMatchObject({ refusal: { code: 'keyUnknown' } });
    await addSm2Key(store, 'new');
    expect((await sealer.describe('new')).ok).toBe(true);
  });

  it('fails its self-test when one store is out of reach, and still tells of the others', async () => {
    const store = softwareStore('tested');
    await addSm2Key(store, 'mine');
    const last = { name: '统一用印服务', sealer: outOfReach };
    const report = await routeSealer({ declared: [holder('软件密钥库', store)], last }).selfTest();
    expect(report.passed).toBe(false);
    expect(report.checks).toContainEqual({ name: 'mine', passed: true, detail: null });
    expect(report.checks).toContainEqual({ name: '统一用印服务', passed: false, detail: 'out of reach' });
  });

  it('names a key that two stores claim, and both of them', async () => {
    const of = (name: string, keyIds: readonly string[]) => ({ name, keyIds: async () => keyIds });
    const apart = [of('甲', ['a', 'b']), of('乙', ['c']), of('丙', [])];
    expect(await findDoubleKey(apart)).toBeNull();
    expect(await findDoubleKey([...apart, of('丁', ['d', 'b'])])).toEqual({
      keyId: 'b',
      stores: ['甲', '丁'],
    });
  });
});
