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
import { type FaceToSeal, makeFacesToSeal } from './sealed-face';

const ROUNDS = 7;
const FILES_PER_ROUND = 60;
const FILES_OF_ONE_SEAL = 20;
const GOAL_RATIO = 1.5;
/** Ours; the design asks for files of one office. */
const OWN_LIMIT_FOR_NEW_SEALS = 2;

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

interface SealedFile {
  readonly bytes: Uint8Array;
  readonly contents: readonly Uint8Array[];
  readonly verifications: readonly (() => boolean)[];
}

async function sealFile({ ofd, kit, order, signer }: FaceToSeal): Promise<SealedFile> {
  const bytes = await kit.sign(ofd, order, signer);
  const reading = readContainer(bytes);
  if (!reading.ok) throw new Error(`the sealed file is refused: ${reading.problem}`);
  const contents = [...reading.entries.values()].map(({ data }) => data);
  const signedValue = [...reading.entries].find(([name]) => name.endsWith('SignedValue.dat'))?.[1].data;
  if (signedValue === undefined) throw new Error('the sealed file has no signature');
  return { bytes, contents, verifications: signaturesBelow(signedValue, kit).map(bareVerification) };
}

function verifyBare({ contents, verifications }: SealedFile): void {
  if (!verifications.every((verifies) => verifies())) throw new Error('a raw signature is wrong');
  for (const data of contents) sm3(data);
}

/** Several files of one seal; and files each of which has a seal that was never seen before. */
async function measure(metric: string, goal: number, files: readonly SealedFile[], kit: SealKit) {
  const turn = { ours: 0, reference: 0 };
  const next = (whose: keyof typeof turn): SealedFile => {
    const file = files[turn[whose] % files.length];
    if (file === undefined) throw new Error('no file');
    turn[whose] += 1;
    return file;
  };
  const ours = new Contestant(() => {
    const { overall, reason } = verifyOfd(next('ours').bytes, kit.options());
    if (overall !== 'valid') throw new Error(`the sealed file is ${reason}`);
  });
  const reference = new Contestant(() => verifyBare(next('reference')));
  await measureInTurn([ours, reference], { rounds: ROUNDS, perRound: FILES_PER_ROUND });
  const [first] = files;
  return timeLine({
    bench: 'verify-file',
    metric,
    ours: median(ours.roundsMs),
    reference: median(reference.roundsMs),
    goal,
    detail: {
      verifications: first?.verifications.length ?? 0,
      digests: first?.contents.length ?? 0,
      bytes: first?.bytes.length ?? 0,
    },
  });
}

/**
 * Full validation of an OFD with one seal against its raw SM2 verifications and the SM3 digests of its entries, with nothing
 * unpacked, parsed or compared. Processor time; medians of alternating rounds. Ours remembers that a certificate or list
 * is rightly signed, so of files with one seal it verifies two signatures anew where the reference verifies five; the
 * second line has a seal never seen before in every file, so that only the list is remembered.
 */
export async function run(): Promise<readonly BenchLine[]> {
  const faces = await makeFacesToSeal(FILES_PER_ROUND * (ROUNDS + 1));
  const [face] = faces;
  if (face === undefined) throw new Error('no face');
  const { kit } = face;
  const ofOneSeal = faces.slice(0, FILES_OF_ONE_SEAL).map(({ ofd }) => sealFile({ ...face, ofd }));
  return [
    await measure('oneSealCpuMs', GOAL_RATIO, await Promise.all(ofOneSeal), kit),
    await measure('newSealsCpuMs', OWN_LIMIT_FOR_NEW_SEALS, await Promise.all(faces.map(sealFile)), kit),
  ];
}
