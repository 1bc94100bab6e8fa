import { DER_TAG } from './read-der';

/** Tag and definite length in its shortest form (X.690 10.1) for a value of `length` octets. */
export function derHeader(tag: number, length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(tag, length);
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Uint8Array.of(tag, 0x80 | octets.length, ...octets);
}

/** One DER value: `tag`, its length, and the parts one after the other. */
export function derValue(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([derHeader(tag, length), ...parts]);
}

/** SEQUENCE of values that are encoded already. */
export function writeSequence(...members: readonly Uint8Array[]): Uint8Array {
  return derValue(DER_TAG.sequence, ...members);
}

/** Non-negative INTEGER from big-endian octets of any length; leading zeros are removed (X.690 8.3.2). */
export function writeUnsignedInteger(octets: Uint8Array): Uint8Array {
  let start = 0;
  while (start < octets.length - 1 && octets[start] === 0) start += 1;
  const shortest = octets.subarray(start);
  const sign = (shortest[0] ?? 0) >= 0x80 || shortest.length === 0 ? Uint8Array.of(0) : new Uint8Array();
  return derValue(DER_TAG.integer, sign, shortest);
}

/** Non-negative INTEGER from a whole number. Throws RangeError for anything else. */
export function writeInteger(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('not a non-negative whole number');
  const octets: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return writeUnsignedInteger(Uint8Array.from(octets));
}

/** BIT STRING that holds whole octets. */
export function writeBitString(octets: Uint8Array): Uint8Array {
  return derValue(DER_TAG.bitString, Uint8Array.of(0), octets);
}

/** OCTET STRING. */
export function writeOctetString(octets: Uint8Array): Uint8Array {
  return derValue(DER_TAG.octetString, octets);
}

/** OBJECT IDENTIFIER from its dotted form. Throws RangeError when it has fewer than two arcs. */
export function writeObjectIdentifier(dotted: string): Uint8Array {
  const [root, second, ...rest] = dotted.split('.').map(Number);
  if (root === undefined || second === undefined) throw new RangeError('an object identifier has two arcs');
  const octets = [root * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
      groups.unshift((left % 128) | 0x80);
    }
    return groups;
  });
  return derValue(DER_TAG.objectIdentifier, Uint8Array.from(octets));
}

/** UTF8String. */
export function writeUtf8String(text: string): Uint8Array {
  return derValue(DER_TAG.utf8String, Buffer.from(text, 'utf8'));
}

/** IA5String. Throws RangeError for text outside ASCII, which the standards forbid in these fields. */
export function writeIa5String(text: string): Uint8Array {
  if (Buffer.from(text, 'utf8').some((byte) => byte > 0x7f))
    throw new RangeError('IA5String holds ASCII only');
  return derValue(DER_TAG.ia5String, Buffer.from(text, 'latin1'));
}

/** GeneralizedTime in UTC with whole seconds, the one form DER allows for them (X.690 11.7). */
export function writeGeneralizedTime(instant: Date): Uint8Array {
  const text = `${instant.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}Z`;
  return derValue(DER_TAG.generalizedTime, Buffer.from(text, 'latin1'));
}
