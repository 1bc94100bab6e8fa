import { type ChildProcess, execFileSync, fork, spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createPkcs11KeyStore } from '../../../adapters/keystore/pkcs11-key-store';
import type { Sealer, SealerRequest } from '../../../ports/sealer';
import { temporaryFolder } from '../../support/outside-world';
import { makePkiWorld, makeRsaKey } from '../../support/pki-world';
import { describeSealerContract } from '../../support/sealer-contract';

// Making RSA keys takes seconds on a busy machine.
jest.setTimeout(60_000);

const LIBRARIES = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
];
const modulePath = LIBRARIES.find((path) => existsSync(path));
const hasTool = spawnSync('softhsm2-util', ['--version']).status === 0;
const hasPackage = (() => {
  try {
    createRequire(__filename).resolve('pkcs11js');
    return true;
  } catch {
    return false;
  }
})();

const folder = temporaryFolder();
const pin = '1234';
let child: ChildProcess | undefined;

afterAll(() => {
  child?.kill();
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
  child = started;
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

async function makeToken() {
  const tokens = join(folder.path, 'tokens');
  mkdirSync(tokens);
  const configuration = join(folder.path, 'softhsm2.conf');
  writeFileSync(
    configuration,
    `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`,
  );
  const env = { ...process.env, SOFTHSM2_CONF: configuration };
  const run = (...words: string[]): void => {
    execFileSync('softhsm2-util', words, { env, stdio: 'pipe' });
  };
  run('--init-token', '--free', '--label', 'ecert-test', '--so-pin', pin, '--pin', pin);
  const world = await makePkiWorld('rsa');
  const keys = [];
  for (const [index, label] of ['公章一', 'seal-two'].entries()) {
    const key = makeRsaKey(3072);
    const pem = join(folder.path, `${index}.pem`);
    const privateKey = createPrivateKey({
      key: Buffer.from(key.privateKeyPkcs8),
      format: 'der',
      type: 'pkcs8',
    });
    writeFileSync(pem, privateKey.export({ format: 'pem', type: 'pkcs8' }));
    run('--import', pem, '--token', 'ecert-test', '--label', label, '--id', `0${index + 1}`, '--pin', pin);
    const certificate = await world.issue('documentSigner', key);
    keys.push({ keyId: `hsm-${index + 1}`, label, certificate, chain: [world.authority], stopped: false });
  }
  return { env, setting: { modulePath, tokenLabel: 'ecert-test', pin, keys, sessions: 2 } };
}

if (modulePath === undefined || !hasTool || !hasPackage) {
  describe('the sealer port, by PKCS #11 with SoftHSM', () => {
    it.skip('is skipped: SoftHSM or the optional package pkcs11js is not installed on this machine', () =>
      undefined);
  });
} else {
  describeSealerContract('PKCS #11 with SoftHSM', async () => {
    const { env, setting } = await makeToken();
    const sealer = await startStore(setting, env);
    return {
      sealer,
      kind: 'pkcs11',
      keys: setting.keys.map(({ keyId }) => ({ keyId, algorithm: 'rsa-sha256' })),
      stop: (keyId) => sealer.stop(keyId),
    };
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
