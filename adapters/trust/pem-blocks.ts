export type PemLabel = 'CERTIFICATE' | 'X509 CRL';

export interface PemBlock {
  readonly label: PemLabel;
  readonly der: Uint8Array;
}

const BLOCK = /-----BEGIN (CERTIFICATE|X509 CRL)-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END \1-----/g;

/** In: text as RFC 7468 writes it, with whatever stands between the blocks. Out: certificates and lists in their order. */
export function readPemBlocks(text: string): readonly PemBlock[] {
  return [...text.matchAll(BLOCK)].map(([, label, body = '']) => ({
    label: label === 'X509 CRL' ? 'X509 CRL' : 'CERTIFICATE',
    der: new Uint8Array(Buffer.from(body, 'base64')),
  }));
}

/** One block in the strict form of RFC 7468, with a line feed at its end. */
export function writePemBlock({
  label,
  der,
}: {
  readonly label: PemLabel | 'CERTIFICATE REQUEST';
  readonly der: Uint8Array;
}): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
