import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSoftwareKeyStore } from '../../../adapters/keystore/software-key-store';
import { temporaryFolder } from '../../support/outside-world';
import { makePkiWorld, makeRsaKey, makeSm2Key, type PkiWorld } from '../../support/pki-world';
import { describeSealerContract, sealerRequest } from '../../support/sealer-contract';

// Making RSA keys takes seconds on a busy machine.
jest.setTimeout(60_000);

const folder = temporaryFolder();
const keyRing = { currentKeyId: 'k1', keys: new Map([['k1', randomBytes(32)]]) };
const sm2Key = makeSm2Key();
const rsaKey = makeRsaKey(3072);
let sm2World: PkiWorld;
let rsaWorld: PkiWorld;

beforeAll(async () => {
  sm2World = await makePkiWorld('sm2');
  rsaWorld = await makePkiWorld('rsa');
});
afterAll(() => folder.remove());

async function filledStore(path: string, ring = keyRing) {
  const store = createSoftwareKeyStore({ folder: path, keyRing: ring });
  await store.addKey({
    keyId: 'seal-sm2',
    algorithm: 'sm2',
    privateKeyPkcs8: sm2Key.privateKeyPkcs8,
    certificate: await sm2World.issue('sealSigner', sm2Key),
    chain: [sm2World.authority],
  });
  await store.addKey({
    keyId: 'seal-rsa',
    algorithm: 'rsa3072',
    privateKeyPkcs8: rsaKey.privateKeyPkcs8,
    certificate: await rsaWorld.issue('documentSigner', rsaKey),
    chain: [rsaWorld.authority],
  });
  return store;
}

describeSealerContract('the software key store', async () => {
  const store = await filledStore(join(folder.path, 'contract'));
  return {
    sealer: store,
    kind: 'software-test-only',
    keys: [
      { keyId: 'seal-sm2', algorithm: 'sm2-sm3' },
      { keyId: 'seal-rsa', algorithm: 'rsa-sha256' },
    ],
    stop: (keyId) => store.setStopped(keyId, true),
  };
});

describe('the software key store', () => {
  it('says 仅供测试 in its file names, its files and its descriptions', async () => {
    const path = join(folder.path, 'notice');
    const store = await filledStore(path);
    for (const name of readdirSync(path)) {
      expect(name).toContain('test-only');
      expect(readFileSync(join(path, name), 'utf8')).toContain('仅供测试');
      expect(statSync(join(path, name)).mode & 0o077).toBe(0);
    }
    const description = await store.describe('seal-sm2');
    expect(description).toMatchObject({
      value: { kind: 'software-test-only', notice: expect.stringContaining('仅供测试') },
    });
  });

  it('holds no private key in the clear', async () => {
    const path = join(folder.path, 'encrypted');
    await filledStore(path);
    const rsaPrivate = Buffer.from(rsaKey.privateKeyPkcs8).subarray(-48);
    const pkcs8 = Buffer.from(sm2Key.privateKeyPkcs8);
    const scalarAt = pkcs8.indexOf(Buffer.from([0x04, 0x20])) + 2;
    const sm2Private = pkcs8.subarray(scalarAt, scalarAt + 32);
    for (const name of readdirSync(path)) {
      const stored = JSON.parse(readFileSync(join(path, name), 'utf8'));
      const texts: string[] = [
        stored.certificate,
        ...stored.chain,
        ...Object.values<string>(stored.encryption),
      ];
      for (const bytes of texts.map((text) => Buffer.from(text, 'base64'))) {
        expect(bytes.includes(rsaPrivate)).toBe(false);
        expect(bytes.includes(sm2Private)).toBe(false);
      }
    }
  });

  it('opens with the keys of a ring that rotated, and not with another ring', async () => {
    const path = join(folder.path, 'rotated');
    await filledStore(path);
    const rotated = {
      currentKeyId: 'k2',
      keys: new Map([...keyRing.keys, ['k2', randomBytes(32)] as const]),
    };
    const again = createSoftwareKeyStore({ folder: path, keyRing: rotated });
    expect((await again.sign(sealerRequest('seal-sm2', 'sm2-sm3'))).ok).toBe(true);
    const other = { currentKeyId: 'k1', keys: new Map([['k1', randomBytes(32)]]) };
    const stranger = createSoftwareKeyStore({ folder: path, keyRing: other });
    await expect(stranger.sign(sealerRequest('seal-sm2', 'sm2-sm3'))).rejects.toThrow();
    expect(await stranger.selfTest()).toMatchObject({ passed: false });
  });

  it('does not open a file whose certificate was exchanged', async () => {
    const path = join(folder.path, 'exchanged');
    await filledStore(path);
    const file = join(path, readdirSync(path).find((name) => name.startsWith('seal-sm2')) ?? '');
    const stored = JSON.parse(readFileSync(file, 'utf8'));
    const other = Buffer.from(await sm2World.issue('sealSigner', sm2Key, { serialHex: '77' })).toString(
      'base64',
    );
    writeFileSync(file, JSON.stringify({ ...stored, certificate: other }));
    await expect(createSoftwareKeyStore({ folder: path, keyRing }).describe('seal-sm2')).rejects.toThrow();
  });

  it('takes in no key that does not fit its certificate and none under an id that is taken', async () => {
    const path = join(folder.path, 'misfit');
    const store = await filledStore(path);
    const certificate = await sm2World.issue('sealSigner', makeSm2Key());
    const misfit = {
      keyId: 'x',
      algorithm: 'sm2',
      privateKeyPkcs8: sm2Key.privateKeyPkcs8,
      certificate,
      chain: [],
    } as const;
    await expect(store.addKey(misfit)).rejects.toThrow('does not fit');
    const right = { ...misfit, keyId: 'seal-sm2', certificate: await sm2World.issue('sealSigner', sm2Key) };
    await expect(store.addKey(right)).rejects.toThrow('EEXIST');
  });

  it('learns of a stop that another process made', async () => {
    const path = join(folder.path, 'two-processes');
    const one = await filledStore(path);
    const two = createSoftwareKeyStore({ folder: path, keyRing });
    expect((await two.sign(sealerRequest('seal-sm2', 'sm2-sm3'))).ok).toBe(true);
    await one.setStopped('seal-sm2', true);
    expect(await two.sign(sealerRequest('seal-sm2', 'sm2-sm3'))).toMatchObject({
      refusal: { code: 'keyStopped' },
    });
    await one.setStopped('seal-sm2', false);
    expect((await two.sign(sealerRequest('seal-sm2', 'sm2-sm3'))).ok).toBe(true);
  });
});
