import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { createPkcs11KeyStore } from '../../../adapters/keystore/pkcs11-key-store';
import type { Sealer, SealerRequest } from '../../../ports/sealer';
import { temporaryFolder } from '../../support/outside-world';
import { makePkiWorld, makeRsaKey } from '../../support/pki-world';
import { describeSealerContract, sealerRequest } from '../../support/sealer-contract';
import { makeSoftHsmToken, softHsmModule } from '../../support/soft-hsm';

// Making RSA keys takes seconds on a busy machine.
jest.setTimeout(60_000);

const folder = temporaryFolder();
const pin = '1234';
const children: ChildProcess[] = [];

afterAll(() => {
  for (const child of children) child.kill();
  folder.remove();
});

/** A store in a process whose environment names the tokens of this test. */
async function startStore(
  setting: unknown,
  environment: NodeJS.ProcessEnv,
): Promise<Sealer & { stop(keyId: string): Promise<void> }> {
  const started = fork(join(__dirname, '../../support/pkcs11-process.ts'), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
    env: environment,
  });
  children.push(started);
  const ready = new Promise((resolve, reject) => {
    started.once('message', resolve);
    started.once('exit', reject);
  });
  started.send({ setting });
  await ready;
  let serial = 0;
  const ask = <Value>(call: string, keyId: string, request: SealerRequest | null): Promise<Value> =>
    new Promise((resolve, reject) => {
      serial += 1;
      const id = serial;
      const listen = (message: {
        readonly id: number;
        readonly value: Value;
        readonly fault?: string;
      }): void => {
        if (message.id !== id) return;
        started.off('message', listen);
        if (message.fault === undefined) resolve(message.value);
        else reject(new Error(message.fault));
      };
      started.on('message', listen);
      started.send({ order: { id, call, keyId, request } });
    });
  return {
    sign: (request) => ask('sign', request.keyId, request),
    describe: (keyId) => ask('describe', keyId, null),
    selfTest: () => ask('selfTest', '', null),
    stop: (keyId) => ask('stop', keyId, null),
  };
}

async function makeToken(name: string) {
  const token = makeSoftHsmToken(join(folder.path, name), 'ecert-test');
  const world = await makePkiWorld('rsa');
  const keys = [];
  for (const [index, label] of ['公章一', 'seal-two'].entries()) {
    const key = makeRsaKey(3072);
    token.importKey(label, key);
    const certificate = await world.issue('documentSigner', key);
    keys.push({ keyId: `hsm-${index + 1}`, label, certificate, chain: [world.authority], stopped: false });
  }
  const setting = { modulePath: softHsmModule, tokenLabel: token.label, pin, keys, sessions: 2 };
  return { env: { ...process.env, ...token.environment }, setting };
}

if (softHsmModule === undefined) {
  describe('the sealer port, by PKCS #11 with SoftHSM', () => {
    it.skip('is skipped: SoftHSM or the optional package pkcs11js is not installed on this machine', () =>
      undefined);
  });
} else {
  describeSealerContract('PKCS #11 with SoftHSM', async () => {
    const { env, setting } = await makeToken('contract');
    const sealer = await startStore(setting, env);
    return {
      sealer,
      kind: 'pkcs11',
      keys: setting.keys.map(({ keyId }) => ({ keyId, algorithm: 'rsa-sha256' })),
      stop: (keyId) => sealer.stop(keyId),
    };
  });

  describe('the PKCS #11 store with a wrong PIN', () => {
    it('tries it once and no more, so that what waits for a seal never locks the token', async () => {
      const { env, setting } = await makeToken('wrong-pin');
      const wrong = await startStore({ ...setting, pin: '9999' }, env);
      const request = sealerRequest('hsm-1', 'rsa-sha256');
      await expect(wrong.sign(request)).rejects.toThrow('PIN_INCORRECT');
      for (const _again of [1, 2, 3]) {
        await expect(wrong.sign(request)).rejects.toThrow('not tried again before a restart');
      }
      const right = await startStore(setting, env);
      expect((await right.sign(request)).ok).toBe(true);
    });
  });
}

describe('the PKCS #11 store', () => {
  it('throws, and does not refuse, when the library is not there', async () => {
    const key = { keyId: 'hsm', label: 'x', certificate: new Uint8Array(0), chain: [], stopped: false };
    const store = createPkcs11KeyStore({ modulePath: '/nowhere.so', tokenLabel: 'x', pin, keys: [key] });
    const digestHex = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
    const toBeSigned = new Uint8Array(0);
    const request: SealerRequest = {
      requestId: '1',
      keyId: 'hsm',
      algorithm: 'rsa-sha256',
      digestHex,
      toBeSigned,
    };
    await expect(store.sign(request)).rejects.toThrow();
    expect(await store.selfTest()).toMatchObject({ passed: false, checks: [{ name: 'hsm', passed: false }] });
  });
});
