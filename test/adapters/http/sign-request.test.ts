import { signRequest } from '../../../adapters/http/sign-request';
import { createSignatureCheck } from '../../../simulators/protocol/check-request-signature';

const key = { keyId: 'demo-agency', secret: 'test-secret' };
const sentAt = new Date(1_763_884_800_000);
const body = Buffer.from('{"a":1}');
const url = new URL('http://127.0.0.1/api/v1/issuances');

function authorizationOf(overrides: { url?: URL; method?: string; at?: Date; nonce?: string } = {}): string {
  return signRequest(
    key,
    { method: overrides.method ?? 'POST', url: overrides.url ?? url, body },
    overrides.at ?? sentAt,
    overrides.nonce ?? '0123456789abcdef',
  );
}

describe('the signature of a request to an outside system', () => {
  it('is the one of the published vector', () => {
    expect(authorizationOf()).toBe(
      'ECERT-HMAC-SHA256 keyId="demo-agency", timestamp="1763884800", nonce="0123456789abcdef", signature="98mA75RBz4EdFNeQBdaeChb8BhYbLeWTs7DEv6z/THA="',
    );
  });

  it('does not depend on the order of the query but on its content', () => {
    const signatureOf = (query: string): string =>
      authorizationOf({ url: new URL(`http://127.0.0.1/records?${query}`) });
    expect(signatureOf('b=2&a=1')).toBe(signatureOf('a=1&b=2'));
    expect(signatureOf('a=1&b=2')).not.toBe(signatureOf('a=1&b=3'));
  });
});

describe('the check of a signature by an outside system', () => {
  const check = () => createSignatureCheck(key, () => sentAt);
  const request = { method: 'POST', target: '/api/v1/issuances', body };

  it('takes a right signature once only', () => {
    const whyNot = check();
    expect(whyNot({ ...request, authorization: authorizationOf() })).toBeNull();
    expect(whyNot({ ...request, authorization: authorizationOf() })).toBe('随机数已使用');
  });

  it.each([
    ['another method', { ...request, method: 'PUT' }],
    ['another path', { ...request, target: '/api/v1/issuances/1' }],
    ['an added query', { ...request, target: '/api/v1/issuances?a=1' }],
    ['another body', { ...request, body: Buffer.from('{"a":2}') }],
  ])('refuses %s', (_, changed) => {
    expect(check()({ ...changed, authorization: authorizationOf() })).toBe('签名不正确');
  });

  it('refuses a request older than 300 seconds and one without signature', () => {
    const late = createSignatureCheck(key, () => new Date(sentAt.getTime() + 301_000));
    expect(late({ ...request, authorization: authorizationOf() })).toBe('时间戳超出 300 秒');
    expect(check()({ ...request, authorization: undefined })).toBe('缺少签名或签名格式不符');
  });

  it('does not let a wrong signature use up a nonce', () => {
    const whyNot = check();
    expect(whyNot({ ...request, method: 'PUT', authorization: authorizationOf() })).not.toBeNull();
    expect(whyNot({ ...request, authorization: authorizationOf() })).toBeNull();
  });
});
