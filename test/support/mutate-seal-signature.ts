import { type DerNode, readDer, readOctetString, readSequence } from '../../documents/pki/der-reader';
import {
  derBitString,
  derInteger,
  derOctetString,
  derOid,
  derSequence,
  derUtf8String,
} from '../../documents/pki/der-writer';
import type { VerificationStep } from '../../documents/verification/verification-report';

interface SealedValue {
  readonly tbs: readonly DerNode[];
  readonly seal: readonly DerNode[];
  readonly information: readonly DerNode[];
  readonly rest: readonly DerNode[];
}

function openValue(value: Uint8Array): SealedValue {
  const [tbsNode, ...rest] = readSequence(readDer(value));
  const tbs = readSequence(tbsNode);
  const seal = readSequence(tbs[1]);
  return { tbs, seal, information: readSequence(seal[0]), rest };
}

const encodedOf = (nodes: readonly (DerNode | Uint8Array | undefined)[]): Uint8Array[] =>
  nodes.flatMap((node) => (node === undefined ? [] : [node instanceof Uint8Array ? node : node.encoded]));

function closeValue(
  value: SealedValue,
  tbs: readonly (DerNode | Uint8Array)[],
  rest = encodedOf(value.rest),
): Uint8Array {
  return derSequence(derSequence(...encodedOf(tbs)), ...rest);
}

function withSeal(value: SealedValue, seal: readonly (DerNode | Uint8Array | undefined)[]): Uint8Array {
  const [version, , ...fields] = value.tbs;
  return closeValue(value, encodedOf([version, derSequence(...encodedOf(seal)), ...fields]));
}

/** Changed SES_Signatures (DER) with what was changed and the steps at which that may be noticed first. */
export function* sealSignatureVariants(
  value: Uint8Array,
): Generator<readonly [string, Uint8Array, readonly VerificationStep[]]> {
  const open = openValue(value);
  const [certificate, algorithm, signature] = open.rest;
  const [information, ...sealRest] = open.seal;
  const [header, id, property, picture] = open.information;
  const touched: readonly VerificationStep[] = ['seal_file', 'stamp_signature'];
  const otherPicture = derSequence(...encodedOf(readSequence(picture).slice(0, 3)), derInteger(41));
  yield [
    'seal with another picture size',
    withSeal(open, [derSequence(...encodedOf([header, id, property, otherPicture])), ...sealRest]),
    touched,
  ];
  const [type, , ...more] = readSequence(property);
  const renamed = derSequence(...encodedOf([type, derUtf8String('伪造专用章'), ...more]));
  yield [
    'seal with another name',
    withSeal(open, [derSequence(...encodedOf([header, id, renamed, picture])), ...sealRest]),
    touched,
  ];
  yield [
    'seal without its signature',
    withSeal(open, [information, ...sealRest.slice(0, 2), derBitString(new Uint8Array(8))]),
    touched,
  ];
  yield [
    'no signature value',
    closeValue(open, open.tbs, encodedOf([certificate, algorithm, derBitString(new Uint8Array())])),
    ['stamp_signature'],
  ];
  yield [
    'seal maker as signer',
    closeValue(open, open.tbs, encodedOf([open.seal[1], algorithm, signature])),
    ['stamp_signature'],
  ];
  yield [
    'no certificate',
    closeValue(open, open.tbs, encodedOf([derOctetString(new Uint8Array(3)), algorithm, signature])),
    ['stamp_signature'],
  ];
  yield [
    'RSA algorithm',
    closeValue(open, open.tbs, encodedOf([certificate, derOid('1.2.840.113549.1.1.11'), signature])),
    ['stamp_signature'],
  ];
  yield [
    'five fields and one more',
    closeValue(open, open.tbs, [...encodedOf(open.rest), derOctetString(new Uint8Array(1))]),
    ['format'],
  ];
  yield [
    'timestamp that is none',
    closeValue(open, open.tbs, [...encodedOf(open.rest), derTimestamp()]),
    ['timestamp'],
  ];
  yield ['octets after the value', Buffer.concat([value, Buffer.from([0])]), ['format']];
  yield [
    'cut certificate',
    closeValue(
      open,
      open.tbs,
      encodedOf([derOctetString(readOctetString(certificate).subarray(1)), algorithm, signature]),
    ),
    ['stamp_signature'],
  ];
  yield ['length in a longer form', longerLength(value), ['format']];
}

function derTimestamp(): Uint8Array {
  const inner = derBitString(Buffer.from('no token'));
  return Buffer.concat([Buffer.from([0xa0, inner.length]), inner]);
}

/** The same value with a length of one octet too many: BER, but not DER. */
function longerLength(value: Uint8Array): Uint8Array {
  const count = (value[1] ?? 0) & 0x7f;
  return Buffer.concat([Buffer.from([0x30, 0x80 | (count + 1), 0]), value.subarray(2)]);
}
