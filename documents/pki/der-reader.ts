/** What every strict reading function throws on bytes that are not the DER they should be; edges turn it into a reason. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** One tag-length-value of DER. `encoded` and `content` are views into the bytes that were read, not copies. */
export interface DerNode {
  readonly tag: number;
  readonly encoded: Uint8Array;
  readonly content: Uint8Array;
}

export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  nullValue: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  teletexString: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visibleString: 0x1a,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Context-specific, constructed tag [n]. */
export function contextTag(number: number): number {
  return 0xa0 | number;
}

/** Context-specific, primitive tag [n]. */
export function contextPrimitiveTag(number: number): number {
  return 0x80 | number;
}

function readNodeAt(bytes: Uint8Array, start: number): { node: DerNode; end: number } {
  const tag = bytes[start];
  const first = bytes[start + 1];
  if (tag === undefined || first === undefined) throw new DerError('truncated');
  if ((tag & 0x1f) === 0x1f) throw new DerError('multi-byte tag');
  let length = first;
  let contentStart = start + 2;
  if (first >= 0x80) {
    const lengthBytes = first & 0x7f;
    if (lengthBytes === 0 || lengthBytes > 4) throw new DerError('indefinite or oversized length');
    length = 0;
    for (let i = 0; i < lengthBytes; i += 1) {
      const byte = bytes[contentStart + i];
      if (byte === undefined) throw new DerError('truncated length');
      length = length * 256 + byte;
    }
    contentStart += lengthBytes;
    const shortest = length < 0x80 ? 0 : Math.ceil((32 - Math.clz32(length)) / 8);
    if (shortest !== lengthBytes) throw new DerError('length is not minimal');
  }
  const end = contentStart + length;
  if (end > bytes.length) throw new DerError('content runs past the end');
  return {
    node: { tag, encoded: bytes.subarray(start, end), content: bytes.subarray(contentStart, end) },
    end,
  };
}

/**
 * Reads exactly one DER value.
 * @returns the node; throws DerError for BER leniencies (indefinite or long lengths) and for bytes after the value.
 * Source: ITU-T X.690 clause 10.
 */
export function readDer(bytes: Uint8Array): DerNode {
  const { node, end } = readNodeAt(bytes, 0);
  if (end !== bytes.length) throw new DerError('bytes after the value');
  return node;
}

/** Reads the first DER value and says how many bytes it took; what follows is left to the caller to judge. */
export function readDerPrefix(bytes: Uint8Array): { readonly node: DerNode; readonly length: number } {
  const { node, end } = readNodeAt(bytes, 0);
  return { node, length: end };
}

/** The values inside a constructed node, in order; at most `limit`. */
export function childrenOf(node: DerNode, limit = 100_000): DerNode[] {
  if ((node.tag & 0x20) === 0) throw new DerError('a constructed value was expected');
  const children: DerNode[] = [];
  let offset = 0;
  while (offset < node.content.length) {
    if (children.length >= limit) throw new DerError('too many elements');
    const { node: child, end } = readNodeAt(node.content, offset);
    children.push(child);
    offset = end;
  }
  return children;
}

/** Refuses any other tag than the expected one. */
export function expectTag(node: DerNode | undefined, tag: number): DerNode {
  if (node === undefined) throw new DerError(`missing element with tag 0x${tag.toString(16)}`);
  if (node.tag !== tag)
    throw new DerError(`tag 0x${node.tag.toString(16)} where 0x${tag.toString(16)} was expected`);
  return node;
}

/** Children of a SEQUENCE. */
export function readSequence(node: DerNode | undefined, limit?: number): DerNode[] {
  return childrenOf(expectTag(node, derTag.sequence), limit);
}

/** Content octets of an INTEGER (two's complement, minimal). */
export function readIntegerBytes(node: DerNode | undefined): Uint8Array {
  const { content } = expectTag(node, derTag.integer);
  const [first, second] = content;
  if (first === undefined) throw new DerError('empty integer');
  if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
    throw new DerError('integer is not minimal');
  }
  return content;
}

/** A non-negative INTEGER that fits in a safe number. */
export function readSmallInteger(node: DerNode | undefined): number {
  const content = readIntegerBytes(node);
  if (content.length > 6 || (content[0] ?? 0) >= 0x80) throw new DerError('integer out of range');
  return content.reduce((value, byte) => value * 256 + byte, 0);
}

/** Lower-case hex of an INTEGER's content without a leading sign octet. */
export function readIntegerHex(node: DerNode | undefined): string {
  const content = readIntegerBytes(node);
  const magnitude = content.length > 1 && content[0] === 0 ? content.subarray(1) : content;
  return Buffer.from(magnitude).toString('hex');
}

/** BOOLEAN; DER knows 00 and FF only. */
export function readBoolean(node: DerNode | undefined): boolean {
  const { content } = expectTag(node, derTag.boolean);
  if (content.length !== 1 || (content[0] !== 0 && content[0] !== 0xff)) throw new DerError('boolean');
  return content[0] === 0xff;
}

/** Below it an arc may still be shifted by seven bits without leaving the safe integers. */
const SHIFTABLE = 2 ** 46;

function oidArcs(content: Uint8Array): (number | bigint)[] {
  const arcs: (number | bigint)[] = [];
  let arc: number | bigint = 0;
  let fresh = true;
  for (const byte of content) {
    if (fresh && byte === 0x80) throw new DerError('object identifier is not minimal');
    arc =
      typeof arc === 'number' && arc < SHIFTABLE
        ? arc * 128 + (byte & 0x7f)
        : (BigInt(arc) << 7n) | BigInt(byte & 0x7f);
    fresh = byte < 0x80;
    if (fresh) {
      arcs.push(arc);
      arc = 0;
    }
  }
  if (!fresh || arcs.length === 0) throw new DerError('object identifier is cut');
  return arcs;
}

/** OBJECT IDENTIFIER in dotted form. */
export function readOid(node: DerNode | undefined): string {
  const { content } = expectTag(node, derTag.oid);
  if (content.length > 64) throw new DerError('object identifier too long');
  const [head = 0, ...rest] = oidArcs(content);
  const top = head < 40 ? 0 : head < 80 ? 1 : 2;
  const second = typeof head === 'number' ? head - top * 40 : head - BigInt(top * 40);
  return [top, second, ...rest].join('.');
}

/** OCTET STRING content. */
export function readOctetString(node: DerNode | undefined): Uint8Array {
  return expectTag(node, derTag.octetString).content;
}

/** BIT STRING whose length is a whole number of octets, as signatures, keys and digests are. */
export function readBitStringOctets(node: DerNode | undefined): Uint8Array {
  const { content } = expectTag(node, derTag.bitString);
  if (content[0] !== 0) throw new DerError('bit string with unused bits');
  return content.subarray(1);
}

/** BIT STRING as flags: the set of positions whose bit is 1 (bit 0 first). */
export function readBitFlags(node: DerNode | undefined): ReadonlySet<number> {
  const { content } = expectTag(node, derTag.bitString);
  const unused = content[0];
  if (unused === undefined || unused > 7 || (content.length === 1 && unused !== 0))
    throw new DerError('bit string');
  const flags = new Set<number>();
  for (let i = 0; i < (content.length - 1) * 8 - unused; i += 1) {
    if (((content[1 + (i >> 3)] ?? 0) & (0x80 >> (i & 7))) !== 0) flags.add(i);
  }
  return flags;
}

const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Text of the string types that names and seals use. */
export function readText(node: DerNode | undefined): string {
  if (node === undefined) throw new DerError('missing text');
  const bytes = Buffer.from(node.content);
  switch (node.tag) {
    case derTag.utf8String:
      return STRICT_UTF8.decode(bytes);
    case derTag.printableString:
    case derTag.ia5String:
    case derTag.visibleString:
    case derTag.teletexString:
      return bytes.toString('latin1');
    case derTag.bmpString:
      if (bytes.length % 2 !== 0) throw new DerError('BMPString');
      return bytes.swap16().toString('utf16le');
    default:
      throw new DerError('not a text type');
  }
}

function instantOf(match: RegExpExecArray, year: number): Date {
  const [month, day, hour, minute, second] = match.slice(2, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const milliseconds = match[7] === undefined ? 0 : Math.floor(Number(`0${match[7]}`) * 1000);
  const instant = new Date(Date.UTC(year, month - 1, day, hour, minute, second, milliseconds));
  const same =
    instant.getUTCMonth() === month - 1 &&
    instant.getUTCDate() === day &&
    instant.getUTCHours() === hour &&
    instant.getUTCMinutes() === minute &&
    instant.getUTCSeconds() === second;
  if (!same) throw new DerError('no such time');
  return instant;
}

/** UTCTime or GeneralizedTime in Zulu form (RFC 5280 section 4.1.2.5; fractions as in RFC 3161). */
export function readTime(node: DerNode | undefined): Date {
  if (node === undefined) throw new DerError('missing time');
  const text = Buffer.from(node.content).toString('latin1');
  if (node.tag === derTag.utcTime) {
    const match = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
    if (match === null) throw new DerError('UTCTime');
    const year = Number(match[1]);
    return instantOf(match, year < 50 ? 2000 + year : 1900 + year);
  }
  expectTag(node, derTag.generalizedTime);
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/.exec(text);
  if (match === null) throw new DerError('GeneralizedTime');
  return instantOf(match, Number(match[1]));
}
