import { readDerPrefix } from '../../documents/pki/der-reader';
import { readSignedData } from '../../documents/pki/read-signed-data';
import { verifySigner } from '../../documents/pki/verify-signer';
import { signaturePlace } from './mutate-pdf';

/**
 * What many validators do and no more: takes the byte range of the first signature as it is written, and checks digest
 * and signature over it. Shows that the mutations are worth refusing: a harness that cannot fail proves nothing.
 */
export function naiveAccepts(bytes: Uint8Array): boolean {
  try {
    const { byteRange, contents } = signaturePlace(bytes);
    const text = Buffer.from(bytes).toString('latin1');
    const numbers = text
      .slice(byteRange.start + 1, byteRange.end - 1)
      .trim()
      .split(/\s+/)
      .map(Number);
    const [a = 0, b = 0, c = 0, d = 0] = numbers;
    const hex = text.slice(contents.start + 1, contents.end - 1);
    const { node } = readDerPrefix(Buffer.from(hex, 'hex'));
    const signedData = readSignedData(node.encoded);
    const [signer] = signedData.signers;
    if (signer === undefined) return false;
    const covered = [bytes.subarray(a, a + b), bytes.subarray(c, c + d)];
    const finding = verifySigner(signedData, signer, covered);
    return finding.digest === 'right' && finding.signature === 'right';
  } catch {
    return false;
  }
}
