import { derBitString, derContext, derInteger, derOctetString, derOid, derSequence } from '../pki/der-writer';
import { sm3 } from './sm3';

const ALGORITHM = derSequence(derOid('1.2.840.10045.2.1'), derOid('1.2.156.10197.1.301'));
const hex = (text: string): Uint8Array => Buffer.from(text, 'hex');

/** a‖b‖xG‖yG of the recommended curve, GB/T 32918.5-2017. */
const CURVE_AND_GENERATOR = hex(
  'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc' +
    '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93' +
    '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7' +
    'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0',
);

/** The user id that GB/T 35276, clause 10 prescribes where none was agreed. */
export const DEFAULT_USER_ID = Buffer.from('1234567812345678', 'latin1');

/** ZA = SM3(ENTL‖id‖a‖b‖xG‖yG‖xA‖yA) for the default user id (GB/T 32918.2, 5.5); `publicPoint` has 65 octets. */
export function userDigest(publicPoint: Uint8Array): Uint8Array {
  const bits = DEFAULT_USER_ID.length * 8;
  return sm3(
    Buffer.concat([
      Uint8Array.of(bits >> 8, bits & 0xff),
      DEFAULT_USER_ID,
      CURVE_AND_GENERATOR,
      publicPoint.subarray(1),
    ]),
  );
}

/** SubjectPublicKeyInfo (RFC 5480) of an SM2 point of 65 octets. */
export function subjectPublicKeyInfo(publicPoint: Uint8Array): Uint8Array {
  return derSequence(ALGORITHM, derBitString(publicPoint));
}

/** PKCS#8 (RFC 5208) of an SM2 key from its number (32 octets) and its point (65 octets). */
export function privateKeyInfo(scalar: Uint8Array, publicPoint: Uint8Array): Uint8Array {
  const key = derSequence(derInteger(1), derOctetString(scalar), derContext(1, derBitString(publicPoint)));
  return derSequence(derInteger(0), ALGORITHM, derOctetString(key));
}
