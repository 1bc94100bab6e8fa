import { readPkcs11Keys } from '../../../adapters/keystore/read-pkcs11-keys';
import { writePemBlock } from '../../../adapters/trust/pem-blocks';
import { makePkiWorld, makeRsaKey, makeSm2Key } from '../../support/pki-world';

// Making RSA keys takes seconds on a busy machine.
jest.setTimeout(60_000);

let pem: Readonly<Record<'right' | 'authority' | 'short' | 'sm2', string>>;
let authority: Uint8Array;

beforeAll(async () => {
  const [rsa, sm2] = [await makePkiWorld('rsa'), await makePkiWorld('sm2')];
  const block = (der: Uint8Array): string => writePemBlock({ label: 'CERTIFICATE', der });
  authority = rsa.authority;
  pem = {
    right: block(await rsa.issue('documentSigner', makeRsaKey(3072))),
    authority: block(authority),
    short: block(await rsa.issue('documentSigner', makeRsaKey(2048))),
    sm2: block(await sm2.issue('sealSigner', makeSm2Key())),
  };
});

const described = (...keys: readonly unknown[]) => readPkcs11Keys(JSON.stringify({ keys }));
const aKey = (override: object = {}) => ({
  keyId: 'city-seal',
  label: '公章',
  certificate: pem.right,
  chain: pem.authority,
  ...override,
});

describe('the description of a token’s keys', () => {
  it('gives each key with its certificate and path, and also names those that have none yet', () => {
    const read = described(
      aKey(),
      { keyId: 'new', label: '新公章' },
      aKey({ keyId: 'old', label: '旧', stopped: true }),
    );
    if (!read.ok) throw new Error(read.refusal.join());
    expect(read.value.keys.map(({ keyId, stopped }) => [keyId, stopped])).toEqual([
      ['city-seal', false],
      ['old', true],
    ]);
    expect(read.value.keys[0]?.chain).toEqual([authority]);
    expect([...read.value.labels]).toEqual([
      ['city-seal', '公章'],
      ['new', '新公章'],
      ['old', '旧'],
    ]);
  });

  it('tells every problem at once, with its place, in Chinese', () => {
    const read = described(
      aKey(),
      aKey({ label: '另一' }),
      aKey({ keyId: 'b', label: '公章' }),
      aKey({ keyId: 'c', label: 'c', certificate: pem.short }),
      aKey({ keyId: 'd', label: 'd', certificate: pem.sm2 }),
      aKey({ keyId: 'e', label: 'e', certificate: pem.right + pem.right }),
      aKey({
        keyId: 'f',
        label: 'f',
        certificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      }),
      aKey({ keyId: 'g', label: 'g', chain: 'no certificate' }),
    );
    expect(read.ok ? [] : read.refusal).toEqual([
      'keys.1.keyId：与 keys.0 相同',
      'keys.2.label：与 keys.0 相同',
      'keys.3.certificate：不是 RSA 3072 位密钥的证书',
      'keys.4.certificate：不是 RSA 3072 位密钥的证书',
      'keys.5.certificate：应恰好有一张 PEM 证书',
      'keys.6.certificate：证书无法读取',
      'keys.7.chain：没有 PEM 证书',
    ]);
  });

  it.each([
    ['no JSON', '{'],
    ['no list', '{}'],
    ['an empty list', '{"keys":[]}'],
    ['an unknown member', '{"keys":[{"keyId":"a","label":"a","pin":"1234"}]}'],
    ['a key id that leads elsewhere', '{"keys":[{"keyId":"../a","label":"a"}]}'],
    ['no label', '{"keys":[{"keyId":"a"}]}'],
    ['a word for a truth value', '{"keys":[{"keyId":"a","label":"a","stopped":"no"}]}'],
  ])('with %s is refused in Chinese', (_what, text) => {
    const read = readPkcs11Keys(text);
    expect(read.ok ? '' : read.refusal.join()).toMatch(/\p{Script=Han}/u);
    expect(read.ok ? '' : read.refusal.join()).not.toContain('1234');
  });
});
