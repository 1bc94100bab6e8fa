import { DerError, readDer, readSequence, readSmallInteger } from '../../documents/pki/der-reader';
import { derBitString, derInteger, derNull, derOid, derSequence } from '../../documents/pki/der-writer';
import { oid } from '../../documents/pki/object-identifiers';

/**
 * A key that asks for its own certificate. It is no part of the port `Sealer`: only the command that writes requests
 * opens it, so nothing that serves a request can have anything signed that no sealing intent names.
 */
export interface CertificateRequestKey {
  /** SubjectPublicKeyInfo (DER) of the RSA key. */
  readonly subjectPublicKeyInfo: Uint8Array;
  /**
   * In: CertificationRequestInfo (RFC 2986 clause 4.1, DER). Out: PKCS #1 v1.5 with SHA-256 over it. Throws for any other
   * bytes and for a request that names another public key: whoever reaches this can ask for a certificate, not seal.
   */
  signRequestInfo(info: Uint8Array): Promise<Uint8Array>;
}

const VERSION_1 = 0;
const ATTRIBUTES_TAG = 0xa0;

/** In: modulus and exponent as magnitudes. Out: SubjectPublicKeyInfo (RFC 3279 clause 2.3.1), DER. */
export function rsaPublicKeyInfo(modulus: Uint8Array, exponent: Uint8Array): Uint8Array {
  return derSequence(
    derSequence(derOid(oid.rsaEncryption), derNull()),
    derBitString(derSequence(derInteger(modulus), derInteger(exponent))),
  );
}

/**
 * In: a key's public half and how it signs. Out: the same key for nothing but requests about itself. TBS_Sign, signed
 * attributes and certificates have other structures, so none of them passes for one.
 */
export function certificateRequestKey(
  subjectPublicKeyInfo: Uint8Array,
  sign: (bytes: Uint8Array) => Promise<Uint8Array>,
): CertificateRequestKey {
  return {
    subjectPublicKeyInfo,
    async signRequestInfo(info) {
      if (!isRequestFor(info, subjectPublicKeyInfo)) {
        throw new Error('only a certification request that names this very key is signed');
      }
      return sign(info);
    },
  };
}

function isRequestFor(info: Uint8Array, subjectPublicKeyInfo: Uint8Array): boolean {
  try {
    const [version, subject, publicKey, attributes, more] = readSequence(readDer(info), 5);
    return (
      readSmallInteger(version) === VERSION_1 &&
      readSequence(subject).length > 0 &&
      publicKey !== undefined &&
      Buffer.from(publicKey.encoded).equals(subjectPublicKeyInfo) &&
      attributes?.tag === ATTRIBUTES_TAG &&
      more === undefined
    );
  } catch (fault) {
    if (fault instanceof DerError) return false;
    throw fault;
  }
}
