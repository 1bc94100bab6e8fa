import { createPublicKey, createVerify } from 'node:crypto';
import { readContainer } from '../documents/container/read-container';
import { parseCertificateRevocationList } from '../documents/pki/certificate-revocation-list';
import { parseSigningCertificate } from '../documents/pki/signing-certificate';
import { readSealSignature } from '../documents/ses-reading/read-seal-signature';
import { userDigest } from '../documents/sm/sm2-curve';
import { sm3 } from '../documents/sm/sm3';
import { verifyOfd } from '../documents/verification/verify-ofd';
import type { SealKit } from '../test/support/seal-kit';
import type { BenchLine } from './bench-line';
import { median, timeLine } from './bench-line';
import { Contestant, measureInTurn } from './processor-time';
import { makeFaceToSeal } from './sealed-face';

const ROUNDS = 7;
const FILES_PER_ROUND = 100;
const GOAL_RATIO = 1.5;

interface SignedOctets {
  readonly signer: Uint8Array;
  readonly octets: Uint8Array;
  readonly signature: Uint8Array;
}

/** The signatures on which the verdict about the file rests, each once: of stamp, seal, both certificates and the list. */
function signaturesBelow(signedValue: Uint8Array, { authority, revocationList }: SealKit): SignedOctets[] {
  const { signedBytes, signature, signerCertificate, seal } = readSealSignature(signedValue);
  const list = parseCertificateRevocationList(revocationList);
  const [signer, maker] = [signerCertificate, seal.makerCertificate].map(parseSigningCertificate);
  if (signer === undefined || maker === undefined) throw new Error('the seal has no certificates');
  return [
    { signer: signer.encoded, octets: signedBytes, signature },
    { signer: maker.encoded, octets: seal.signedBytes, signature: seal.signature },
    { signer: authority, octets: signer.tbs, signature: signer.signature },
    { signer: authority, octets: maker.tbs, signature: maker.signature },
    { signer: authority, octets: list.tbs, signature: list.signature },
  ];
}

/** The bare operation of node:crypto, with a key that is imported once. */
function bareVerification({ signer, octets, signature }: SignedOctets): () => boolean {
  const { publicKey, subjectPublicKeyInfo } = parseSigningCertificate(signer);
  if (publicKey.kind !== 'sm2') throw new Error('not an SM2 certificate');
  const key = createPublicKey({ key: Buffer.from(subjectPublicKeyInfo), type: 'spki', format: 'der' });
  const message = Buffer.concat([userDigest(publicKey.point), octets]);
  return () => createVerify('sm3').update(message).verify(key, signature);
}

/**
 * Full validation of an OFD with one seal against its raw SM2 verifications and the SM3 digests of its entries, with nothing
 * unpacked, parsed or compared. Processor time; medians of alternating rounds.
 */
export async function run(): Promise<readonly BenchLine[]> {
  const { ofd, kit, order } = await makeFaceToSeal();
  const sealed = await kit.sign(ofd, order);
  const options = kit.options();
  const validate = (): string => verifyOfd(sealed, options).overall;
  const reading = readContainer(sealed);
  if (!reading.ok || validate() !== 'valid') throw new Error('the sealed file is not valid');
  const contents = [...reading.entries.values()].map(({ data }) => data);
  const signedValue = [...reading.entries].find(([name]) => name.endsWith('SignedValue.dat'))?.[1].data;
  if (signedValue === undefined) throw new Error('the sealed file has no signature');
  const verifications = signaturesBelow(signedValue, kit).map(bareVerification);
  const bare = (): void => {
    if (!verifications.every((verifies) => verifies())) throw new Error('a raw signature is wrong');
    for (const data of contents) sm3(data);
  };
  const [ours, reference] = [new Contestant(validate), new Contestant(bare)];
  await measureInTurn([ours, reference], { rounds: ROUNDS, perRound: FILES_PER_ROUND });
  return [
    timeLine({
      bench: 'verify-file',
      metric: 'validateCpuMs',
      ours: median(ours.roundsMs),
      reference: median(reference.roundsMs),
      goal: GOAL_RATIO,
      detail: { verifications: verifications.length, digests: contents.length, bytes: sealed.length },
    }),
  ];
}
