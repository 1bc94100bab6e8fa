import { createHash } from 'node:crypto';
import { oid } from '../pki/object-identifiers';
import { parseSigningCertificate } from '../pki/signing-certificate';
import { encodeSignedAttributes, encodeSignedData } from '../pki/write-signed-data';
import { findPage, pageBox } from './page-tree';
import type { PdfSignatureOrder, PreparedPdfSignature } from './pdf-signature-order';
import { type PdfFile, readPdfFile } from './reading/read-pdf-file';
import { appendToArray, formUpdates } from './update-form';
import { appearanceObject, widgetRectangle } from './write-appearance';
import {
  appendUpdate,
  dateString,
  nextObjectNumber,
  textString,
  type UpdatedObject,
  withEntries,
} from './write-pdf-update';

/** Field width that holds every offset of a file of at most 50 MB plus an update. */
const BYTE_RANGE_DIGITS = 10;
const BYTE_RANGE_PLACEHOLDER = `[0 ${Array(3).fill('0'.repeat(BYTE_RANGE_DIGITS)).join(' ')}]`;

function signatureDictionary(order: PdfSignatureOrder, contentsBytes: number): string {
  const optional: Record<string, string> = {};
  if (order.name !== undefined) optional['Name'] = textString(order.name);
  if (order.reason !== undefined) optional['Reason'] = textString(order.reason);
  if (order.location !== undefined) optional['Location'] = textString(order.location);
  if (order.docMdp !== undefined) {
    optional['Reference'] =
      `[<< /Type /SigRef /TransformMethod /DocMDP /TransformParams << /Type /TransformParams /P ${order.docMdp} /V /1.2 >> >>]`;
  }
  return withEntries(undefined, {
    Type: '/Sig',
    Filter: '/Adobe.PPKLite',
    SubFilter: '/ETSI.CAdES.detached',
    ByteRange: BYTE_RANGE_PLACEHOLDER,
    Contents: `<${'0'.repeat(contentsBytes * 2)}>`,
    M: dateString(order.signedAt),
    ...optional,
  });
}

function signerKey(order: PdfSignatureOrder): { spki: Uint8Array; signatureBytes: number } {
  const { publicKey } = parseSigningCertificate(order.signerCertificate);
  if (publicKey.kind !== 'rsa') throw new Error('PDF signatures are made with RSA keys; SM2 seals the OFD');
  return { spki: publicKey.spki, signatureBytes: Math.ceil(publicKey.modulusBits / 8) };
}

/** The CMS structure with zeros for the signature: its size is exact, for everything else is known beforehand. */
function unsignedCms(
  order: PdfSignatureOrder,
  signedAttributes: Uint8Array,
  signatureBytes: number,
): Uint8Array {
  return encodeSignedData({
    algorithm: 'rsa',
    contentType: oid.data,
    signerCertificate: order.signerCertificate,
    chain: order.chain,
    signedAttributes,
    signature: new Uint8Array(signatureBytes),
  });
}

function attributesFor(signerCertificate: Uint8Array, contentDigest: Uint8Array): Uint8Array {
  return encodeSignedAttributes({
    algorithm: 'rsa',
    contentType: oid.data,
    contentDigest,
    signerCertificate,
  });
}

function updateObjects(file: PdfFile, order: PdfSignatureOrder, contentsBytes: number) {
  const first = nextObjectNumber(file);
  const signature = first;
  const field = first + 1;
  const appearanceNumber = first + 2;
  const page = findPage(file, order.appearance?.pageIndex ?? 0);
  const widget = withEntries(undefined, {
    Type: '/Annot',
    Subtype: '/Widget',
    FT: '/Sig',
    T: textString(order.fieldName),
    V: `${signature} 0 R`,
    P: `${page.number} ${page.generation} R`,
    Rect: widgetRectangle(pageBox(file, page), order.appearance),
    // Print and Locked: the seal is seen on paper and cannot be moved.
    F: '132',
    ...(order.appearance === undefined ? {} : { AP: `<< /N ${appearanceNumber} 0 R >>` }),
  });
  const objects: UpdatedObject[] = [
    { number: signature, generation: 0, body: signatureDictionary(order, contentsBytes) },
    { number: field, generation: 0, body: widget },
    ...(order.appearance === undefined ? [] : [appearanceObject(appearanceNumber, order.appearance)]),
    ...appendToArray(file, page, 'Annots', `${field} 0 R`),
    ...formUpdates(file, `${field} 0 R`, order, signature, first + 3),
  ];
  return { signature, objects };
}

function fillByteRange(bytes: Buffer, from: number, contentsStart: number, contentsEnd: number): void {
  const at = bytes.indexOf(BYTE_RANGE_PLACEHOLDER, from, 'latin1');
  const text = `[0 ${contentsStart} ${contentsEnd} ${bytes.length - contentsEnd}]`;
  bytes.write(text.padEnd(BYTE_RANGE_PLACEHOLDER.length), at, 'latin1');
}

/**
 * Lays a signature into a PDF as an incremental update, up to the point where only the key is missing.
 * @param pdf a readable, unencrypted PDF with classic or stream cross-references, signed before or not.
 * @returns the file with a zero-filled /Contents of exactly the needed size, and the DER signed attributes to be signed
 * with PKCS #1 v1.5 and SHA-256. The same input gives the same bytes. Throws PdfError for an unreadable base and Error
 * for an impossible order (page or field name, second certification, key that is not RSA).
 * Source: ISO 32000-1 clause 12.8, ETSI EN 319 142-1 (PAdES-B-B) as read from deployed implementations.
 */
export function preparePdfSignature(pdf: Uint8Array, order: PdfSignatureOrder): PreparedPdfSignature {
  const file = readPdfFile(pdf);
  const { spki, signatureBytes } = signerKey(order);
  const sample = attributesFor(order.signerCertificate, new Uint8Array(32));
  const contentsBytes =
    unsignedCms(order, sample, signatureBytes).length + (order.timestampReserveBytes ?? 0);
  const { signature, objects } = updateObjects(file, order, contentsBytes);
  const seed = Buffer.concat([
    createHash('sha256').update(pdf).digest(),
    Buffer.from(`${order.fieldName}|${order.signedAt.toISOString()}`),
    order.signerCertificate,
  ]);
  const { bytes, offsets } = appendUpdate(file, objects, seed);
  const objectOffset = offsets.get(signature) ?? 0;
  const contentsStart = bytes.indexOf(`<${'0'.repeat(contentsBytes * 2)}>`, objectOffset, 'latin1');
  const contentsEnd = contentsStart + contentsBytes * 2 + 2;
  fillByteRange(bytes, objectOffset, contentsStart, contentsEnd);
  const contentDigest = createHash('sha256')
    .update(bytes.subarray(0, contentsStart))
    .update(bytes.subarray(contentsEnd))
    .digest();
  const toBeSigned = attributesFor(order.signerCertificate, contentDigest);
  const cms = unsignedCms(order, toBeSigned, signatureBytes);
  const base64 = (value: Uint8Array): string => Buffer.from(value).toString('base64');
  return {
    kind: 'pdf',
    container: bytes,
    toBeSigned,
    finishing: {
      contentsOffset: contentsStart + 1,
      contentsBytes,
      cms: base64(cms),
      // Without a token the signature value is the last thing in the structure.
      signatureOffset: cms.length - signatureBytes,
      signatureBytes,
      publicKey: base64(spki),
      signerCertificate: base64(order.signerCertificate),
      chain: order.chain.map(base64),
    },
  };
}
