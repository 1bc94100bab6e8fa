import {
  childrenOf,
  contextPrimitiveTag,
  contextTag,
  DerError,
  type DerNode,
  readBitStringOctets,
} from '../pki/der-reader';

/** Octets of `[0] BIT STRING`, explicit as the standards write it or implicit as some makers do. Throws DerError. */
export function readTaggedBitString(node: DerNode | undefined): Uint8Array | undefined {
  if (node === undefined) return undefined;
  if (node.tag === contextTag(0)) {
    const [inner, ...more] = childrenOf(node, 2);
    if (more.length > 0) throw new DerError('timestamp field');
    return readBitStringOctets(inner);
  }
  if (node.tag === contextPrimitiveTag(0) && node.content[0] === 0) return node.content.subarray(1);
  throw new DerError('timestamp field');
}
