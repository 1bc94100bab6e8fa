import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readContainer } from '../../../documents/container/read-container';
import { readSealSignature } from '../../../documents/ses-reading/read-seal-signature';
import type { VerificationReport } from '../../../documents/verification/verification-report';
import { verifyOfd } from '../../../documents/verification/verify-ofd';

const AT = new Date('2026-11-01T00:00:00Z');

function sample(name: string): Uint8Array {
  return readFileSync(join(__dirname, '../../samples/ofd', name));
}

/** The issuers are not in the files, so trust is put into the two certificates themselves. */
function ownCertificates(ofd: Uint8Array): Uint8Array[] {
  const reading = readContainer(ofd);
  const value = reading.ok ? reading.entries.get('Doc_0/Signs/Sign_0/SignedValue.dat') : undefined;
  if (value === undefined) throw new Error('the sample has no signature value');
  const signature = readSealSignature(value.data);
  return [signature.signerCertificate, signature.seal.makerCertificate];
}

function verify(name: string, trusted: boolean): VerificationReport {
  const ofd = sample(name);
  return verifyOfd(ofd, { trustAnchors: trusted ? ownCertificates(ofd) : [], revocationLists: [], at: AT });
}

function outcomes(report: VerificationReport): Record<string, string> {
  return Object.fromEntries((report.signatures[0]?.steps ?? []).map(({ step, outcome }) => [step, outcome]));
}

describe('real OFD files of other makers', () => {
  it('finds allprotected.ofd valid, every entry covered', () => {
    const report = verify('allprotected.ofd', true);
    expect(report).toMatchObject({ overall: 'valid', reason: 'valid', validAtSigning: 'valid' });
    expect(report.signatures).toHaveLength(1);
    expect(report.signatures[0]?.coverage.uncovered).toEqual([]);
    expect(report.signatures[0]?.seal).toMatchObject({ version: 4, name: 'OFD R&W 测试用印章' });
    expect(report.signatures[0]?.signedAt).toBe('2020-10-23T11:45:37.000Z');
  });

  it('finds 999.ofd valid and names what its signature leaves open', () => {
    const report = verify('999.ofd', true);
    expect(report.overall).toBe('valid');
    expect(report.signatures[0]?.coverage.uncovered).toEqual(['OFD.xml', 'Doc_0/Signs/Signatures.xml']);
    expect(report.signatures[0]?.notices).toContainEqual({
      code: 'partialCoverage',
      detail: 'OFD.xml, Doc_0/Signs/Signatures.xml',
    });
    expect(report.notices).toContainEqual({ code: 'metadataNotCovered' });
    expect(outcomes(report)['seal_file']).toBe('skipped');
  });

  it('finds SESV4SignDoc.ofd invalid at signer_cert although digests and signatures are right', () => {
    const report = verify('SESV4SignDoc.ofd', true);
    expect(report).toMatchObject({ overall: 'invalid', reason: 'expired', firstFailedStep: 'signer_cert' });
    expect(outcomes(report)).toMatchObject({
      references: 'passed',
      dataHash: 'passed',
      stamp_signature: 'passed',
      signer_in_seal: 'passed',
      seal_signature: 'passed',
      seal_period: 'failed',
    });
    expect(verify('SESV4SignDoc.ofd', false)).toMatchObject({ overall: 'invalid', reason: 'expired' });
  });

  it('finds n.ofd invalid at references and tells which later steps hold', () => {
    const report = verify('n.ofd', true);
    expect(report).toMatchObject({
      overall: 'invalid',
      reason: 'digestAlgorithmUnknown',
      firstFailedStep: 'references',
    });
    expect(outcomes(report)).toMatchObject({
      dataHash: 'failed',
      stamp_signature: 'failed',
      signer_in_seal: 'failed',
      seal_signature: 'passed',
    });
    expect(report.signatures[0]?.signedAt).toBe('2020-01-25T07:31:56.377Z');
  });

  it.each(['allprotected.ofd', '999.ofd'])(
    'cannot tell about %s without an anchor: chain not judged',
    (name) => {
      expect(verify(name, false)).toMatchObject({
        overall: 'cannotTell',
        reason: 'chainNotJudged',
        firstFailedStep: 'signer_cert',
      });
    },
  );
});
