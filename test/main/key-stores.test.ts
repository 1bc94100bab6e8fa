import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSoftwareKeyStore } from '../../adapters/keystore/software-key-store';
import { writePemBlock } from '../../adapters/trust/pem-blocks';
import { oid } from '../../documents/pki/object-identifiers';
import { parseSigningCertificate } from '../../documents/pki/signing-certificate';
import { verifySignatureValue } from '../../documents/pki/verify-signature-value';
import { eventLogSigner } from '../../main/event-log-signer';
import type { KeyStoreConfig } from '../../main/key-store-config';
import { demonstrationKeys, openKeyStores } from '../../main/key-stores';
import { openSecrets } from '../../main/secrets';
import type { RunningSimulator } from '../../simulators/protocol/simulator-server';
import { startSealService } from '../../simulators/seal-service/seal-service-server';
import { outsideClock, outsideKey, temporaryFolder } from '../support/outside-world';
import { makePkiWorld, makeRsaKey, makeSm2Key, type PkiWorld } from '../support/pki-world';

// Making RSA keys takes seconds on a busy machine.
jest.setTimeout(60_000);

const folder = temporaryFolder();
const [rsaKey, sm2Key] = [makeRsaKey(3072), makeSm2Key()];
let rsaWorld: PkiWorld;
let rsaCertificate: Uint8Array;
let service: RunningSimulator;

beforeAll(async () => {
  rsaWorld = await makePkiWorld('rsa');
  rsaCertificate = await rsaWorld.issue('documentSigner', rsaKey);
  const sm2World = await makePkiWorld('sm2');
  const key = (
    keyId: string,
    algorithm: 'sm2' | 'rsa3072',
    privateKeyPkcs8: Uint8Array,
    certificate: Uint8Array,
  ) => ({
    keyId,
    algorithm,
    privateKeyPkcs8,
    certificate,
    chain: [],
  });
  service = await startSealService({
    host: '127.0.0.1',
    port: 0,
    folder: join(folder.path, 'service'),
    key: outsideKey,
    keys: [
      key('shared-id', 'rsa3072', rsaKey.privateKeyPkcs8, rsaCertificate),
      key('city-sm2', 'sm2', sm2Key.privateKeyPkcs8, await sm2World.issue('sealSigner', sm2Key)),
    ],
    now: () => outsideClock.now(),
  });
});
afterAll(async () => {
  await service.stop();
  folder.remove();
});

/** An installation of its own with everything that it needs; a test takes away what it is about. */
function anInstallation() {
  const place = mkdtempSync(join(folder.path, 'installation-'));
  const secretsDir = join(place, 'secrets');
  mkdirSync(secretsDir);
  writeFileSync(join(secretsDir, 'pkcs11-pin'), '1234\n');
  writeFileSync(join(secretsDir, 'outside-seal-service'), outsideKey.secret);
  const secrets = openSecrets(secretsDir, true);
  const softwareFolder = join(place, 'test-only-keys');
  const keysFile = join(place, 'keys.json');
  const describeToken = (...keyIds: readonly string[]): void => {
    const certificate = writePemBlock({ label: 'CERTIFICATE', der: rsaCertificate });
    const keys = keyIds.map((keyId) => ({ keyId, label: `label of ${keyId}`, certificate }));
    writeFileSync(keysFile, JSON.stringify({ keys }));
  };
  describeToken('token-rsa');
  const token = { modulePath: '/nowhere/libhsm.so', tokenLabel: '市级印章', keysFile };
  const warnings: string[] = [];
  const nothing: KeyStoreConfig = {
    software: false,
    pkcs11: undefined,
    sealServiceUrl: undefined,
    eventLogKeyId: undefined,
  };
  return {
    secretsDir,
    token,
    describeToken,
    warnings,
    async addSoftwareKey(keyId: string): Promise<void> {
      const store = createSoftwareKeyStore({ folder: softwareFolder, keyRing: secrets.keyRing('key-store') });
      await store.addKey({
        keyId,
        algorithm: 'rsa3072',
        privateKeyPkcs8: rsaKey.privateKeyPkcs8,
        certificate: rsaCertificate,
        chain: [],
      });
    },
    open: (config: Partial<KeyStoreConfig>) =>
      openKeyStores({
        config: { ...nothing, ...config },
        softwareFolder,
        secrets: openSecrets(secretsDir, false),
        clock: outsideClock,
        warn: (sentence) => warnings.push(sentence),
      }),
  };
}

describe('the key stores of an installation', () => {
  it('are all behind one sealer, which finds each key where it lies', async () => {
    const { open, addSoftwareKey, token, warnings } = anInstallation();
    await addSoftwareKey('in-a-file');
    const stores = await open({ software: true, pkcs11: token, sealServiceUrl: service.baseUrl });
    const kinds = await Promise.all(
      ['in-a-file', 'token-rsa', 'city-sm2', 'nobody'].map(async (keyId) => {
        const described = await stores.sealer.describe(keyId);
        return described.ok ? described.value.kind : described.refusal.code;
      }),
    );
    expect(kinds).toEqual(['software-test-only', 'pkcs11', 'remote', 'keyUnknown']);
    expect(await demonstrationKeys(stores).keyIds()).toEqual(['in-a-file']);
    expect(warnings).toEqual([]);
  });

  it('give the demonstration no place for its keys where the software store is off', async () => {
    const stores = await anInstallation().open({ sealServiceUrl: service.baseUrl });
    expect(() => demonstrationKeys(stores)).toThrow('软件密钥库');
  });

  it.each([
    ['a file and the token', ['in-both'], ['in-both'], 'in-both'],
    ['the token and the service', ['shared-id'], [], 'shared-id'],
    ['a file and the service', ['other'], ['shared-id'], 'shared-id'],
  ])('stop the start when %s claim the same key', async (_what, tokenIds, softwareIds, keyId) => {
    const { open, token, describeToken, addSoftwareKey } = anInstallation();
    describeToken(...tokenIds);
    for (const id of softwareIds) await addSoftwareKey(id);
    const software = softwareIds.length > 0;
    const opening = open({ software, pkcs11: token, sealServiceUrl: service.baseUrl });
    await expect(opening).rejects.toThrow(new RegExp(`密钥编号 ${keyId} 同时出现在`));
  });

  it('stop the start without the PIN or the shared key, naming the file; a PIN is never made up', async () => {
    const { open, token, secretsDir } = anInstallation();
    rmSync(join(secretsDir, 'pkcs11-pin'));
    rmSync(join(secretsDir, 'outside-seal-service'));
    await expect(open({ pkcs11: token })).rejects.toThrow('pkcs11-pin');
    await expect(open({ sealServiceUrl: service.baseUrl })).rejects.toThrow('outside-seal-service');
    expect(() => openSecrets(secretsDir, true).text('pkcs11-pin')).toThrow('pkcs11-pin');
  });

  it('stop the start when the description of the token’s keys is missing or wrong, with every problem', async () => {
    const { open, token } = anInstallation();
    const missing = { ...token, keysFile: `${token.keysFile}.gone` };
    await expect(open({ pkcs11: missing })).rejects.toThrow('PKCS11_KEYS');
    writeFileSync(token.keysFile, '{"keys":[{"keyId":"../a","label":""}]}');
    await expect(open({ pkcs11: token })).rejects.toThrow(/keys\.0\.keyId[\s\S]*keys\.0\.label/);
  });

  it('do not stop the start when the service is out of reach, and say so', async () => {
    const { open, token, warnings } = anInstallation();
    const stores = await open({ pkcs11: token, sealServiceUrl: 'http://127.0.0.1:9', eventLogKeyId: 'log' });
    expect(warnings.join()).toContain('统一用印服务暂时无法连接');
    expect(warnings.join()).toContain('事件日志');
    expect((await stores.sealer.describe('token-rsa')).ok).toBe(true);
  });
});

describe('the key of the event log', () => {
  it('is refused at the start when no store has it, or when it answers finished seals only', async () => {
    const { open } = anInstallation();
    const at = { sealServiceUrl: service.baseUrl };
    await expect(open({ ...at, eventLogKeyId: 'nobody' })).rejects.toThrow('EVENT_LOG_KEY');
    await expect(open({ ...at, eventLogKeyId: 'city-sm2' })).rejects.toThrow('不能为事件日志签名');
    await open({ ...at, eventLogKeyId: 'shared-id' });
  });

  it('may be an RSA key of any store', async () => {
    const { open } = anInstallation();
    const { sealer } = await open({ sealServiceUrl: service.baseUrl, eventLogKeyId: 'shared-id' });
    const signer = eventLogSigner(sealer, 'shared-id');
    const head = Buffer.from('a head of the log');
    const signature = await signer.sign(head);
    const { publicKey } = parseSigningCertificate(rsaCertificate);
    expect(verifySignatureValue(publicKey, oid.sha256WithRsa, head, signature)).toBe('right');
    expect(signer.keyId).toBe('shared-id');
  });
});
