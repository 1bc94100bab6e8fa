import fc from 'fast-check';
import { isSignedBy, readAgencySignature, signAgencyRequest } from '../../api/agency-signature';

const VECTOR = {
  scheme: 'ECERT-HMAC-SHA256',
  timestamp: '1763884800',
  nonce: '0123456789abcdef',
} as const;
const REQUEST = { method: 'POST', target: '/api/v1/issuances', body: Buffer.from('{"a":1}') };

describe('the signature of agency systems', () => {
  it('is that of the published vector', () => {
    expect(signAgencyRequest('test-secret', VECTOR, REQUEST).toString('base64')).toBe(
      '98mA75RBz4EdFNeQBdaeChb8BhYbLeWTs7DEv6z/THA=',
    );
  });

  it('with SM3 differs in its scheme line and its digests', () => {
    const sm3 = signAgencyRequest('test-secret', { ...VECTOR, scheme: 'ECERT-HMAC-SM3' }, REQUEST);
    expect(sm3.toString('base64')).toBe('qrP9t3s+X0qwtaiMGyEeeitw6HVKfAsuK6WUiySWy4o=');
  });

  it('does not depend on the order of query parts, but on each of them as sent', () => {
    const sign = (target: string) =>
      signAgencyRequest('s', VECTOR, { ...REQUEST, method: 'GET', target }).toString('hex');
    expect(sign('/a?b=2&a=1')).toBe(sign('/a?a=1&b=2'));
    expect(sign('/a?a=%31&b=2')).not.toBe(sign('/a?a=1&b=2'));
    expect(sign('/a?a=1')).not.toBe(sign('/a?a=1&a=1'));
  });

  it('fails when anything that it covers is changed', () => {
    const signature = { ...VECTOR, keyId: 'k', signature: signAgencyRequest('s', VECTOR, REQUEST) };
    expect(isSignedBy('s', signature, REQUEST)).toBe(true);
    expect(isSignedBy('t', signature, REQUEST)).toBe(false);
    expect(isSignedBy('s', signature, { ...REQUEST, method: 'PUT' })).toBe(false);
    expect(isSignedBy('s', signature, { ...REQUEST, target: '/api/v1/issuances?x=1' })).toBe(false);
    expect(isSignedBy('s', signature, { ...REQUEST, body: Buffer.from('{"a":2}') })).toBe(false);
    expect(isSignedBy('s', { ...signature, nonce: '0123456789abcdeg' }, REQUEST)).toBe(false);
    expect(isSignedBy('s', { ...signature, timestamp: '1763884801' }, REQUEST)).toBe(false);
  });
});

describe('the Authorization header', () => {
  const right = `ECERT-HMAC-SHA256 keyId="k", timestamp="1763884800", nonce="0123456789abcdef", signature="${'A'.repeat(43)}="`;

  it('is read whatever the order of its parts', () => {
    const turned = `ECERT-HMAC-SM3 signature="${'A'.repeat(43)}=",nonce="0123456789abcdef", keyId="k",  timestamp="1763884800"`;
    expect(readAgencySignature(right)).toMatchObject({ scheme: 'ECERT-HMAC-SHA256', keyId: 'k' });
    expect(readAgencySignature(turned)).toMatchObject({
      scheme: 'ECERT-HMAC-SM3',
      nonce: '0123456789abcdef',
    });
  });

  it.each([
    ['another scheme', right.replace('SHA256', 'MD5')],
    ['a short nonce', right.replace('0123456789abcdef', 'short')],
    ['a part twice', `${right}, nonce="0123456789abcdef"`],
    ['an unknown part', `${right}, extra="1"`],
    ['a missing part', right.replace(/, nonce="[^"]*"/, '')],
    ['a timestamp that is no number', right.replace('1763884800', '2026-11-23')],
    ['a truncated signature', right.replace('A=', '=')],
  ])('with %s is not read', (_, header) => {
    expect(readAgencySignature(header)).toBeNull();
  });

  it('never makes the reader throw', () => {
    fc.assert(fc.property(fc.string(), (text) => readAgencySignature(`ECERT-HMAC-SHA256 ${text}`) === null));
  });
});
