import { contextPrimitiveTag, contextTag, derTag } from './der-reader';

/** Joins pieces into one array. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

/** Any tag around content, with the shortest definite length (ITU-T X.690 clause 10.1). */
export function derValue(tag: number, content: Uint8Array): Uint8Array {
  return concatBytes([Uint8Array.from([tag, ...lengthOctets(content.length)]), content]);
}

export function derSequence(...parts: readonly Uint8Array[]): Uint8Array {
  return derValue(derTag.sequence, concatBytes(parts));
}

/** SET OF: DER orders the elements by their encodings (X.690 clause 11.6). */
export function derSetOf(parts: readonly Uint8Array[]): Uint8Array {
  return derValue(derTag.set, concatBytes([...parts].sort((a, b) => Buffer.compare(a, b))));
}

/** INTEGER from a non-negative number, or from the magnitude's big-endian octets. */
export function derInteger(value: number | Uint8Array): Uint8Array {
  const hex = typeof value === 'number' ? value.toString(16) : Buffer.from(value).toString('hex');
  const trimmed = hex.replace(/^0+/, '') || '0';
  const octets = Buffer.from(trimmed.length % 2 === 0 ? trimmed : `0${trimmed}`, 'hex');
  const signed = (octets[0] ?? 0) >= 0x80 ? concatBytes([Uint8Array.of(0), octets]) : octets;
  return derValue(derTag.integer, signed);
}

/** INTEGER from lower-case hex of its magnitude, as serial numbers are kept. */
export function derIntegerFromHex(hex: string): Uint8Array {
  return derInteger(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'));
}

export function derEnumerated(value: number): Uint8Array {
  return derValue(derTag.enumerated, Uint8Array.of(value));
}

export function derBoolean(value: boolean): Uint8Array {
  return derValue(derTag.boolean, Uint8Array.of(value ? 0xff : 0));
}

export function derNull(): Uint8Array {
  return derValue(derTag.nullValue, new Uint8Array(0));
}

function arcOctets(arc: bigint): number[] {
  const octets = [Number(arc & 0x7fn)];
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) octets.unshift(0x80 | Number(rest & 0x7fn));
  return octets;
}

/** OBJECT IDENTIFIER from dotted text. */
export function derOid(dotted: string): Uint8Array {
  const [top = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt);
  return derValue(derTag.oid, Uint8Array.from([top * 40n + second, ...rest].flatMap(arcOctets)));
}

export function derOctetString(content: Uint8Array): Uint8Array {
  return derValue(derTag.octetString, content);
}

/** BIT STRING of whole octets. */
export function derBitString(content: Uint8Array): Uint8Array {
  return derValue(derTag.bitString, concatBytes([Uint8Array.of(0), content]));
}

/** Named-bit BIT STRING: DER drops trailing zero bits (X.690 clause 11.2.2). */
export function derBitFlags(positions: readonly number[]): Uint8Array {
  const highest = Math.max(-1, ...positions);
  const octets = new Uint8Array(Math.floor(highest / 8) + 1);
  for (const position of positions) {
    const index = position >> 3;
    octets[index] = (octets[index] ?? 0) | (0x80 >> (position & 7));
  }
  const unused = octets.length === 0 ? 0 : 7 - (highest % 8);
  return derValue(derTag.bitString, concatBytes([Uint8Array.of(unused), octets]));
}

export function derUtf8String(text: string): Uint8Array {
  return derValue(derTag.utf8String, Buffer.from(text, 'utf8'));
}

export function derPrintableString(text: string): Uint8Array {
  return derValue(derTag.printableString, Buffer.from(text, 'latin1'));
}

export function derIa5String(text: string): Uint8Array {
  return derValue(derTag.ia5String, Buffer.from(text, 'latin1'));
}

function zulu(instant: Date): string {
  return `${instant.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`;
}

/** GeneralizedTime in whole seconds, Zulu. */
export function derGeneralizedTime(instant: Date): Uint8Array {
  return derValue(derTag.generalizedTime, Buffer.from(zulu(instant), 'latin1'));
}

/** X.509 Time: UTCTime through 2049, GeneralizedTime after (RFC 5280 section 4.1.2.5). */
export function derX509Time(instant: Date): Uint8Array {
  const year = instant.getUTCFullYear();
  if (year < 1950 || year > 2049) return derGeneralizedTime(instant);
  return derValue(derTag.utcTime, Buffer.from(zulu(instant).slice(2), 'latin1'));
}

/** [n] constructed (explicit tagging, or implicit over a constructed type). */
export function derContext(number: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return derValue(contextTag(number), concatBytes(parts));
}

/** [n] primitive (implicit tagging over a primitive type). */
export function derContextPrimitive(number: number, content: Uint8Array): Uint8Array {
  return derValue(contextPrimitiveTag(number), content);
}
