import { createPrivateKey, sign as signRsa, X509Certificate } from 'node:crypto';
import { issueSigningCertificate } from '../../../documents/pki/certificate-authority';
import type { ChainQuestion } from '../../../documents/pki/chain-verdict';
import { judgeChain } from '../../../documents/pki/judge-chain';
import {
  makePkiWorld,
  makeRsaKey,
  makeSm2Key,
  type PkiWorld,
  type TestKey,
  testPeriod,
} from '../../support/pki-world';

// Making RSA keys takes seconds on a busy machine.
jest.setTimeout(60_000);

const at = new Date('2026-06-01T00:00:00Z');

describe.each(['rsa', 'sm2'] as const)('judgeChain over %s certificates', (algorithm) => {
  let world: PkiWorld;
  let key: TestKey;
  let signer: Uint8Array;
  let lists: Uint8Array[];

  beforeAll(async () => {
    world = await makePkiWorld(algorithm);
    key = algorithm === 'sm2' ? makeSm2Key() : makeRsaKey();
    signer = await world.issue('sealSigner', key);
    lists = await world.lists();
  });

  const ask = (overrides: Partial<ChainQuestion> = {}) =>
    judgeChain({
      certificate: signer,
      intermediates: [world.authority],
      trustAnchors: [world.root],
      revocationLists: lists,
      at,
      usage: 'sealSigner',
      ...overrides,
    });

  it('says valid for a path to the root with fresh lists', () => {
    expect(ask()).toEqual({ outcome: 'valid', reason: 'valid', notices: [] });
  });

  it('cannot tell without an anchor, and says that the chain was not judged', () => {
    expect(ask({ trustAnchors: [] })).toMatchObject({ outcome: 'cannotTell', reason: 'chainNotJudged' });
  });

  it('cannot tell when no path leads to any of the anchors', async () => {
    const other = await makePkiWorld(algorithm);
    expect(ask({ intermediates: [] })).toMatchObject({ outcome: 'cannotTell', reason: 'untrustedIssuer' });
    const impostor = ask({ trustAnchors: [other.root], intermediates: [other.authority] });
    expect(impostor.outcome).not.toBe('valid');
  });

  it('refuses a certificate whose signature is by another key under the same issuer name', async () => {
    const forged = await world.issue('sealSigner', key, {
      issuerKey: key.issuerKey,
    });
    expect(ask({ certificate: forged })).toMatchObject({ outcome: 'invalid', reason: 'badSignature' });
  });

  it('remembers that a certificate is rightly signed, never that it is trusted', async () => {
    expect(ask()).toMatchObject({ outcome: 'valid' });
    const altered = Uint8Array.from(signer);
    const inSubject = Buffer.from(signer).lastIndexOf('Signer');
    expect(inSubject).toBeGreaterThan(0);
    altered[inSubject] = (altered[inSubject] ?? 0) ^ 1;
    expect(ask({ certificate: altered })).toMatchObject({ outcome: 'invalid', reason: 'badSignature' });
    const revocationLists = await world.lists({
      revoked: [{ serialHex: '1001', revokedAt: new Date('2026-05-01T00:00:00Z') }],
    });
    expect(ask({ revocationLists })).toMatchObject({ outcome: 'invalid', reason: 'revoked' });
    expect(ask({ trustAnchors: [] })).toMatchObject({ outcome: 'cannotTell' });
    expect(ask()).toMatchObject({ outcome: 'valid' });
  });

  it('refuses at instants outside the period, to the second', () => {
    const before = new Date(testPeriod.notBefore.getTime() - 1000);
    const after = new Date(testPeriod.notAfter.getTime() + 1000);
    expect(ask({ at: before })).toMatchObject({ outcome: 'invalid', reason: 'notYetValid' });
    expect(ask({ at: after })).toMatchObject({ outcome: 'invalid', reason: 'expired' });
  });

  it('refuses a leaf that was issued by another leaf', async () => {
    const rogueKey = algorithm === 'sm2' ? makeSm2Key() : makeRsaKey();
    const rogue = await issueSigningCertificate({
      profile: 'sealSigner',
      subject: { commonName: 'rogue' },
      subjectKey: rogueKey.publicKey,
      issuer: { commonName: '测试 sealSigner' },
      issuerKey: key.issuerKey,
      issuerPublicKey: key.publicKey,
      serialHex: '99',
      ...testPeriod,
    });
    expect(ask({ certificate: rogue, intermediates: [signer, world.authority] })).toMatchObject({
      outcome: 'invalid',
      reason: 'basicConstraints',
    });
  });

  it('refuses more authorities in a row than the path length allows', async () => {
    const lowerKey = algorithm === 'sm2' ? makeSm2Key() : makeRsaKey();
    const lowerName = { commonName: 'lower authority' };
    const lower = await world.issue('authority', lowerKey, { subject: lowerName });
    const leaf = await world.issue('sealSigner', key, {
      issuer: lowerName,
      issuerKey: lowerKey.issuerKey,
      issuerPublicKey: lowerKey.publicKey,
    });
    expect(ask({ certificate: leaf, intermediates: [lower, world.authority] })).toMatchObject({
      outcome: 'invalid',
      reason: 'pathLength',
    });
  });

  it('lets an authority certificate sign no seal and a timestamp certificate no document', async () => {
    expect(ask({ certificate: world.authority })).toMatchObject({ outcome: 'invalid', reason: 'keyUsage' });
    const stamper = await world.issue('timestamp', key);
    expect(ask({ certificate: stamper, usage: 'documentSigner' })).toMatchObject({ reason: 'keyUsage' });
    expect(ask({ certificate: stamper, usage: 'sealSigner' })).toMatchObject({ reason: 'keyUsage' });
    expect(ask({ certificate: stamper, usage: 'timestamp' })).toMatchObject({ outcome: 'valid' });
    expect(ask({ usage: 'timestamp' })).toMatchObject({ reason: 'keyUsage' });
  });

  it('refuses what was revoked at or before the instant and only notes what was revoked after it', async () => {
    const revokedAt = new Date('2026-05-01T00:00:00Z');
    const revocationLists = await world.lists({ revoked: [{ serialHex: '1001', revokedAt }] });
    expect(ask({ revocationLists })).toMatchObject({ outcome: 'invalid', reason: 'revoked', revokedAt });
    expect(ask({ revocationLists, at: revokedAt })).toMatchObject({ outcome: 'invalid', reason: 'revoked' });
    expect(ask({ revocationLists, at: new Date('2026-04-30T23:59:59Z') })).toMatchObject({
      outcome: 'valid',
      revokedAt,
      notices: ['revokedLater'],
    });
  });

  it('counts a stolen key from the date of the theft, not of the entry', async () => {
    const invalidityDate = new Date('2026-03-01T00:00:00Z');
    const entry = {
      serialHex: '1001',
      revokedAt: new Date('2026-08-01T00:00:00Z'),
      reason: 1,
      invalidityDate,
    };
    const revocationLists = await world.lists({ revoked: [entry] });
    expect(ask({ revocationLists })).toMatchObject({ reason: 'revoked', revokedAt: invalidityDate });
    const before = { revocationLists, at: new Date('2026-02-01T00:00:00Z') };
    expect(ask({ ...before, existedBy: new Date('2026-02-28T23:59:59Z') })).toMatchObject({
      outcome: 'valid',
      notices: ['revokedLaterForKeyCompromise'],
    });
  });

  it.each([1, 2, 10])(
    'cannot tell of a key compromised later (reason %i) unless the signature is proven to be older',
    async (reason) => {
      const revokedAt = new Date('2026-08-01T00:00:00Z');
      const revocationLists = await world.lists({ revoked: [{ serialHex: '1001', revokedAt, reason }] });
      const unproven = { outcome: 'cannotTell', reason: 'keyCompromised', revokedAt };
      expect(ask({ revocationLists })).toMatchObject(unproven);
      expect(ask({ revocationLists, existedBy: revokedAt })).toMatchObject(unproven);
      expect(ask({ revocationLists, existedBy: new Date('2026-07-31T23:59:59Z') })).toMatchObject({
        outcome: 'valid',
      });
    },
  );

  it('cannot tell without a list, with a list that ran out, and with a list signed by a stranger', async () => {
    expect(ask({ revocationLists: [] })).toMatchObject({
      outcome: 'cannotTell',
      reason: 'revocationUnknown',
    });
    const stale = await world.lists({ nextUpdate: new Date('2026-02-01T00:00:00Z') });
    expect(ask({ revocationLists: stale })).toMatchObject({
      outcome: 'cannotTell',
      reason: 'revocationListStale',
    });
    const forged = await world.lists({ issuerKey: key.issuerKey });
    expect(ask({ revocationLists: forged })).toMatchObject({
      outcome: 'cannotTell',
      reason: 'revocationUnknown',
    });
    expect(ask({ revocationLists: [], revocation: 'whenAvailable' })).toMatchObject({
      outcome: 'valid',
      notices: ['revocationNotJudged'],
    });
  });

  it('refuses the signer when the authority above it was revoked', async () => {
    const [, own] = lists;
    const { issueRevocationList } = await import('../../../documents/pki/certificate-authority');
    const rootList = await issueRevocationList({
      issuer: { commonName: '测试根证书 Test Root', organization: 'ecert test' },
      issuerKey: world.rootKey.issuerKey,
      issuerPublicKey: world.rootKey.publicKey,
      listNumber: 2,
      thisUpdate: new Date('2026-01-01T00:00:00Z'),
      nextUpdate: new Date('2030-01-01T00:00:00Z'),
      revoked: [{ serialHex: '02', revokedAt: new Date('2026-01-01T00:00:00Z') }],
    });
    expect(ask({ revocationLists: own === undefined ? [] : [rootList, own] })).toMatchObject({
      outcome: 'invalid',
      reason: 'revoked',
    });
  });

  it('takes a certificate that is itself an anchor, but still not outside its period', () => {
    expect(ask({ trustAnchors: [signer], revocationLists: [] })).toMatchObject({
      outcome: 'valid',
      notices: ['directlyTrusted'],
    });
    expect(ask({ trustAnchors: [signer], at: new Date('2040-01-01T00:00:00Z') })).toMatchObject({
      reason: 'expired',
    });
  });

  it('never throws on cut or flipped certificates and never calls them valid', () => {
    for (let index = 0; index < signer.length; index += 7) {
      const flipped = Uint8Array.from(signer);
      flipped[index] = (flipped[index] ?? 0) ^ 0x01;
      expect(ask({ certificate: flipped }).outcome).not.toBe('valid');
      expect(ask({ certificate: signer.subarray(0, index) }).reason).toBe('malformedCertificate');
    }
  });
});

describe('certificates of the small authority', () => {
  it('are read alike by the native X.509 reader', async () => {
    const world = await makePkiWorld('rsa');
    const key = makeRsaKey();
    const signer = new X509Certificate(await world.issue('documentSigner', key));
    expect(signer.checkIssued(new X509Certificate(world.authority))).toBe(true);
    expect(signer.verify(new X509Certificate(world.authority).publicKey)).toBe(true);
    expect(signer.keyUsage).toEqual(['1.3.6.1.5.5.7.3.36']);
    expect(signer.ca).toBe(false);
  });

  it('come out the same for the same order', async () => {
    const world = await makePkiWorld('rsa');
    const key = makeRsaKey();
    expect(await world.issue('documentSigner', key)).toEqual(await world.issue('documentSigner', key));
  });

  it('signed with SHA-1 are refused as weak without looking at the signature', async () => {
    const { derBitString, derNull, derOid, derSequence } = await import('../../../documents/pki/der-writer');
    const { readDer, readSequence } = await import('../../../documents/pki/der-reader');
    const world = await makePkiWorld('rsa');
    const key = makeRsaKey();
    const good = await world.issue('documentSigner', key);
    const sha1 = derSequence(derOid('1.2.840.113549.1.1.5'), derNull());
    const [tbsNode] = readSequence(readDer(good));
    const fields = readSequence(tbsNode).map((field, index) => (index === 2 ? sha1 : field.encoded));
    const tbs = derSequence(...fields);
    const privateKey = createPrivateKey({
      key: Buffer.from(world.authorityKey.privateKeyPkcs8),
      format: 'der',
      type: 'pkcs8',
    });
    const weak = derSequence(tbs, sha1, derBitString(signRsa('sha1', tbs, privateKey)));
    const verdict = judgeChain({
      certificate: weak,
      intermediates: [world.authority],
      trustAnchors: [world.root],
      revocationLists: await world.lists(),
      at,
      usage: 'documentSigner',
    });
    expect(verdict).toMatchObject({ outcome: 'invalid', reason: 'weakAlgorithm' });
  });
});
