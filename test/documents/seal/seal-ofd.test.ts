import fc from 'fast-check';
import { readContainer } from '../../../documents/container/read-container';
import { derBitString, derOctetString, derOid, derSequence } from '../../../documents/pki/der-writer';
import { finishOfdSeal } from '../../../documents/seal/finish-ofd-seal';
import { SM2_WITH_SM3 } from '../../../documents/seal/make-electronic-seal';
import { prepareOfdSeal } from '../../../documents/seal/prepare-ofd-seal';
import { SealingFault } from '../../../documents/seal/sealing-fault';
import { readElectronicSeal } from '../../../documents/ses-reading/read-electronic-seal';
import { signSm2 } from '../../../documents/sm/sm2';
import { sm2SignatureParts } from '../../../documents/sm/sm2-signature-form';
import { verifyOfd } from '../../../documents/verification/verify-ofd';
import { buildOfd } from '../../support/ofd-builder';
import { createSealKit, type SealKit, SIGNED_AT } from '../../support/seal-kit';

let kit: SealKit;
beforeAll(async () => {
  kit = await createSealKit();
});

const names = (ofd: Uint8Array): string[] => {
  const reading = readContainer(ofd);
  return reading.ok ? [...reading.entries.keys()] : [];
};

async function order(overrides: Partial<Parameters<typeof prepareOfdSeal>[1]> = {}) {
  return {
    electronicSeal: await kit.seal(),
    signerCertificate: kit.signer.certificate,
    signedAt: SIGNED_AT,
    boxes: [{ pageIndex: 0, xMm: 100, yMm: 100, widthMm: 40, heightMm: 40 }],
    lock: true,
    ...overrides,
  };
}

describe('makeElectronicSeal', () => {
  it.each([4, 5] as const)(
    'makes a seal of version %d that reads back as it was ordered',
    async (version) => {
      const seal = readElectronicSeal(await kit.seal({ version, name: '某局专用章' }));
      expect(seal).toMatchObject({
        version,
        name: '某局专用章',
        type: 1,
        id: '15060000000001',
        vendorId: 'ecert',
      });
      expect(seal.picture).toMatchObject({ type: 'png', widthMm: 40, heightMm: 40 });
      expect(seal.signers).toEqual({
        kind: 'certificates',
        certificates: [Buffer.from(kit.signer.certificate)],
      });
    },
  );

  it.each([
    ['without a certificate that may sign', { signerCertificates: [] }],
    ['with an id outside ASCII', { id: '章' }],
    ['whose period is empty', { validUntil: new Date('2026-01-02T00:00:00Z') }],
    [
      'of half a millimetre',
      { picture: { type: 'png', data: new Uint8Array(1), widthMm: 0.5, heightMm: 40 } },
    ],
  ] as const)('refuses a seal %s', async (_what, overrides) => {
    await expect(kit.seal(overrides)).rejects.toThrow(SealingFault);
  });
});

describe('sealing an OFD file', () => {
  it.each([4, 5] as const)(
    'gives a file that verifies as valid with a seal of version %d',
    async (version) => {
      const sealed = await kit.sign(buildOfd(), { electronicSeal: await kit.seal({ version }) });
      const report = verifyOfd(sealed, kit.options());
      expect(report).toMatchObject({ overall: 'valid', reason: 'valid', validNow: 'valid' });
      expect(report.signatures[0]?.seal).toMatchObject({ version, name: '鄂尔多斯市测试专用章' });
    },
  );

  it('covers every entry but its own Signature.xml and SignedValue.dat when it locks', async () => {
    const sealed = await kit.sign(buildOfd());
    expect(verifyOfd(sealed, kit.options()).signatures[0]?.coverage.uncovered).toEqual([]);
    expect(names(sealed).filter((name) => name.includes('Sign_0'))).toEqual([
      'Doc_0/Signs/Sign_0/Seal.esl',
      'Doc_0/Signs/Sign_0/Signature.xml',
      'Doc_0/Signs/Sign_0/SignedValue.dat',
    ]);
  });

  it('leaves only Signatures.xml open when it does not lock, and says so', async () => {
    const sealed = await kit.sign(buildOfd(), { lock: false });
    const report = verifyOfd(sealed, kit.options());
    expect(report.overall).toBe('valid');
    expect(report.signatures[0]?.coverage.uncovered).toEqual(['Doc_0/Signs/Signatures.xml']);
  });

  it('seals a file that has no list of seals yet, and covers OFD.xml in it', async () => {
    const sealed = await kit.sign(buildOfd({ withSignaturesList: false }));
    const report = verifyOfd(sealed, kit.options());
    expect(report.overall).toBe('valid');
    expect(report.signatures[0]?.coverage.uncovered).toEqual([]);
  });

  it('puts several seals on one file; earlier ones stay valid and the last locks', async () => {
    const second = await kit.issue('sealSigner', { commonName: '第二机关' });
    const secondSeal = await kit.seal({ signerCertificates: [second.certificate], name: '第二机关专用章' });
    const first = await kit.sign(buildOfd(), { lock: false });
    const both = await kit.sign(
      first,
      { electronicSeal: secondSeal, boxes: [{ pageIndex: 0, xMm: 20, yMm: 200, widthMm: 40, heightMm: 40 }] },
      second,
    );
    const report = verifyOfd(both, kit.options());
    expect(report.overall).toBe('valid');
    expect(report.signatures.map(({ seal }) => seal?.name)).toEqual([
      '鄂尔多斯市测试专用章',
      '第二机关专用章',
    ]);
    expect(report.signatures[1]?.coverage.uncovered).toEqual([
      'Doc_0/Signs/Sign_0/Signature.xml',
      'Doc_0/Signs/Sign_0/SignedValue.dat',
    ]);
    await expect(kit.sign(both)).rejects.toThrow('locked');
  });

  it('prepares the same bytes for the same input', async () => {
    const same = await order();
    expect(prepareOfdSeal(buildOfd(), same)).toEqual(prepareOfdSeal(buildOfd(), same));
  });

  it('can be finished after its finishing values went through JSON', async () => {
    const prepared = prepareOfdSeal(buildOfd(), await order());
    const finishing: typeof prepared.finishing = JSON.parse(JSON.stringify(prepared.finishing));
    const value = signSm2(kit.signer.key, prepared.toBeSigned);
    const sealed = finishOfdSeal({ ...prepared, finishing }, { kind: 'raw', value });
    expect(verifyOfd(sealed, kit.options()).overall).toBe('valid');
  });

  it('takes r‖s of a device as well as DER, and no other signature form', async () => {
    const prepared = prepareOfdSeal(buildOfd(), await order());
    const der = signSm2(kit.signer.key, prepared.toBeSigned);
    const parts = sm2SignatureParts(der) ?? new Uint8Array();
    expect(finishOfdSeal(prepared, { kind: 'raw', value: parts })).toEqual(
      finishOfdSeal(prepared, { kind: 'raw', value: der }),
    );
    expect(() => finishOfdSeal(prepared, { kind: 'raw', value: new Uint8Array(70) })).toThrow(SealingFault);
  });

  it('holds for any text and metadata that XML can carry', async () => {
    const electronicSeal = await kit.seal();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: fc.constantFrom('证', '照', 'A', '9', ' ') }), async (text) => {
        const sealed = await kit.sign(buildOfd({ text, metadata: { ZZMC: text } }), { electronicSeal });
        const report = verifyOfd(sealed, kit.options());
        return report.overall === 'valid' && report.metadata['ZZMC'] === text;
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['a page that is not there', { boxes: [{ pageIndex: 1, xMm: 0, yMm: 0, widthMm: 40, heightMm: 40 }] }],
    ['a box without area', { boxes: [{ pageIndex: 0, xMm: 0, yMm: 0, widthMm: 0, heightMm: 40 }] }],
    ['bytes that are no seal', { electronicSeal: Buffer.from('seal') }],
  ])('refuses %s', async (_what, overrides) => {
    const wrong = await order(overrides);
    expect(() => prepareOfdSeal(buildOfd(), wrong)).toThrow(SealingFault);
  });

  it('refuses a container that the reader refuses', async () => {
    const usual = await order();
    expect(() => prepareOfdSeal(buildOfd().subarray(0, 400), usual)).toThrow('truncatedContainer');
  });
});

describe('a finished SES_Signature of a remote service', () => {
  const answer = (tbs: Uint8Array, certificate = kit.signer.certificate, key = kit.signer.key): Uint8Array =>
    derSequence(tbs, derOctetString(certificate), derOid(SM2_WITH_SM3), derBitString(signSm2(key, tbs)));

  it('is taken when it signs what was prepared', async () => {
    const prepared = prepareOfdSeal(buildOfd(), await order());
    const sealed = finishOfdSeal(prepared, { kind: 'sesSignature', value: answer(prepared.toBeSigned) });
    expect(verifyOfd(sealed, kit.options()).overall).toBe('valid');
  });

  it('is taken with a signing time of the service', async () => {
    const usual = await order();
    const prepared = prepareOfdSeal(buildOfd(), usual);
    const later = Buffer.from(
      Buffer.from(prepared.toBeSigned).toString('latin1').replace('20260601020000Z', '20260601020001Z'),
      'latin1',
    );
    const sealed = finishOfdSeal(prepared, { kind: 'sesSignature', value: answer(later) });
    expect(verifyOfd(sealed, kit.options()).overall).toBe('valid');
  });

  it('is refused when it signs another file, another certificate or another seal', async () => {
    const usual = await order();
    const prepared = prepareOfdSeal(buildOfd(), usual);
    const other = prepareOfdSeal(buildOfd({ text: '另一份' }), usual);
    const otherSeal = prepareOfdSeal(
      buildOfd(),
      await order({ electronicSeal: await kit.seal({ id: '2' }) }),
    );
    const stranger = await kit.issue('sealSigner');
    const refuse = (value: Uint8Array, why: string): void => {
      expect(() => finishOfdSeal(prepared, { kind: 'sesSignature', value })).toThrow(why);
    };
    refuse(answer(other.toBeSigned), 'another dataHash');
    refuse(answer(otherSeal.toBeSigned), 'another electronic seal');
    refuse(answer(prepared.toBeSigned, stranger.certificate, stranger.key), 'another certificate');
    refuse(
      answer(prepared.toBeSigned, kit.signer.certificate, stranger.key),
      'signature of the service is wrong',
    );
    refuse(Buffer.from('no DER'), 'no SES_Signature');
  });
});
