import { readTimestampToken } from '../../../documents/pki/read-timestamp-token';
import {
  answersRequest,
  imprintOf,
  makeTimestampRefusal,
  makeTimestampRequest,
  makeTimestampResponse,
  makeTimestampToken,
  readTimestampRequest,
  readTimestampResponse,
  type TimestampOrder,
} from '../../../documents/pki/timestamp-token';
import { verifyTimestampToken } from '../../../documents/pki/verify-timestamp';
import { makePkiWorld, makeRsaKey, makeSm2Key, type PkiWorld, type TestKey } from '../../support/pki-world';

// Making RSA keys takes seconds on a busy machine.
jest.setTimeout(60_000);

const stampedAt = new Date('2026-06-01T08:00:00Z');
const at = new Date('2026-07-01T00:00:00Z');
const bytes = Buffer.from('the signature value that is stamped');

describe.each(['rsa', 'sm2'] as const)('timestamps of an authority with %s', (algorithm) => {
  const imprintAlgorithm = algorithm === 'sm2' ? 'sm3' : 'sha256';
  let world: PkiWorld;
  let key: TestKey;
  let certificate: Uint8Array;
  let revocationLists: Uint8Array[];

  beforeAll(async () => {
    world = await makePkiWorld(algorithm);
    key = algorithm === 'sm2' ? makeSm2Key() : makeRsaKey();
    certificate = await world.issue('timestamp', key, { serialHex: '2001' });
    revocationLists = await world.lists();
  });

  const stamp = (overrides: Partial<TimestampOrder> = {}) =>
    makeTimestampToken({
      algorithm,
      certificate,
      chain: [world.authority],
      sign: key.issuerKey.sign,
      policy: '1.2.3.4.1',
      imprint: imprintOf(imprintAlgorithm, bytes),
      serialHex: '0a01',
      time: stampedAt,
      ...overrides,
    });
  const judge = (token: Uint8Array, over: Uint8Array = bytes) =>
    verifyTimestampToken(token, over, { trustAnchors: [world.root], revocationLists, at });

  it('prove the time for the bytes they were made over', async () => {
    expect(judge(await stamp())).toMatchObject({ outcome: 'valid', time: stampedAt, notices: [] });
  });

  it('prove nothing for other bytes', async () => {
    expect(judge(await stamp(), Buffer.from('other'))).toMatchObject({
      outcome: 'invalid',
      reason: 'timestampImprint',
    });
  });

  it('prove nothing when a key other than the certificate’s signed them', async () => {
    const stranger = algorithm === 'sm2' ? makeSm2Key() : makeRsaKey();
    expect(judge(await stamp({ sign: stranger.issuerKey.sign }))).toMatchObject({
      outcome: 'invalid',
      reason: 'timestampSignature',
    });
  });

  it('are refused from a certificate that is not for timestamps alone', async () => {
    const signer = await world.issue('documentSigner', key);
    expect(judge(await stamp({ certificate: signer }))).toMatchObject({
      outcome: 'invalid',
      reason: 'keyUsage',
    });
  });

  it('are refused when they come from after the question', async () => {
    expect(judge(await stamp({ time: new Date('2026-07-01T00:00:01Z') }))).toMatchObject({
      reason: 'timestampInFuture',
    });
  });

  it('stay good when the certificate expired or was revoked after the stamped time, not before it', async () => {
    const token = await stamp();
    const later = await world.lists({
      revoked: [{ serialHex: '2001', revokedAt: new Date('2026-06-15T00:00:00Z') }],
    });
    const earlier = await world.lists({ revoked: [{ serialHex: '2001', revokedAt: stampedAt }] });
    const trust = { trustAnchors: [world.root], at };
    expect(verifyTimestampToken(token, bytes, { ...trust, revocationLists: later })).toMatchObject({
      outcome: 'valid',
      notices: ['revokedLater'],
    });
    expect(verifyTimestampToken(token, bytes, { ...trust, revocationLists: earlier })).toMatchObject({
      outcome: 'invalid',
      reason: 'revoked',
    });
  });

  it('are never valid with any single bit changed, and reading never throws', async () => {
    const token = await stamp();
    const content = Buffer.from(token);
    // The chain certificate and the unused parameters are not under the signature; the verdict must come from it alone.
    let stillValid = 0;
    for (let index = 0; index < token.length; index += 3) {
      const flipped = Uint8Array.from(content);
      flipped[index] = (flipped[index] ?? 0) ^ (1 << (index % 8));
      const verdict = judge(flipped);
      if (verdict.outcome === 'valid') {
        stillValid += 1;
        expect(verdict.time).toEqual(stampedAt);
      }
    }
    expect(stillValid).toBeLessThan(8);
  });
});

describe('requests and responses', () => {
  const request = makeTimestampRequest(imprintOf('sha256', bytes), '8f01');

  it('carry imprint and nonce there and back', () => {
    const read = readTimestampRequest(request);
    expect(read).toMatchObject({ nonceHex: '8f01', certificateRequested: true, policy: undefined });
    expect(read.imprint).toEqual(imprintOf('sha256', bytes));
  });

  it('belong together only with the same imprint and the same nonce', async () => {
    const world = await makePkiWorld('sm2');
    const key = makeSm2Key();
    const order: TimestampOrder = {
      algorithm: 'sm2',
      certificate: await world.issue('timestamp', key),
      chain: [],
      sign: key.issuerKey.sign,
      policy: '1.2.3',
      imprint: imprintOf('sha256', bytes),
      serialHex: '01',
      time: stampedAt,
      nonceHex: '8f01',
    };
    const token = await makeTimestampToken(order);
    expect(answersRequest(token, request)).toBe(true);
    expect(answersRequest(await makeTimestampToken({ ...order, nonceHex: '8f02' }), request)).toBe(false);
    const otherImprint = imprintOf('sha256', Buffer.from('x'));
    expect(answersRequest(await makeTimestampToken({ ...order, imprint: otherImprint }), request)).toBe(
      false,
    );
    expect(readTimestampResponse(makeTimestampResponse(token))).toEqual({ kind: 'granted', token });
    expect(readTimestampToken(token).info).toMatchObject({ policy: '1.2.3', serialHex: '01' });
  });

  it('say why a stamp was refused', () => {
    expect(readTimestampResponse(makeTimestampRefusal('bad request', 'badRequest'))).toEqual({
      kind: 'refused',
      status: 2,
      text: 'bad request',
      failureBits: [2],
    });
  });
});
