/** One tag-length-value of a DER encoding; `whole` and `content` are views on the bytes that were read. */
export interface DerNode {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
}

/** Thrown for bytes that are not DER (X.690 clause 10): callers at the edge turn it into a refusal. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** Universal and context tags (X.690 table 1) that certificates, seals and signatures use. */
export const DER_TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  explicit0: 0xa0,
  implicit0: 0x80,
} as const;

function lengthAt(bytes: Uint8Array, at: number): { length: number; next: number } {
  const first = bytes[at];
  if (first === undefined) throw new DerError('length is missing');
  if (first < 0x80) return { length: first, next: at + 1 };
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw new DerError('indefinite or oversized length');
  let length = 0;
  for (let index = 1; index <= count; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) throw new DerError('length is cut off');
    length = length * 256 + byte;
  }
  const shortest =
    length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x1_0000 ? 2 : length < 0x100_0000 ? 3 : 4;
  if (count !== shortest) throw new DerError('length is not in its shortest form');
  return { length, next: at + 1 + count };
}

/** Reads the node that starts at `offset`; what follows it is not looked at. Throws {@link DerError}. */
export function readDerAt(bytes: Uint8Array, offset: number): DerNode {
  const tag = bytes[offset];
  if (tag === undefined) throw new DerError('tag is missing');
  if ((tag & 0x1f) === 0x1f) throw new DerError('high tag numbers do not occur here');
  const { length, next } = lengthAt(bytes, offset + 1);
  const end = next + length;
  if (end > bytes.length) throw new DerError('value is cut off');
  return { tag, content: bytes.subarray(next, end), whole: bytes.subarray(offset, end) };
}

/** Reads bytes that must be exactly one node. Throws {@link DerError} when bytes are missing or left over. */
export function readDer(bytes: Uint8Array): DerNode {
  const node = readDerAt(bytes, 0);
  if (node.whole.length !== bytes.length) throw new DerError('bytes follow the value');
  return node;
}

/** The members of a constructed node, in order. Throws {@link DerError}. */
export function derChildren(node: DerNode): DerNode[] {
  if ((node.tag & 0x20) === 0) throw new DerError('not a constructed value');
  const children: DerNode[] = [];
  for (let offset = 0; offset < node.content.length; ) {
    const child = readDerAt(node.content, offset);
    children.push(child);
    offset += child.whole.length;
  }
  return children;
}

/** Content of a node that must carry `tag`. Throws {@link DerError} for another tag or a missing node. */
export function derContent(node: DerNode | undefined, tag: number): Uint8Array {
  if (node === undefined) throw new DerError(`a value with tag ${tag} is missing`);
  if (node.tag !== tag) throw new DerError(`tag ${node.tag} where ${tag} belongs`);
  return node.content;
}

/** Members of a SEQUENCE. Throws {@link DerError}. */
export function derSequence(node: DerNode | undefined): DerNode[] {
  derContent(node, DER_TAG.sequence);
  return node === undefined ? [] : derChildren(node);
}

/** A non-negative INTEGER that fits a JavaScript number (versions, types, millimetres). Throws {@link DerError}. */
export function derSmallInteger(node: DerNode | undefined): number {
  const content = derInteger(node);
  if (content.length > 5) throw new DerError('integer is too large');
  let value = 0;
  for (const byte of content) value = value * 256 + byte;
  return value;
}

/** Content octets of a non-negative INTEGER in its shortest form (X.690 8.3.2). Throws {@link DerError}. */
export function derInteger(node: DerNode | undefined): Uint8Array {
  const content = derContent(node, DER_TAG.integer);
  const [first, second] = content;
  if (first === undefined) throw new DerError('integer is empty');
  if (first >= 0x80) throw new DerError('integer is negative');
  if (first === 0 && second !== undefined && second < 0x80) throw new DerError('integer is padded');
  return content;
}

/** Octets of a BIT STRING that must be a whole number of octets. Throws {@link DerError}. */
export function derBitString(node: DerNode | undefined): Uint8Array {
  const content = derContent(node, DER_TAG.bitString);
  if (content[0] !== 0) throw new DerError('bit string does not end on an octet');
  return content.subarray(1);
}

/** Dotted form of an OBJECT IDENTIFIER. Throws {@link DerError}. */
export function derObjectIdentifier(node: DerNode | undefined): string {
  const content = derContent(node, DER_TAG.objectIdentifier);
  const arcs: number[] = [];
  let arc = 0;
  let started = false;
  for (const byte of content) {
    if (!started && byte === 0x80) throw new DerError('padded object identifier');
    arc = arc * 128 + (byte & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER / 256) throw new DerError('object identifier arc is too large');
    started = (byte & 0x80) !== 0;
    if (!started) {
      arcs.push(arc);
      arc = 0;
    }
  }
  const [first] = arcs;
  if (started || first === undefined) throw new DerError('object identifier is cut off');
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...arcs.slice(1)].join('.');
}

/** Text of any character string that certificates and seals use. Throws {@link DerError} for other tags or bad UTF-8. */
export function derText(node: DerNode | undefined): string {
  if (node === undefined) throw new DerError('a text is missing');
  switch (node.tag) {
    case DER_TAG.utf8String:
      try {
        return new TextDecoder('utf-8', { fatal: true }).decode(node.content);
      } catch {
        throw new DerError('text is not UTF-8');
      }
    case DER_TAG.ia5String:
    case DER_TAG.printableString:
      if (node.content.some((byte) => byte > 0x7f)) throw new DerError('text is not IA5');
      return Buffer.from(node.content).toString('latin1');
    default:
      throw new DerError(`tag ${node.tag} is no text`);
  }
}

const GENERALIZED = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,3})\d*)?Z$/;
const UTC = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)()Z$/;

function instant(parts: RegExpExecArray, year: number): Date {
  const [month, day, hour, minute, second] = parts.slice(2, 7).map(Number);
  const ms = Number((parts[7] ?? '').padEnd(3, '0'));
  const date = new Date(Date.UTC(year, (month ?? 0) - 1, day ?? 0, hour ?? 0, minute ?? 0, second ?? 0, ms));
  const same = date.getUTCMonth() + 1 === month && date.getUTCDate() === day && date.getUTCHours() === hour;
  if (!same || (minute ?? 60) > 59 || (second ?? 60) > 59) throw new DerError('no such date or time');
  return date;
}

/** Instant of a UTCTime (two-digit years as in RFC 5280, 4.1.2.5.1) or GeneralizedTime, both in UTC. Throws {@link DerError}. */
export function derTime(node: DerNode | undefined): Date {
  const text = Buffer.from(node?.content ?? new Uint8Array()).toString('latin1');
  if (node?.tag === DER_TAG.utcTime) {
    const parts = UTC.exec(text);
    if (parts === null) throw new DerError('malformed UTCTime');
    const short = Number(parts[1]);
    return instant(parts, short >= 50 ? 1900 + short : 2000 + short);
  }
  if (node?.tag === DER_TAG.generalizedTime) {
    const parts = GENERALIZED.exec(text);
    if (parts === null) throw new DerError('malformed GeneralizedTime');
    return instant(parts, Number(parts[1]));
  }
  throw new DerError('a time is missing');
}
