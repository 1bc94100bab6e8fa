import type { CertificateMark, CertificateState } from '../domain/certificate/lifecycle';

/** What anybody may learn of an issued certificate (art. 6). */
export interface PublicCertificate {
  readonly certificateVersionId: string;
  readonly certificateName: string;
  readonly number: string;
  readonly identifier: string;
  readonly version: string;
  readonly state: CertificateState;
  readonly marks: readonly CertificateMark[];
  readonly maskedHolders: readonly {
    readonly name: string;
    readonly code: string | null;
    readonly share: string | null;
  }[];
  readonly publicFace: Readonly<Record<string, unknown>>;
  readonly issuingAuthority: string;
  readonly issuingAuthorityCode: string;
  readonly validFrom: string;
  readonly validUntil: string | null;
  readonly issuedOn: string;
  readonly issuedAt: string;
  readonly endedAt: string | null;
  /** 年检 last endorsed on the certificate; null when there is none. */
  readonly lastInspection: {
    readonly endorsedOn: string;
    readonly result: 'passed' | 'failed';
    readonly nextDueOn: string | null;
  } | null;
}

/** The public's only door to the register. No verdict is cached; an anonymous verification is counted, not recorded. */
export interface VerificationDesk {
  byCode(code: string): Promise<PublicCertificate | null>;
  /** `digest`: SM3 of the file, hex. */
  byFileDigest(digest: string): Promise<PublicCertificate | null>;
  /** RFC 3161 tokens (DER) that lie beside the file with this SM3 digest (hex); none for a file of others. */
  fileTimestamps(digest: string): Promise<readonly Uint8Array[]>;
  /** Trust anchors and revocation lists (DER) against which files are judged. */
  trust(): Promise<{
    readonly trustAnchors: readonly Uint8Array[];
    readonly revocationLists: readonly Uint8Array[];
  }>;
  countVerification(certificateVersionId: string): void;
}
