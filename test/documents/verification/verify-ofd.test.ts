import fc from 'fast-check';
import { readContainer } from '../../../documents/container/read-container';
import { readDer, readSequence } from '../../../documents/pki/der-reader';
import {
  derBitString,
  derContext,
  derInteger,
  derOctetString,
  derOid,
  derPrintableString,
  derSequence,
} from '../../../documents/pki/der-writer';
import { imprintOf, makeTimestampToken } from '../../../documents/pki/timestamp-token';
import { finishOfdSeal } from '../../../documents/seal/finish-ofd-seal';
import { SM2_WITH_SM3 } from '../../../documents/seal/make-electronic-seal';
import { prepareOfdSeal } from '../../../documents/seal/prepare-ofd-seal';
import { readElectronicSeal } from '../../../documents/ses-reading/read-electronic-seal';
import { readSealSignature } from '../../../documents/ses-reading/read-seal-signature';
import { signSm2 } from '../../../documents/sm/sm2';
import { sm3 } from '../../../documents/sm/sm3';
import type {
  VerificationOptions,
  VerificationReport,
} from '../../../documents/verification/verification-report';
import { verifyFile } from '../../../documents/verification/verify-file';
import { verifyOfd } from '../../../documents/verification/verify-ofd';
import { buildOfd } from '../../support/ofd-builder';
import { rawZip } from '../../support/raw-zip';
import { createSealKit, JUDGED_AT, type SealKit, SIGNED_AT } from '../../support/seal-kit';

let kit: SealKit;
beforeAll(async () => {
  kit = await createSealKit();
});

const VALUE = 'Doc_0/Signs/Sign_0/SignedValue.dat';

function entry(ofd: Uint8Array, name: string): Uint8Array {
  const reading = readContainer(ofd);
  const found = reading.ok ? reading.entries.get(name) : undefined;
  if (found === undefined) throw new Error(`no ${name}`);
  return found.data;
}

function replaced(ofd: Uint8Array, name: string, data: Uint8Array): Uint8Array {
  const reading = readContainer(ofd);
  if (!reading.ok) throw new Error(reading.problem);
  return rawZip([...reading.entries.values()].map((one) => (one.name === name ? { name, data } : one)));
}

function noticesOf(report: VerificationReport): string[] {
  return report.signatures.flatMap(({ notices }) => notices.map(({ code }) => code));
}

function stepOf(report: VerificationReport, name: string) {
  return report.signatures[0]?.steps.find(({ step }) => step === name);
}

async function tokenOver(bytes: Uint8Array, time: Date, from: SealKit = kit): Promise<Uint8Array> {
  const authority = await from.issue('timestamp', { commonName: '测试时间戳' });
  return makeTimestampToken({
    algorithm: 'sm2',
    certificate: authority.certificate,
    chain: [],
    sign: async (message) => signSm2(authority.key, message),
    policy: '1.2.3.4',
    imprint: imprintOf('sm3', bytes),
    serialHex: '2a',
    time,
  });
}

describe('what time does to a verdict', () => {
  it('makes a later expiry of certificate and seal a notice, not a failure', async () => {
    const report = verifyOfd(
      await kit.sign(buildOfd()),
      kit.options({ at: new Date('2031-01-01T00:00:00Z'), revocation: 'whenAvailable' }),
    );
    expect(report).toMatchObject({ overall: 'valid', validAtSigning: 'valid', validNow: 'invalid' });
    expect(noticesOf(report)).toEqual(expect.arrayContaining(['expiredSince', 'sealExpiredSince']));
  });

  it('makes a revocation after signing a notice, and one before signing a failure', async () => {
    const sealed = await kit.sign(buildOfd());
    const at = async (revokedAt: string): Promise<VerificationReport> =>
      verifyOfd(
        sealed,
        kit.options({ revocationLists: [await kit.revoke(kit.signer.serialHex, new Date(revokedAt))] }),
      );
    const later = await at('2026-06-10T00:00:00Z');
    expect(later).toMatchObject({ overall: 'valid', validAtSigning: 'valid', validNow: 'invalid' });
    expect(noticesOf(later)).toContain('revokedLater');
    expect(await at('2026-05-10T00:00:00Z')).toMatchObject({
      overall: 'invalid',
      reason: 'revoked',
      firstFailedStep: 'signer_cert',
    });
  });

  it('cannot tell of a seal whose key was compromised later, unless it is proven to be older', async () => {
    const sealed = await kit.sign(buildOfd());
    const compromisedAt = new Date('2026-06-10T00:00:00Z');
    const revocationLists = [await kit.revoke(kit.signer.serialHex, compromisedAt, 1)];
    const judge = (more: Partial<VerificationOptions>): VerificationReport =>
      verifyOfd(sealed, kit.options({ revocationLists, ...more }));
    expect(judge({})).toMatchObject({
      overall: 'cannotTell',
      reason: 'keyCompromised',
      firstFailedStep: 'signer_cert',
    });
    const { signature } = readSealSignature(entry(sealed, VALUE));
    const stamped = judge({ detachedTimestamps: [await tokenOver(signature, SIGNED_AT)] });
    expect(stamped).toMatchObject({ overall: 'valid', validNow: 'invalid' });
    expect(noticesOf(stamped)).toContain('revokedLaterForKeyCompromise');
    const late = await tokenOver(signature, new Date('2026-06-11T00:00:00Z'));
    expect(judge({ detachedTimestamps: [late] }).overall).toBe('cannotTell');
    const recorded = judge({ existedBy: new Date('2026-06-01T02:00:05Z') });
    expect(recorded.overall).toBe('valid');
    expect(noticesOf(recorded)).toContain('existenceRecorded');
    expect(judge({ existedBy: compromisedAt }).overall).toBe('cannotTell');
  });

  it('cannot tell either where the key of the maker of the seal was compromised later', async () => {
    const sealed = await kit.sign(buildOfd());
    const revocationLists = [await kit.revoke(kit.maker.serialHex, new Date('2026-06-10T00:00:00Z'), 1)];
    expect(verifyOfd(sealed, kit.options({ revocationLists }))).toMatchObject({
      overall: 'cannotTell',
      reason: 'keyCompromised',
      firstFailedStep: 'maker_cert',
    });
  });

  it('cannot tell without a revocation list, unless lists are optional', async () => {
    const sealed = await kit.sign(buildOfd());
    expect(verifyOfd(sealed, kit.options({ revocationLists: [] }))).toMatchObject({
      overall: 'cannotTell',
      reason: 'revocationUnknown',
    });
    const optional = verifyOfd(sealed, kit.options({ revocationLists: [], revocation: 'whenAvailable' }));
    expect(optional.overall).toBe('valid');
    expect(noticesOf(optional)).toContain('revocationNotJudged');
  });

  it('says that the signing time is the signer’s word where no timestamp proves it', async () => {
    const report = verifyOfd(await kit.sign(buildOfd()), kit.options());
    expect(noticesOf(report)).toEqual(['signingTimeNotProven']);
    expect(report.signatures[0]).toMatchObject({ signedAt: SIGNED_AT.toISOString() });
  });
});

describe('timestamps', () => {
  const stampedAt = new Date(SIGNED_AT.getTime() + 60_000);

  it('prove the time from beside the file, for the signature that they are over', async () => {
    const sealed = await kit.sign(buildOfd());
    const { signature } = readSealSignature(entry(sealed, VALUE));
    const other = await tokenOver(Buffer.from('something else'), stampedAt);
    const report = verifyOfd(
      sealed,
      kit.options({ detachedTimestamps: [other, await tokenOver(signature, stampedAt)] }),
    );
    expect(report.overall).toBe('valid');
    expect(report.signatures[0]).toMatchObject({ timestampAt: stampedAt.toISOString(), notices: [] });
    expect(stepOf(report, 'timestamp')).toEqual({ step: 'timestamp', outcome: 'passed' });
  });

  it('are judged inside the seal signature too, and a wrong one there fails the file', async () => {
    const sealed = await kit.sign(buildOfd());
    const value = entry(sealed, VALUE);
    const { signature } = readSealSignature(value);
    const fields = readSequence(readDer(value)).map(({ encoded }) => encoded);
    const withToken = (token: Uint8Array): Uint8Array =>
      replaced(sealed, VALUE, derSequence(...fields, derContext(0, derBitString(token))));
    const right = verifyOfd(withToken(await tokenOver(signature, stampedAt)), kit.options());
    expect(right).toMatchObject({ overall: 'valid' });
    expect(right.signatures[0]?.timestampAt).toBe(stampedAt.toISOString());
    const wrong = verifyOfd(withToken(await tokenOver(value, stampedAt)), kit.options());
    expect(wrong).toMatchObject({
      overall: 'invalid',
      firstFailedStep: 'timestamp',
      reason: 'timestampImprint',
    });
  });

  it('inside a seal of version 5 are judged over the maker’s signature', async () => {
    const seal = await kit.seal({ version: 5 });
    const fields = readSequence(readDer(seal)).map(({ encoded }) => encoded);
    const { signature } = readElectronicSeal(seal);
    const withToken = async (over: Uint8Array): Promise<VerificationReport> => {
      const token = await tokenOver(over, new Date('2026-01-03T00:00:00Z'));
      const electronicSeal = derSequence(...fields, derContext(0, derBitString(token)));
      return verifyOfd(await kit.sign(buildOfd(), { electronicSeal }), kit.options());
    };
    expect(await withToken(signature)).toMatchObject({ overall: 'valid' });
    expect(await withToken(seal)).toMatchObject({
      overall: 'invalid',
      firstFailedStep: 'seal_signature',
      reason: 'timestampImprint',
    });
  });

  it('that contradict the stated signing time fail the file', async () => {
    const sealed = await kit.sign(buildOfd());
    const { signature } = readSealSignature(entry(sealed, VALUE));
    const early = await tokenOver(signature, new Date(SIGNED_AT.getTime() - 3_600_000));
    expect(verifyOfd(sealed, kit.options({ detachedTimestamps: [early] }))).toMatchObject({
      overall: 'invalid',
      reason: 'timestampBeforeSigning',
    });
  });

  it('of an authority that nobody trusts leave the step undecided', async () => {
    const stranger = await createSealKit();
    const sealed = await kit.sign(buildOfd());
    const { signature } = readSealSignature(entry(sealed, VALUE));
    const token = await tokenOver(signature, stampedAt, stranger);
    expect(verifyOfd(sealed, kit.options({ detachedTimestamps: [token] }))).toMatchObject({
      overall: 'cannotTell',
      firstFailedStep: 'timestamp',
    });
  });
});

describe('traps that simple validators fall into', () => {
  it('names a file added beside what was sealed', async () => {
    const reading = readContainer(await kit.sign(buildOfd()));
    const entries = reading.ok ? [...reading.entries.values()] : [];
    const report = verifyOfd(
      rawZip([...entries, { name: 'Doc_0/x.xml', data: Buffer.from('<x/>') }]),
      kit.options(),
    );
    expect(report).toMatchObject({
      overall: 'invalid',
      reason: 'entryNotCovered',
      firstFailedStep: 'references',
    });
    expect(stepOf(report, 'references')?.detail).toBe('Doc_0/x.xml');
  });

  it('refuses a forged entry before the sealed one under the same name', async () => {
    const reading = readContainer(await kit.sign(buildOfd()));
    const entries = reading.ok ? [...reading.entries.values()] : [];
    const forged = { name: 'Doc_0/Pages/Page_0/Content.xml', data: Buffer.from('<x/>') };
    expect(verifyOfd(rawZip([forged, ...entries]), kit.options())).toMatchObject({
      overall: 'invalid',
      reason: 'duplicateName',
      firstFailedStep: 'format',
    });
  });

  it('goes on after the stamp signature: an expired seal with right signatures is invalid', async () => {
    const electronicSeal = await kit.seal({ validUntil: new Date('2026-05-31T00:00:00Z') });
    const report = verifyOfd(await kit.sign(buildOfd(), { electronicSeal }), kit.options());
    expect(report).toMatchObject({
      overall: 'invalid',
      reason: 'sealExpired',
      firstFailedStep: 'seal_period',
    });
    expect(stepOf(report, 'stamp_signature')?.outcome).toBe('passed');
  });

  it('calls a file without any signature invalid, not unknown', () => {
    expect(verifyOfd(buildOfd(), kit.options())).toMatchObject({ overall: 'invalid', reason: 'noSignature' });
  });

  it('finds the first seal of a joint file invalid once what both cover has changed', async () => {
    const second = await kit.issue('sealSigner');
    const electronicSeal = await kit.seal({ signerCertificates: [second.certificate] });
    const both = await kit.sign(await kit.sign(buildOfd(), { lock: false }), { electronicSeal }, second);
    const changed = verifyOfd(replaced(both, 'Doc_0/Attachs/face.json', Buffer.from('{}')), kit.options());
    expect(changed.signatures.map(({ firstFailedStep }) => firstFailedStep)).toEqual([
      'references',
      'references',
    ]);
  });
});

describe('seals of other shapes', () => {
  /** A seal that lists digests of certificates (certListType 2) instead of the certificates. */
  async function digestSeal(type: string, digest: Uint8Array): Promise<Uint8Array> {
    const [information] = readSequence(readDer(await kit.seal()));
    const [header, id, property, picture] = readSequence(information);
    const [kind, name, , , ...dates] = readSequence(property);
    const encoded = (...nodes: readonly ({ readonly encoded: Uint8Array } | undefined)[]): Uint8Array[] =>
      nodes.flatMap((node) => (node === undefined ? [] : [node.encoded]));
    const list = derSequence(derSequence(derPrintableString(type), derOctetString(digest)));
    const changed = derSequence(...encoded(kind, name), derInteger(2), list, ...encoded(...dates));
    const info = derSequence(...encoded(header, id), changed, ...encoded(picture));
    return derSequence(
      info,
      derOctetString(kit.maker.certificate),
      derOid(SM2_WITH_SM3),
      derBitString(signSm2(kit.maker.key, info)),
    );
  }

  it('are accepted when they list the digest of the signer’s certificate', async () => {
    const electronicSeal = await digestSeal('SM3', sm3(kit.signer.certificate));
    expect(verifyOfd(await kit.sign(buildOfd(), { electronicSeal }), kit.options()).overall).toBe('valid');
  });

  it.each([
    ['another certificate’s digest', 'SM3', () => sm3(kit.maker.certificate)],
    ['a digest by an unknown algorithm', 'MD5', () => sm3(kit.signer.certificate)],
  ])('are refused when they list %s', async (_what, type, digest) => {
    const electronicSeal = await digestSeal(type, digest());
    expect(verifyOfd(await kit.sign(buildOfd(), { electronicSeal }), kit.options())).toMatchObject({
      overall: 'invalid',
      reason: 'signerNotInSeal',
    });
  });

  it('are refused when seal and signature are of different versions', async () => {
    const prepared = prepareOfdSeal(buildOfd(), {
      electronicSeal: await kit.seal({ version: 5 }),
      signerCertificate: kit.signer.certificate,
      signedAt: SIGNED_AT,
      boxes: [],
      lock: true,
    });
    const [, ...fields] = readSequence(readDer(prepared.toBeSigned)).map(({ encoded }) => encoded);
    const toBeSigned = derSequence(derInteger(4), ...fields);
    const value = signSm2(kit.signer.key, toBeSigned);
    const sealed = finishOfdSeal({ ...prepared, toBeSigned }, { kind: 'raw', value });
    expect(verifyOfd(sealed, kit.options())).toMatchObject({ overall: 'invalid', reason: 'malformedSeal' });
  });
});

describe('verifyFile', () => {
  it('judges by content, and calls what is neither OFD nor PDF invalid', async () => {
    expect(verifyFile(await kit.sign(buildOfd()), kit.options())).toMatchObject({
      kind: 'ofd',
      overall: 'valid',
    });
    expect(verifyFile(Buffer.from('%PDF-1.7\n'), kit.options())).toMatchObject({
      kind: 'pdf',
      overall: 'invalid',
    });
    expect(verifyFile(Buffer.from('GIF89a'), kit.options())).toMatchObject({
      kind: 'unknown',
      overall: 'invalid',
      reason: 'unknownKind',
    });
    expect(verifyFile(new Uint8Array(), kit.options()).overall).toBe('invalid');
  });

  it('answers the same before and after JSON, so that a stored report is the report', async () => {
    const report = verifyFile(await kit.sign(buildOfd()), kit.options());
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report).toMatchObject({ judgedAt: JUDGED_AT.toISOString(), metadata: { ZZMC: '道路运输证' } });
  });

  it('throws for no bytes whatever and accepts no file that says anything else than the sealed one', async () => {
    const sealed = await kit.sign(buildOfd());
    const options = kit.options();
    const dataEnd = Buffer.from(sealed).indexOf(Buffer.from('PK\u0001\u0002', 'latin1'));
    fc.assert(
      fc.property(fc.nat(dataEnd - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Uint8Array.from(sealed);
        bytes[at] = (bytes[at] ?? 0) ^ change;
        return verifyFile(bytes, options).overall !== 'valid' || saysTheSame(bytes, sealed);
      }),
      { numRuns: 400 },
    );
  });
});

/**
 * Some bits of a container carry nothing: "version needed to extract" (APPNOTE 4.4.3), the padding behind the last block
 * of a deflated entry (RFC 1951, 3.2.3). A file that differs in them has the same entries, octet by octet.
 */
function saysTheSame(changed: Uint8Array, original: Uint8Array): boolean {
  const [left, right] = [readContainer(changed), readContainer(original)];
  if (!left.ok || !right.ok) return false;
  const content = (reading: typeof left): [string, string][] =>
    [...reading.entries].map(([name, entry]) => [name, Buffer.from(entry.data).toString('hex')]);
  return JSON.stringify(content(left)) === JSON.stringify(content(right));
}
