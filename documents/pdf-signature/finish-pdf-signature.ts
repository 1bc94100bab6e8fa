import { verify } from 'node:crypto';
import { oid } from '../pki/object-identifiers';
import { encodeSignedData } from '../pki/write-signed-data';
import type { PreparedPdfSignature } from './pdf-signature-order';

function fromBase64(text: string): Buffer {
  return Buffer.from(text, 'base64');
}

/** Structure without a token: the prepared one with the signature laid into its place. */
function bareCms({ finishing }: PreparedPdfSignature, signature: Uint8Array): Buffer {
  const cms = fromBase64(finishing.cms);
  cms.set(signature, finishing.signatureOffset);
  return cms;
}

function stampedCms(
  prepared: PreparedPdfSignature,
  signature: Uint8Array,
  timestampToken: Uint8Array,
): Buffer {
  const { finishing, toBeSigned } = prepared;
  const cms = encodeSignedData({
    algorithm: 'rsa',
    contentType: oid.data,
    signerCertificate: fromBase64(finishing.signerCertificate),
    chain: finishing.chain.map(fromBase64),
    signedAttributes: toBeSigned,
    signature,
    timestampToken,
  });
  return Buffer.from(cms);
}

/**
 * Puts the key's answer into a prepared file; the only work left is building the CMS structure and writing its digits.
 * @param signature PKCS #1 v1.5 over `prepared.toBeSigned` with SHA-256.
 * @param timestampToken RFC 3161 token over `signature`, when it came before delivery and room was reserved for it.
 * @returns the finished file. Throws Error when the signature is not by the certificate's key over these bytes or
 * when the token does not fit: a file with a broken seal must not come into being.
 */
export function finishPdfSignature(
  prepared: PreparedPdfSignature,
  signature: Uint8Array,
  timestampToken?: Uint8Array,
): Uint8Array {
  const { finishing } = prepared;
  const key = { key: fromBase64(finishing.publicKey), format: 'der', type: 'spki' } as const;
  if (
    signature.length !== finishing.signatureBytes ||
    !verify('sha256', prepared.toBeSigned, key, signature)
  ) {
    throw new Error('the signature is not by the signer’s key over the prepared bytes');
  }
  const cms =
    timestampToken === undefined
      ? bareCms(prepared, signature)
      : stampedCms(prepared, signature, timestampToken);
  if (cms.length > finishing.contentsBytes) {
    throw new Error('the signature with its timestamp does not fit into the room that was reserved');
  }
  const finished = Buffer.from(prepared.container);
  finished.write(cms.toString('hex'), finishing.contentsOffset, 'latin1');
  return finished;
}
