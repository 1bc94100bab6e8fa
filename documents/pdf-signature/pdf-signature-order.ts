export interface PdfSignatureAppearance {
  readonly pageIndex: number;
  /** From the left edge of the page as it is seen. */
  readonly xMm: number;
  /** From the top edge of the page as it is seen. */
  readonly yMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
  /** Content stream operators that draw in a box of widthPt × heightPt with the origin at its lower left. */
  readonly content: string;
}

export interface PdfSignatureOrder {
  /** DER certificate with an RSA key. */
  readonly signerCertificate: Uint8Array;
  /** The path above it, without the root if that is to be known otherwise. */
  readonly chain: readonly Uint8Array[];
  /** The claimed time, written as /M. */
  readonly signedAt: Date;
  readonly reason?: string;
  readonly location?: string;
  readonly name?: string;
  /** Absent: an invisible signature on the first page. */
  readonly appearance?: PdfSignatureAppearance;
  /** Unique within the file. */
  readonly fieldName: string;
  /** Certifies the document: 1 no changes, 2 further signatures and form filling, 3 annotations too. First signature only. */
  readonly docMdp?: 1 | 2 | 3;
  /** Room for a timestamp token that may arrive before delivery; 0 gives a signature without padding. */
  readonly timestampReserveBytes?: number;
}

/** Everything that finishing needs, in plain JSON values (base64 for bytes). */
export interface PdfFinishing {
  /** Offset of the first hexadecimal digit of /Contents in the container. */
  readonly contentsOffset: number;
  /** Room in /Contents, in bytes of the CMS structure. */
  readonly contentsBytes: number;
  /** The whole CMS structure with zeros where the signature goes, so that finishing builds nothing. */
  readonly cms: string;
  readonly signatureOffset: number;
  readonly signatureBytes: number;
  /** SubjectPublicKeyInfo of the signer, against which the signature is checked before it is put in. */
  readonly publicKey: string;
  readonly signerCertificate: string;
  readonly chain: readonly string[];
}

export interface PreparedPdfSignature {
  readonly kind: 'pdf';
  /** The complete file; only the hexadecimal digits of /Contents are still zeros. */
  readonly container: Uint8Array;
  /** DER of the CMS signed attributes: what the key signs. */
  readonly toBeSigned: Uint8Array;
  readonly finishing: PdfFinishing;
}
