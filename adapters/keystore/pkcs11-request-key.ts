import {
  type CertificateRequestKey,
  certificateRequestKey,
  rsaPublicKeyInfo,
} from './certificate-request-key';
import { Pkcs11Sessions, type Pkcs11Token } from './pkcs11-sessions';

/**
 * In: a token and the label under which both halves of a key pair lie in it. Out: the key, for requests about itself.
 * Throws an Error that names what is missing: library, token, public or private key.
 */
export async function openPkcs11RequestKey(
  token: Pkcs11Token,
  label: string,
): Promise<CertificateRequestKey> {
  const sessions = new Pkcs11Sessions({ ...token, sessions: 1 });
  const { modulus, exponent } = await sessions.publicKey(label);
  return certificateRequestKey(rsaPublicKeyInfo(modulus, exponent), (bytes) => sessions.sign(label, bytes));
}
