import {
  childrenOf,
  DerError,
  type DerNode,
  readBitStringOctets,
  readDer,
  readOctetString,
  readOid,
  readSequence,
} from '../pki/der-reader';
import { parseSigningCertificate } from '../pki/signing-certificate';
import { verifySignatureValue } from '../pki/verify-signature-value';
import type { PreparedOfdSeal } from './prepared-ofd-seal';
import { SealingFault } from './sealing-fault';

/** Fields of TBS_Sign that a service may not choose; the time (index 2) is the service's own. */
const FIXED_FIELDS: readonly (readonly [index: number, what: string])[] = [
  [0, 'version'],
  [1, 'electronic seal'],
  [3, 'dataHash'],
  [4, 'path'],
];

function same(one: DerNode | undefined, other: DerNode | undefined): boolean {
  return one !== undefined && other !== undefined && Buffer.compare(one.encoded, other.encoded) === 0;
}

function checkFields(prepared: PreparedOfdSeal, answer: DerNode): void {
  const [tbs, certificate, algorithm, signature, timestamp, ...more] = readSequence(answer);
  const wanted = readSequence(readDer(prepared.toBeSigned));
  const given = readSequence(tbs);
  for (const [index, what] of FIXED_FIELDS) {
    if (!same(wanted[index], given[index])) throw new SealingFault(`the service signed another ${what}`);
  }
  if (given.length > 6 || more.length > 0) throw new SealingFault('the service added unknown fields');
  if (timestamp !== undefined) childrenOf(timestamp);
  const announced = readDer(childSlice(Buffer.from(prepared.finishing.signerFields, 'base64')));
  if (!same(announced, certificate)) throw new SealingFault('the service signed with another certificate');
  const { publicKey } = parseSigningCertificate(readOctetString(certificate));
  const bytes = tbs?.encoded ?? new Uint8Array();
  if (
    verifySignatureValue(publicKey, readOid(algorithm), bytes, readBitStringOctets(signature)) !== 'right'
  ) {
    throw new SealingFault('the signature of the service is wrong');
  }
}

/** The certificate field alone, of the two fields that stand one after the other. */
function childSlice(fields: Uint8Array): Uint8Array {
  const [certificate] = childrenOf({ tag: 0x30, encoded: fields, content: fields });
  return certificate?.encoded ?? new Uint8Array();
}

/**
 * Holds a finished SES_Signature against what was prepared: version, seal, dataHash and path are those that were asked
 * for, the certificate is the announced one, and the signature over its TBS_Sign is right. Throws
 * {@link SealingFault} otherwise. Reads the structure by itself, so that sealing shares no reader with verification.
 */
export function checkSesSignature(prepared: PreparedOfdSeal, sesSignature: Uint8Array): void {
  try {
    checkFields(prepared, readDer(sesSignature));
  } catch (error) {
    if (error instanceof DerError) throw new SealingFault('the service answered no SES_Signature');
    throw error;
  }
}
