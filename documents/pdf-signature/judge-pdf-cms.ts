import { DerError } from '../pki/der-reader';
import { oid } from '../pki/object-identifiers';
import { type CmsSignedData, type CmsSigner, readSignedData } from '../pki/read-signed-data';
import type { SigningCertificate } from '../pki/signing-certificate';
import type { SignatureOutcome } from '../pki/verify-signature-value';
import { type SignerFinding, verifySigner } from '../pki/verify-signer';
import type { StepReport } from '../verification/verification-report';

/** What the CMS structure of a PDF signature says, and the two steps that it passes or fails. */
export interface CmsJudgement {
  readonly steps: readonly StepReport[];
  readonly signedData?: CmsSignedData;
  readonly signer?: CmsSigner;
  readonly certificate?: SigningCertificate;
  readonly signingCertificateAbsent: boolean;
}

function judgeDigest(finding: SignerFinding): StepReport {
  switch (finding.digest) {
    case 'right':
      return finding.contentTypeRight
        ? { step: 'digest', outcome: 'passed' }
        : { step: 'digest', outcome: 'failed', reason: 'contentTypeDiffers' };
    case 'wrong':
      return { step: 'digest', outcome: 'failed', reason: 'digestDiffers' };
    case 'weak':
      return { step: 'digest', outcome: 'failed', reason: 'weakDigest' };
    case 'unsupported':
      return { step: 'digest', outcome: 'cannotTell', reason: 'unsupportedDigest' };
  }
}

function judgeValue(outcome: SignatureOutcome): StepReport {
  switch (outcome) {
    case 'right':
      return { step: 'signature', outcome: 'passed' };
    case 'wrong':
      return { step: 'signature', outcome: 'failed', reason: 'signatureWrong' };
    case 'weak':
      return { step: 'signature', outcome: 'failed', reason: 'weakAlgorithm' };
    case 'unsupported':
      return { step: 'signature', outcome: 'cannotTell', reason: 'unsupportedAlgorithm' };
  }
}

function judgeSignature(finding: SignerFinding, bindingRequired: boolean): StepReport {
  const step = 'signature';
  if (finding.certificate === undefined) {
    return { step, outcome: 'cannotTell', reason: 'signerCertificateMissing' };
  }
  if (finding.signingCertificate === 'wrong')
    return { step, outcome: 'failed', reason: 'signingCertificateDiffers' };
  if (finding.signingCertificate === 'absent' && bindingRequired) {
    return { step, outcome: 'failed', reason: 'signingCertificateMissing' };
  }
  return judgeValue(finding.signature);
}

function malformed(reason: 'cmsMalformed'): CmsJudgement {
  return {
    steps: [
      { step: 'digest', outcome: 'skipped' },
      { step: 'signature', outcome: 'failed', reason },
    ],
    signingCertificateAbsent: false,
  };
}

/**
 * Judges digest and signature of a detached CMS signature over the covered parts of a PDF.
 * @param bindingRequired CAdES and PAdES demand the signingCertificateV2 attribute; the older sub filter does not.
 * @returns the steps `digest` and `signature`; trust is judged elsewhere. Never throws for malformed input.
 * Source: RFC 5652 section 5, ETSI EN 319 142-1 clause 6.3.
 */
export function judgePdfCms(
  contents: Uint8Array,
  covered: readonly Uint8Array[],
  bindingRequired: boolean,
  extraCertificates: readonly Uint8Array[],
): CmsJudgement {
  try {
    const signedData = readSignedData(contents);
    const [signer, ...others] = signedData.signers;
    // A content inside the structure, or a second signer, could be what some reader verifies instead of the file.
    const detached = signedData.content === undefined && signedData.contentType === oid.data;
    if (signer === undefined || others.length > 0 || !detached) return malformed('cmsMalformed');
    const finding = verifySigner(signedData, signer, covered, extraCertificates);
    return {
      steps: [judgeDigest(finding), judgeSignature(finding, bindingRequired)],
      signedData,
      signer,
      signingCertificateAbsent: finding.signingCertificate === 'absent',
      ...(finding.certificate === undefined ? {} : { certificate: finding.certificate }),
    };
  } catch (error) {
    if (error instanceof DerError) return malformed('cmsMalformed');
    throw error;
  }
}
