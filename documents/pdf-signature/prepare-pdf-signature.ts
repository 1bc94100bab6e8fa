import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { oid } from '../pki/object-identifiers';
import { parseSigningCertificate } from '../pki/signing-certificate';
import { encodeSignedAttributes, encodeSignedData } from '../pki/write-signed-data';
import { findPage, type PageBox, pageBox } from './page-tree';
import type { PdfDictionary, PdfObject } from './reading/pdf-object';
import { type PdfFile, readPdfFile } from './reading/read-pdf-file';
import {
  appendUpdate,
  dateString,
  nextObjectNumber,
  pdfNumber,
  sourceText,
  textString,
  type UpdatedObject,
  withEntries,
} from './write-pdf-update';

const POINTS_PER_MM = 72 / 25.4;

export interface PdfSignatureAppearance {
  readonly pageIndex: number;
  /** From the left edge of the page as it is seen. */
  readonly xMm: number;
  /** From the top edge of the page as it is seen. */
  readonly yMm: number;
  readonly widthMm: number;
  readonly heightMm: number;
  /** Content stream operators that draw in a box of widthPt × heightPt with the origin at its lower left. */
  readonly content: string;
}

export interface PdfSignatureOrder {
  /** DER certificate with an RSA key. */
  readonly signerCertificate: Uint8Array;
  /** The path above it, without the root if that is to be known otherwise. */
  readonly chain: readonly Uint8Array[];
  /** The claimed time, written as /M. */
  readonly signedAt: Date;
  readonly reason?: string;
  readonly location?: string;
  readonly name?: string;
  /** Absent: an invisible signature on the first page. */
  readonly appearance?: PdfSignatureAppearance;
  /** Unique within the file. */
  readonly fieldName: string;
  /** Certifies the document: 1 no changes, 2 further signatures and form filling, 3 annotations too. First signature only. */
  readonly docMdp?: 1 | 2 | 3;
  /** Room for a timestamp token that may arrive before delivery; 0 gives a signature without padding. */
  readonly timestampReserveBytes?: number;
}

/** Everything that finishing needs, in plain JSON values (base64 for bytes). */
export interface PdfFinishing {
  /** Offset of the first hexadecimal digit of /Contents in the container. */
  readonly contentsOffset: number;
  /** Room in /Contents, in bytes of the CMS structure. */
  readonly contentsBytes: number;
  /** The whole CMS structure with zeros where the signature goes, so that finishing builds nothing. */
  readonly cms: string;
  readonly signatureOffset: number;
  readonly signatureBytes: number;
  /** SubjectPublicKeyInfo of the signer, against which the signature is checked before it is put in. */
  readonly publicKey: string;
  readonly signerCertificate: string;
  readonly chain: readonly string[];
}

export interface PreparedPdfSignature {
  readonly kind: 'pdf';
  /** The complete file; only the hexadecimal digits of /Contents are still zeros. */
  readonly container: Uint8Array;
  /** DER of the CMS signed attributes: what the key signs. */
  readonly toBeSigned: Uint8Array;
  readonly finishing: PdfFinishing;
}

/** Field width that holds every offset of a file of at most 50 MB plus an update. */
const BYTE_RANGE_DIGITS = 10;
const BYTE_RANGE_PLACEHOLDER = `[0 ${Array(3).fill('0'.repeat(BYTE_RANGE_DIGITS)).join(' ')}]`;

function reference(object: PdfObject | undefined): { number: number; generation: number } | undefined {
  return object?.kind === 'reference' ? { number: object.number, generation: object.generation } : undefined;
}

function arrayText(file: PdfFile, entry: PdfObject | undefined, added: string): string {
  const items = (file.array(entry)?.items ?? []).map((item) => sourceText(item));
  return `[${[...items, added].join(' ')}]`;
}

/** Appends to an array entry: the array's own object when it is one, else the dictionary that holds it. */
function appendToArray(
  file: PdfFile,
  holder: { number: number; generation: number; dictionary: PdfDictionary },
  key: string,
  added: string,
  further: Readonly<Record<string, string>> = {},
): UpdatedObject[] {
  const entry = holder.dictionary.entries.get(key);
  const own = reference(entry);
  const text = arrayText(file, entry, added);
  if (own === undefined || file.array(entry) === undefined) {
    const body = withEntries(holder.dictionary, { [key]: text, ...further });
    return [{ number: holder.number, generation: holder.generation, body }];
  }
  const arrayObject = { ...own, body: text };
  if (Object.keys(further).length === 0) return [arrayObject];
  const body = withEntries(holder.dictionary, further);
  return [arrayObject, { number: holder.number, generation: holder.generation, body }];
}

/** Names of the fields at the top of the form. */
function fieldNames(file: PdfFile, form: PdfDictionary | undefined): string[] {
  return (file.array(form?.entries.get('Fields'))?.items ?? []).flatMap((item) => {
    const name = file.dictionary(item)?.entries.get('T');
    if (name?.kind !== 'string') return [];
    const bytes = Buffer.from(name.bytes);
    const wide = bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0;
    return [wide ? Buffer.from(bytes.subarray(2)).swap16().toString('utf16le') : bytes.toString('latin1')];
  });
}

function formUpdates(
  file: PdfFile,
  field: string,
  order: PdfSignatureOrder,
  signature: number,
  free: number,
) {
  const root = reference(file.trailer.entries.get('Root'));
  const catalog = file.dictionary(file.trailer.entries.get('Root'));
  if (root === undefined || catalog === undefined) throw new Error('the base file has no catalog');
  const formEntry = catalog.entries.get('AcroForm');
  const form = file.dictionary(formEntry);
  if (fieldNames(file, form).includes(order.fieldName)) {
    throw new Error(`the base file already has a field named ${order.fieldName}`);
  }
  const catalogChanges: Record<string, string> = {};
  if (order.docMdp !== undefined) {
    if (catalog.entries.has('Perms')) throw new Error('the base file is already certified');
    catalogChanges['Perms'] = `<< /DocMDP ${signature} 0 R >>`;
  }
  const updates: UpdatedObject[] = [];
  const formReference = reference(formEntry);
  if (form !== undefined && formReference !== undefined) {
    const holder = { ...formReference, dictionary: form };
    updates.push(...appendToArray(file, holder, 'Fields', field, { SigFlags: '3' }));
  } else if (form !== undefined) {
    // A form written inside the catalog becomes an object of its own, so that later signatures touch only that.
    const text = arrayText(file, form.entries.get('Fields'), field);
    updates.push({ number: free, generation: 0, body: withEntries(form, { Fields: text, SigFlags: '3' }) });
    catalogChanges['AcroForm'] = `${free} 0 R`;
  } else {
    updates.push({ number: free, generation: 0, body: `<< /Fields [${field}] /SigFlags 3 >>` });
    catalogChanges['AcroForm'] = `${free} 0 R`;
  }
  if (Object.keys(catalogChanges).length > 0) {
    updates.push({ ...root, body: withEntries(catalog, catalogChanges) });
  }
  return updates;
}

function widgetRectangle(box: PageBox, appearance: PdfSignatureAppearance | undefined): string {
  if (appearance === undefined) return '[0 0 0 0]';
  const x = box.left + appearance.xMm * POINTS_PER_MM;
  const top = box.top - appearance.yMm * POINTS_PER_MM;
  const right = x + appearance.widthMm * POINTS_PER_MM;
  const bottom = top - appearance.heightMm * POINTS_PER_MM;
  return `[${[x, bottom, right, top].map(pdfNumber).join(' ')}]`;
}

const MAX_REMEMBERED_CONTENTS = 32;
const compressedContents = new Map<string, Buffer>();

/** A seal picture drawn as vectors is 25 kB of text; the same one stands on thousands of certificates. */
function compressedContent(content: string): Buffer {
  const known = compressedContents.get(content);
  if (known !== undefined) return known;
  const compressed = deflateSync(Buffer.from(content, 'latin1'), { level: 9 });
  if (compressedContents.size >= MAX_REMEMBERED_CONTENTS) compressedContents.clear();
  compressedContents.set(content, compressed);
  return compressed;
}

function appearanceObject(number: number, appearance: PdfSignatureAppearance): UpdatedObject {
  const width = pdfNumber(appearance.widthMm * POINTS_PER_MM);
  const height = pdfNumber(appearance.heightMm * POINTS_PER_MM);
  const content = compressedContent(appearance.content);
  const dictionary = withEntries(undefined, {
    Type: '/XObject',
    Subtype: '/Form',
    BBox: `[0 0 ${width} ${height}]`,
    Resources: '<< >>',
    Filter: '/FlateDecode',
    Length: String(content.length),
  });
  return { number, generation: 0, body: `${dictionary}\nstream\n${content.toString('latin1')}\nendstream` };
}

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
