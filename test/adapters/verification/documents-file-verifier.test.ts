import { createDocumentsFileVerifier } from '../../../adapters/verification/documents-file-verifier';
import { readContainer } from '../../../documents/container/read-container';
import { imprintOf, makeTimestampToken } from '../../../documents/pki/timestamp-token';
import { readSealSignature } from '../../../documents/ses-reading/read-seal-signature';
import { signSm2 } from '../../../documents/sm/sm2';
import type { FileEvidence, FileVerdict } from '../../../ports/file-verifier';
import { buildOfd } from '../../support/ofd-builder';
import { createSealKit, JUDGED_AT, type SealKit, SIGNED_AT } from '../../support/seal-kit';

const COMPROMISED_AT = new Date('2026-06-10T00:00:00Z');

let kit: SealKit;
let sealed: Uint8Array;
let stolen: FileEvidence;
beforeAll(async () => {
  kit = await createSealKit();
  sealed = await kit.sign(buildOfd());
  stolen = {
    trustAnchors: [kit.authority],
    revocationLists: [await kit.revoke(kit.signer.serialHex, COMPROMISED_AT, 1)],
    judgedAt: JUDGED_AT,
    timestamps: [],
    recordedBy: null,
  };
});

function judge(more: Partial<FileEvidence> = {}): Promise<FileVerdict> {
  return createDocumentsFileVerifier().verify(sealed, { ...stolen, ...more });
}

async function tokenAt(time: Date): Promise<Uint8Array> {
  const reading = readContainer(sealed);
  if (!reading.ok) throw new Error(reading.problem);
  const value = reading.entries.get('Doc_0/Signs/Sign_0/SignedValue.dat')?.data ?? new Uint8Array();
  const authority = await kit.issue('timestamp', { commonName: '时间戳' });
  return makeTimestampToken({
    algorithm: 'sm2',
    certificate: authority.certificate,
    chain: [],
    sign: async (bytes) => signSm2(authority.key, bytes),
    policy: '1.2.3.4',
    imprint: imprintOf('sm3', readSealSignature(value).signature),
    serialHex: '2b',
    time,
  });
}

describe('a file whose key was stolen after it was sealed', () => {
  it('is doubtful by itself', async () => {
    expect(await judge()).toMatchObject({ verdict: 'cannotTell', reason: 'keyCompromised' });
  });

  it('is proven by a timestamp from before, and shows its time', async () => {
    const time = new Date(SIGNED_AT.getTime() + 30_000);
    expect(await judge({ timestamps: [await tokenAt(time)] })).toMatchObject({
      verdict: 'valid',
      sealedAt: time.toISOString(),
    });
    expect(await judge({ timestamps: [await tokenAt(COMPROMISED_AT)] })).toMatchObject({
      verdict: 'cannotTell',
    });
  });

  it('is proven by what the register recorded before, and by nothing recorded after', async () => {
    expect(await judge({ recordedBy: SIGNED_AT })).toMatchObject({ verdict: 'valid' });
    expect(await judge({ recordedBy: COMPROMISED_AT })).toMatchObject({ verdict: 'cannotTell' });
  });
});
