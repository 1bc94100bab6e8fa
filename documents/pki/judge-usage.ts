import { oid } from './object-identifiers';
import type { SigningCertificate } from './signing-certificate';

export type CertificateUsage = 'sealSigner' | 'sealMaker' | 'documentSigner' | 'timestamp';

const DOCUMENT_PURPOSES: ReadonlySet<string> = new Set([
  oid.anyExtKeyUsage,
  oid.emailProtection,
  oid.documentSigning,
  oid.microsoftDocumentSigning,
  oid.adobeDocumentSigning,
]);

/**
 * May this certificate's key sign for that use?
 * @returns false when keyUsage is given without digitalSignature or nonRepudiation, or when the extended key usage
 * excludes the use. Timestamps need timeStamping alone, marked critical (RFC 3161 section 2.3); seals honour an
 * extended key usage only where it is critical, since GB/T 38540 speaks of keyUsage alone.
 */
export function judgeUsage(certificate: SigningCertificate, usage: CertificateUsage): boolean {
  const { keyUsage, extKeyUsage } = certificate;
  if (keyUsage !== undefined && !keyUsage.has('digitalSignature') && !keyUsage.has('nonRepudiation'))
    return false;
  const serves = extKeyUsage?.purposes.some((purpose) => DOCUMENT_PURPOSES.has(purpose)) ?? true;
  switch (usage) {
    case 'timestamp':
      return (
        extKeyUsage?.critical === true &&
        extKeyUsage.purposes.length === 1 &&
        extKeyUsage.purposes[0] === oid.timeStamping
      );
    case 'documentSigner':
      return serves;
    case 'sealSigner':
    case 'sealMaker':
      return serves || extKeyUsage?.critical !== true;
  }
}
