import fc from 'fast-check';
import { finishPdfSignature } from '../../../documents/pdf-signature/finish-pdf-signature';
import { preparePdfSignature } from '../../../documents/pdf-signature/prepare-pdf-signature';
import { makePdfSigningWorld, type PdfSigningWorld, signedAt } from '../../support/pdf-signing-world';
import { makeRsaKey } from '../../support/pki-world';
import { makeSimplePdf } from '../../support/simple-pdf';

// Making RSA keys takes seconds on a busy machine.
jest.setTimeout(60_000);

let world: PdfSigningWorld;

beforeAll(async () => {
  world = await makePdfSigningWorld();
});

describe.each(['table', 'stream'] as const)('a PDF with cross-references in a %s', (style) => {
  it('signed once is valid in every step and covers the whole file', async () => {
    const report = world.judge(await world.sign(makeSimplePdf({ style })));
    expect(report).toMatchObject({ kind: 'pdf', overall: 'valid', reason: 'valid', validNow: 'valid' });
    expect(report.signatures).toHaveLength(1);
    expect(report.signatures[0]).toMatchObject({
      location: 'Signature1',
      signedAt: signedAt.toISOString(),
      signer: { subject: 'CN=测试 documentSigner, C=CN' },
      notices: [{ code: 'signingTimeNotProven' }],
    });
    expect(report.signatures[0]?.steps).toEqual([
      { step: 'format', outcome: 'passed' },
      { step: 'byte_range', outcome: 'passed' },
      { step: 'later_changes', outcome: 'passed' },
      { step: 'digest', outcome: 'passed' },
      { step: 'signature', outcome: 'passed' },
      { step: 'signer_cert', outcome: 'passed' },
      { step: 'timestamp', outcome: 'skipped' },
    ]);
  });

  it('signed by three keeps all three valid and says how many signatures followed', async () => {
    const first = await world.sign(makeSimplePdf({ style, pages: 2 }));
    const { appearance: _, ...invisible } = world.order({ fieldName: 'Signature2' });
    const prepared = preparePdfSignature(first, invisible);
    const second = finishPdfSignature(prepared, await world.key.issuerKey.sign(prepared.toBeSigned));
    const third = await world.sign(second, { fieldName: 'Signature3' });
    const report = world.judge(third);
    expect(report).toMatchObject({ overall: 'valid' });
    expect(report.signatures.map(({ notices }) => notices[0])).toEqual([
      { code: 'laterSignatures', detail: '2' },
      { code: 'laterSignatures', detail: '1' },
      { code: 'signingTimeNotProven' },
    ]);
  });

  it('proves its time by a timestamp inside, or by one kept beside the file', async () => {
    const inside = world.judge(await world.signWithTimestamp(makeSimplePdf({ style })));
    expect(inside).toMatchObject({
      overall: 'valid',
      signatures: [{ timestampAt: '2026-06-01T00:00:05.000Z' }],
    });
    const prepared = preparePdfSignature(makeSimplePdf({ style }), world.order());
    const signature = await world.key.issuerKey.sign(prepared.toBeSigned);
    const file = finishPdfSignature(prepared, signature);
    const token = await world.stamp(signature);
    expect(world.judge(file, { detachedTimestamps: [token] })).toMatchObject({
      overall: 'valid',
      signatures: [{ timestampAt: '2026-06-01T00:00:05.000Z', notices: [] }],
    });
  });

  it('comes out the same for the same order, and differs with the time', () => {
    const base = makeSimplePdf({ style });
    const one = preparePdfSignature(base, world.order());
    const two = preparePdfSignature(base, world.order());
    const later = preparePdfSignature(base, world.order({ signedAt: new Date('2026-06-01T00:00:01Z') }));
    expect(Buffer.compare(one.container, two.container)).toBe(0);
    expect(one.finishing).toEqual(two.finishing);
    expect(Buffer.compare(one.toBeSigned, later.toBeSigned)).not.toBe(0);
    expect(JSON.parse(JSON.stringify(one.finishing))).toEqual(one.finishing);
  });
});

describe('certificates at signing time', () => {
  it('revoked after signing are a notice; before it, the file is invalid', async () => {
    const file = await world.sign(makeSimplePdf());
    const later = await world.pki.lists({
      revoked: [{ serialHex: '1001', revokedAt: new Date('2026-06-02T00:00:00Z') }],
    });
    const earlier = await world.pki.lists({ revoked: [{ serialHex: '1001', revokedAt: signedAt }] });
    const report = world.judge(file, { revocationLists: later });
    expect(report).toMatchObject({ overall: 'valid', validAtSigning: 'valid', validNow: 'invalid' });
    expect(report.signatures[0]?.notices).toContainEqual({
      code: 'revokedLater',
      detail: '2026-06-02T00:00:00.000Z',
    });
    expect(world.judge(file, { revocationLists: earlier })).toMatchObject({
      overall: 'invalid',
      reason: 'revoked',
      firstFailedStep: 'signer_cert',
    });
  });

  it('are the signer’s claim until a timestamp proves the time: a later proven time counts', async () => {
    const revoked = await world.pki.lists({
      revoked: [{ serialHex: '1001', revokedAt: new Date('2026-06-02T00:00:00Z') }],
    });
    const file = await world.signWithTimestamp(makeSimplePdf(), {}, new Date('2026-06-03T00:00:00Z'));
    expect(world.judge(file, { revocationLists: revoked })).toMatchObject({
      overall: 'invalid',
      reason: 'revoked',
    });
  });

  it('without an anchor leave the verdict open', async () => {
    const file = await world.sign(makeSimplePdf());
    expect(world.judge(file, { trustAnchors: [] })).toMatchObject({
      overall: 'cannotTell',
      reason: 'chainNotJudged',
      firstFailedStep: 'signer_cert',
    });
  });

  it('stated to be in the future of the question are refused', async () => {
    const file = await world.sign(makeSimplePdf(), { signedAt: new Date('2026-08-01T00:00:00Z') });
    expect(world.judge(file)).toMatchObject({ overall: 'invalid', reason: 'signedInFuture' });
  });
});

describe('a certification signature', () => {
  it('without permission forbids a further signature, with permission 2 allows it', async () => {
    const closed = await world.sign(makeSimplePdf(), { docMdp: 1 });
    expect(world.judge(closed)).toMatchObject({ overall: 'valid' });
    expect(world.judge(await world.sign(closed, { fieldName: 'Signature2' }))).toMatchObject({
      overall: 'invalid',
      reason: 'laterChangeForbidden',
    });
    const open = await world.sign(makeSimplePdf(), { docMdp: 2 });
    expect(world.judge(await world.sign(open, { fieldName: 'Signature2' }))).toMatchObject({
      overall: 'valid',
    });
  });
});

describe('finishing', () => {
  it('refuses a signature by another key, one over other bytes, and a token without room', async () => {
    const prepared = preparePdfSignature(makeSimplePdf(), world.order());
    const stranger = await makeRsaKey(3072).issuerKey.sign(prepared.toBeSigned);
    expect(() => finishPdfSignature(prepared, stranger)).toThrow('not by the signer');
    const other = await world.key.issuerKey.sign(Buffer.from('other'));
    expect(() => finishPdfSignature(prepared, other)).toThrow('not by the signer');
    const right = await world.key.issuerKey.sign(prepared.toBeSigned);
    const token = await world.stamp(right);
    expect(() => finishPdfSignature(prepared, right, token)).toThrow('does not fit');
  });
});

describe('preparing', () => {
  it('refuses a second field of one name, an unknown page, a turned page and a second certification', async () => {
    const signed = await world.sign(makeSimplePdf(), { docMdp: 2 });
    expect(() => preparePdfSignature(signed, world.order())).toThrow('already has a field');
    expect(() => preparePdfSignature(signed, world.order({ fieldName: 'S2', docMdp: 2 }))).toThrow(
      'already certified',
    );
    const appearance = { pageIndex: 5, xMm: 0, yMm: 0, widthMm: 1, heightMm: 1, content: '' };
    expect(() => preparePdfSignature(makeSimplePdf(), world.order({ appearance }))).toThrow('no page 5');
    const turned = Buffer.from(
      makeSimplePdf().toString('latin1').replace('/Type /Page /Parent', '/Rotate 90 /Parent '),
      'latin1',
    );
    expect(() => preparePdfSignature(turned, world.order())).toThrow('not turned');
  });

  it('keeps annotations and form fields that are there, direct or in objects of their own', async () => {
    const withForm = makeSimplePdf({
      catalog: '/AcroForm << /Fields [6 0 R] /DA (/F1 0 Tf) >>',
      extra: ['<< /FT /Tx /T (name) /V (x) >>'],
    });
    const report = world.judge(await world.sign(await world.sign(withForm), { fieldName: 'Signature2' }));
    expect(report).toMatchObject({ overall: 'valid', signatures: [{}, {}] });
    const withArray = makeSimplePdf({
      catalog: '/AcroForm 6 0 R',
      extra: ['<< /Fields 7 0 R >>', '[8 0 R]', '<< /FT /Tx /T (name) /V (x) >>'],
    });
    expect(
      world.judge(await world.sign(await world.sign(withArray), { fieldName: 'Signature2' })),
    ).toMatchObject({
      overall: 'valid',
    });
  });
});

describe('verifyPdf', () => {
  it('says that a file without signature is not signed, and what is no PDF', () => {
    expect(world.judge(makeSimplePdf())).toMatchObject({ overall: 'invalid', reason: 'noSignature' });
    expect(world.judge(new Uint8Array(0))).toMatchObject({ overall: 'invalid', reason: 'notPdf' });
    expect(world.judge(Buffer.from('%PDF-1.7 nothing'))).toMatchObject({
      overall: 'invalid',
      reason: 'pdfTruncated',
    });
  });

  it('throws on no bytes at all, however cut or overwritten', async () => {
    const file = await world.sign(makeSimplePdf({ style: 'stream' }));
    fc.assert(
      fc.property(
        fc.nat(file.length),
        fc.nat(file.length - 1),
        fc.uint8Array({ minLength: 1, maxLength: 12 }),
        (length, at, patch) => {
          const broken = Uint8Array.from(file.subarray(0, length));
          if (at + patch.length <= broken.length) broken.set(patch, at);
          const same = Buffer.compare(broken, file) === 0;
          expect(world.judge(broken).overall === 'valid').toBe(same);
        },
      ),
      { numRuns: 150 },
    );
  });
});
