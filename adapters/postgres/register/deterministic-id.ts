import { sm3 } from '../../../documents/sm/sm3';

/**
 * In: a namespace and the parts of a natural key. Out: a UUID (version 8, RFC 9562 clause 5.8) that is the same for
 * the same parts and different for different ones: the first 16 bytes of SM3 over the length-prefixed parts.
 */
export function deterministicId(namespace: string, ...parts: readonly (string | number)[]): string {
  const pieces = [namespace, ...parts.map(String)].flatMap((part) => {
    const bytes = Buffer.from(part, 'utf8');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return [length, bytes];
  });
  const id = Buffer.from(sm3(Buffer.concat(pieces)).subarray(0, 16));
  id.writeUInt8((id.readUInt8(6) & 0x0f) | 0x80, 6);
  id.writeUInt8((id.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = id.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
