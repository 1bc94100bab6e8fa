import {
  type CertificateRevocationList,
  parseCertificateRevocationList,
} from './certificate-revocation-list';
import { parseSigningCertificate, type SigningCertificate } from './signing-certificate';

/**
 * What is trusted is asked about again and again: a certificate and a list are parsed once per array object, and what was
 * parsed is forgotten with it.
 */
const parsedCertificates = new WeakMap<Uint8Array, readonly SigningCertificate[]>();
const parsedLists = new WeakMap<Uint8Array, readonly CertificateRevocationList[]>();

function parseOrNone<Parsed>(parse: (encoded: Uint8Array) => Parsed, encoded: Uint8Array): readonly Parsed[] {
  try {
    return [parse(encoded)];
  } catch {
    // The unreadable proves nothing and harms nothing; the path is built without it.
    return [];
  }
}

function parseKept<Parsed>(
  kept: WeakMap<Uint8Array, readonly Parsed[]>,
  parse: (encoded: Uint8Array) => Parsed,
  encodings: readonly Uint8Array[],
): Parsed[] {
  return encodings.flatMap((encoded) => {
    const known = kept.get(encoded);
    if (known !== undefined) return known;
    const parsed = parseOrNone(parse, encoded);
    kept.set(encoded, parsed);
    return parsed;
  });
}

/** The readable ones of these certificates. */
export function parseCertificatesOnce(encodings: readonly Uint8Array[]): SigningCertificate[] {
  return parseKept(parsedCertificates, parseSigningCertificate, encodings);
}

/** The readable ones of these lists. */
export function parseListsOnce(encodings: readonly Uint8Array[]): CertificateRevocationList[] {
  return parseKept(parsedLists, parseCertificateRevocationList, encodings);
}
