/** A mark of the seal on a page: millimetres from the page's upper left corner. */
export interface SealBox {
  readonly pageIndex: number;
  readonly xMm: number;
  readonly yMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
}

export interface OfdSealOrder {
  /** DER of the SESeal. */
  readonly electronicSeal: Uint8Array;
  /** DER of the certificate whose key will sign; the seal should list it. */
  readonly signerCertificate: Uint8Array;
  readonly signedAt: Date;
  readonly boxes: readonly SealBox[];
  /** True for the last or only seal: Signatures.xml comes under its references, and no further seal can follow. */
  readonly lock: boolean;
}

/** What finishing needs beside container and signature: plain JSON values, octets in base64. */
export interface OfdSealFinishing {
  readonly signedValueName: string;
  /** Directory records of the entries in `container`, and how many there are. */
  readonly directory: string;
  readonly entryCount: number;
  readonly dosTime: number;
  /** DER of `cert` and `signatureAlgID`, which follow TBS_Sign in SES_Signature. */
  readonly signerFields: string;
}

/** A file that lacks only its signature. It may be stored and finished later, elsewhere, by another process. */
export interface PreparedOfdSeal {
  readonly kind: 'ofd';
  /** Local headers and data of every entry but SignedValue.dat; not yet a readable container. */
  readonly container: Uint8Array;
  /** DER(TBS_Sign): the message that the seal's key signs with SM2 (user id 1234567812345678). */
  readonly toBeSigned: Uint8Array;
  readonly finishing: OfdSealFinishing;
}
