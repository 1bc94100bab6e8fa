import { crc32 } from 'node:zlib';
import {
  centralRecord,
  directoryEndRecord,
  localHeader,
  type PlacedEntry,
} from '../container/write-container';
import { derBitString, derSequence } from '../pki/der-writer';
import { sm2SignatureDer } from '../sm/sm2-signature-form';
import { checkSesSignature } from './check-ses-signature';
import type { PreparedOfdSeal } from './prepared-ofd-seal';
import { SealingFault } from './sealing-fault';

/** What a key or a service gave: the bare SM2 signature over `toBeSigned`, or a finished SES_Signature (DER). */
export type SealSignatureValue =
  | { readonly kind: 'raw'; readonly value: Uint8Array }
  | { readonly kind: 'sesSignature'; readonly value: Uint8Array };

function signedValueOf(prepared: PreparedOfdSeal, signature: SealSignatureValue): Uint8Array {
  switch (signature.kind) {
    case 'raw': {
      const der = sm2SignatureDer(signature.value);
      if (der === undefined) throw new SealingFault('the key answered no SM2 signature');
      const signerFields = Buffer.from(prepared.finishing.signerFields, 'base64');
      return derSequence(prepared.toBeSigned, signerFields, derBitString(der));
    }
    case 'sesSignature':
      checkSesSignature(prepared, signature.value);
      return signature.value;
  }
}

/**
 * Puts the signature into a prepared file and closes the container; SignedValue.dat is stored, not deflated.
 *
 * A raw signature is placed as it is (verifying it costs more than making it: the caller re-reads what was stored). A
 * finished SES_Signature of a remote service is held against what was prepared: same seal, same dataHash and path, the
 * certificate that was announced, and its signature must be right. Throws {@link SealingFault} otherwise.
 */
export function finishOfdSeal(prepared: PreparedOfdSeal, signature: SealSignatureValue): Uint8Array {
  const { container, finishing } = prepared;
  const value = signedValueOf(prepared, signature);
  const placed: PlacedEntry = {
    name: Buffer.from(finishing.signedValueName, 'utf8'),
    method: 0,
    crc: crc32(value),
    compressedSize: value.length,
    size: value.length,
    offset: container.length,
    dosTime: finishing.dosTime,
  };
  const header = localHeader(placed);
  const directory = Buffer.from(finishing.directory, 'base64');
  const record = centralRecord(placed);
  return Buffer.concat([
    container,
    header,
    value,
    directory,
    record,
    directoryEndRecord(
      finishing.entryCount + 1,
      directory.length + record.length,
      container.length + header.length + value.length,
    ),
  ]);
}
