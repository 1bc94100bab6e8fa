import { asn1, pki } from 'node-forge';
import { oid } from '../../documents/pki/object-identifiers';
import type { CertificateRequestKey } from './certificate-request-key';

/** The unit that a certificate is asked for. */
export interface RequestSubject {
  /** O and CN. */
  readonly name: string;
  /** 统一社会信用代码, as serialNumber (X.520 clause 6.2.9). */
  readonly creditCode: string;
}

/** The declarations of node-forge take a tag of the universal class for a class. */
const UTF8_STRING: number = asn1.Type.UTF8;
const PRINTABLE_STRING: number = asn1.Type.PRINTABLESTRING;

/**
 * A certification request (PKCS #10, RFC 2986) for a key that is asked to sign it itself. In: the key, and the unit. Out:
 * DER. The structures are node-forge's, the signature is the store's own: node-forge never sees a private key.
 */
export async function writeCertificateRequest(
  key: CertificateRequestKey,
  { name, creditCode }: RequestSubject,
): Promise<Uint8Array> {
  const request = pki.createCertificationRequest();
  request.publicKey = pki.publicKeyFromAsn1(asn1.fromDer(binary(key.subjectPublicKeyInfo)));
  request.setSubject([
    { name: 'countryName', value: 'CN', valueTagClass: PRINTABLE_STRING },
    { name: 'organizationName', value: name, valueTagClass: UTF8_STRING },
    { name: 'serialNumber', value: creditCode, valueTagClass: PRINTABLE_STRING },
    { name: 'commonName', value: name, valueTagClass: UTF8_STRING },
  ]);
  request.signatureOid = oid.sha256WithRsa;
  request.signature = '';
  const info = requestInfoIn(pki.certificationRequestToAsn1(request));
  request.certificationRequestInfo = info;
  request.signature = binary(await key.signRequestInfo(octets(info)));
  return octets(pki.certificationRequestToAsn1(request));
}

/** CertificationRequestInfo, the first member of CertificationRequest: the very structure that is signed is sent. */
function requestInfoIn(request: asn1.Asn1): asn1.Asn1 {
  const [info] = typeof request.value === 'string' ? [] : request.value;
  if (info === undefined) throw new Error('node-forge wrote no CertificationRequestInfo');
  return info;
}

function octets(structure: asn1.Asn1): Uint8Array {
  return new Uint8Array(Buffer.from(asn1.toDer(structure).getBytes(), 'latin1'));
}

/** node-forge holds octets as text of one character each. */
function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
