/** A seal, a file or a signature that cannot be used for sealing; the message says why, without content of the file. */
export class SealingFault extends Error {
  override readonly name = 'SealingFault';
}
