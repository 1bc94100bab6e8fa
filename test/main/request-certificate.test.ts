import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { certificateRequestKey, rsaPublicKeyInfo } from '../../adapters/keystore/certificate-request-key';
import { createSoftwareKeyStore } from '../../adapters/keystore/software-key-store';
import { derInteger, derSequence } from '../../documents/pki/der-writer';
import { openSecrets } from '../../main/secrets';
import { temporaryFolder } from '../support/outside-world';
import { makePkiWorld, makeRsaKey, type TestKey } from '../support/pki-world';
import { makeSoftHsmToken, softHsmModule } from '../support/soft-hsm';

// Making RSA keys takes seconds on a busy machine.
jest.setTimeout(60_000);

const CHECKOUT = resolve(__dirname, '..', '..');
const CREDIT_CODE = '11150602MB12345670';
/** U+2CE7C is in no plane that a PrintableString or BMPString holds; 䶮 and 㛃 are in names of people and villages. */
const NAME = '鄂尔多斯市𬹼䶮㛃镇人民政府';

const folder = temporaryFolder();
const secretsDir = join(folder.path, 'secrets');
const rsaKey = makeRsaKey(3072);

beforeAll(async () => {
  mkdirSync(secretsDir);
  const keyRing = openSecrets(secretsDir, true).keyRing('key-store');
  const store = createSoftwareKeyStore({ folder: join(secretsDir, 'test-only-keys'), keyRing });
  const world = await makePkiWorld('rsa');
  const certificate = await world.issue('documentSigner', rsaKey);
  await store.addKey({
    keyId: 'soft-rsa',
    algorithm: 'rsa3072',
    privateKeyPkcs8: rsaKey.privateKeyPkcs8,
    certificate,
    chain: [],
  });
});
afterAll(() => folder.remove());

function request(words: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'main/request-certificate.ts', ...words],
    {
      cwd: CHECKOUT,
      env: { ...process.env, NODE_ENV: 'test', SECRETS_DIR: secretsDir, ...environment },
      encoding: 'utf8',
    },
  );
  return { status, stdout, stderr };
}

const ordinary = (keyId: string): string[] => ['--key', keyId, '--name', NAME, '--credit-code', CREDIT_CODE];

/** OpenSSL judges: the request's own signature, and its subject in UTF-8. */
function expectRightRequest(pem: string, key: TestKey): void {
  const file = join(folder.path, `${randomBytes(4).toString('hex')}.csr`);
  writeFileSync(file, pem);
  const openssl = (...words: string[]): string =>
    execFileSync('openssl', ['req', '-in', file, ...words], { encoding: 'utf8', stdio: 'pipe' });
  expect(spawnSync('openssl', ['req', '-verify', '-noout', '-in', file]).status).toBe(0);
  const subject = openssl('-noout', '-subject', '-nameopt', 'utf8,sep_multiline,show_type');
  expect(subject.split('\n').map((line) => line.trim())).toEqual(
    expect.arrayContaining([
      'C=PRINTABLESTRING:CN',
      `O=UTF8STRING:${NAME}`,
      `serialNumber=PRINTABLESTRING:${CREDIT_CODE}`,
      `CN=UTF8STRING:${NAME}`,
    ]),
  );
  const publicPem = openssl('-noout', '-pubkey');
  const spki = key.publicKey.kind === 'rsa' ? key.publicKey.spki : new Uint8Array(0);
  expect(publicPem.replaceAll(/-----.+-----|\s/g, '')).toBe(Buffer.from(spki).toString('base64'));
}

describe('a certification request', () => {
  it('for a key of the software store is right to OpenSSL, also with rare characters in the name', () => {
    const answer = request(ordinary('soft-rsa'));
    expect(answer).toMatchObject({ status: 0, stderr: '' });
    expectRightRequest(answer.stdout, rsaKey);
  });

  it('is written into a file, and never over one that is there', () => {
    const out = join(folder.path, 'asked.csr');
    expect(request([...ordinary('soft-rsa'), '--out', out]).stdout).toContain(out);
    const first = readFileSync(out, 'utf8');
    expectRightRequest(first, rsaKey);
    expect(request([...ordinary('soft-rsa'), '--out', out])).toMatchObject({ status: 1 });
    expect(readFileSync(out, 'utf8')).toBe(first);
  });

  it.each([
    ['no key', ['--name', NAME, '--credit-code', CREDIT_CODE], '用法'],
    ['a wrong code', ['--key', 'k', '--name', NAME, '--credit-code', '11150602MB1234567Y'], '末位应为 0'],
    [
      'a name that is too long',
      ['--key', 'k', '--name', '长'.repeat(65), '--credit-code', CREDIT_CODE],
      '64',
    ],
    [
      'a name that reads backwards',
      ['--key', 'k', '--name', '甲\u202e乙', '--credit-code', CREDIT_CODE],
      '第 2 个',
    ],
    ['a key id that leads out of the store', ordinary('../soft-rsa'), '没有编号为'],
  ])('with %s is refused in words', (_what, words, sentence) => {
    const answer = request(words);
    expect(answer).toMatchObject({ status: 1, stdout: '' });
    expect(answer.stderr).toContain(sentence);
  });
});

describe('a key that asks for its certificate', () => {
  const info = rsaPublicKeyInfo(Buffer.from('c'.repeat(96), 'hex'), Uint8Array.of(1, 0, 1));
  const subject = derSequence(derSequence());
  const attributes = Uint8Array.of(0xa0, 0);

  it('signs nothing but a request for itself', async () => {
    const sign = jest.fn(async () => new Uint8Array(1));
    const key = certificateRequestKey(info, sign);
    const other = rsaPublicKeyInfo(Buffer.from('d'.repeat(96), 'hex'), Uint8Array.of(1, 0, 1));
    const refused: readonly Uint8Array[] = [
      new Uint8Array(0),
      Buffer.from('any text'),
      derSequence(derInteger(4), derSequence()),
      derSequence(derInteger(0), subject, other, attributes),
      derSequence(derInteger(1), subject, info, attributes),
      derSequence(derInteger(0), subject, info),
      derSequence(derInteger(0), subject, info, attributes, derSequence()),
    ];
    for (const bytes of refused)
      await expect(key.signRequestInfo(bytes)).rejects.toThrow('only a certification');
    expect(sign).not.toHaveBeenCalled();
    await key.signRequestInfo(derSequence(derInteger(0), subject, info, attributes));
    expect(sign).toHaveBeenCalledTimes(1);
  });
});

const onToken = softHsmModule === undefined ? describe.skip : describe;
onToken('a certification request for a key in a token (SoftHSM)', () => {
  it('is made before the key has a certificate; the key never leaves the token', () => {
    const token = makeSoftHsmToken(folder.path, 'ecert-request');
    const key = makeRsaKey(3072);
    token.importKey('公章 一', key);
    const keysFile = join(folder.path, 'pkcs11-keys.json');
    writeFileSync(keysFile, JSON.stringify({ keys: [{ keyId: 'hsm-new', label: '公章 一' }] }));
    writeFileSync(join(secretsDir, 'pkcs11-pin'), `${token.pin}\n`);
    const environment = {
      ...token.environment,
      PKCS11_MODULE: softHsmModule ?? '',
      PKCS11_TOKEN: token.label,
      PKCS11_KEYS: keysFile,
      SOFTWARE_KEYS: 'off',
    };
    const answer = request(ordinary('hsm-new'), environment);
    expect(answer).toMatchObject({ status: 0, stderr: '' });
    expectRightRequest(answer.stdout, key);
    const unknown = request(ordinary('nobody'), environment);
    expect(unknown).toMatchObject({ status: 1, stdout: '' });
    expect(unknown.stderr).toContain('nobody');
  });
});
