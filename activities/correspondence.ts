import { isDeepStrictEqual } from 'node:util';
import { readOfd } from '../documents/ofd/read-ofd';
import { verifyFile } from '../documents/verification/verify-file';
import type { Clock } from '../ports/clock';
import type { FileStore } from '../ports/file-store';
import type { IssuanceLedger, Standing } from '../ports/issuance-ledger';
import type { Correspondence, FileToCorrespond, SealingLedger } from '../ports/sealing-ledger';
import type { VerificationDesk } from '../ports/verification-desk';

/** Step ⑤ as the workflow calls it. */
export interface CorrespondenceActivities {
  correspond(issuanceId: string): Promise<Standing>;
}

export interface CorrespondencePorts {
  readonly cases: Pick<IssuanceLedger, 'noteWaiting'>;
  readonly ledger: SealingLedger;
  readonly files: FileStore;
  readonly trust: Pick<VerificationDesk, 'trust'>;
  readonly clock: Clock;
  readonly faceAttachment: string;
}

/**
 * ⑤: reads the stored bytes again and proves, with code that did no sealing, that what was sealed is what was
 * intended. A file that does not correspond stops the case there, visibly, and is never issued.
 */
export function createCorrespondenceActivities(ports: CorrespondencePorts): CorrespondenceActivities {
  return {
    async correspond(issuanceId) {
      const sealed = await ports.ledger.whatWasSealed(issuanceId);
      for (const file of sealed.files) {
        const problem = await problemOf(ports, sealed, file);
        if (problem === null) continue;
        await ports.cases.noteWaiting(issuanceId, 'correspondenceFailed');
        throw new Error(
          `issuance ${issuanceId}: the sealed ${file.fileKind} is not what was intended: ${problem}`,
        );
      }
      return ports.ledger.completeSealing(issuanceId);
    },
  };
}

async function problemOf(
  { files, trust, clock, faceAttachment }: CorrespondencePorts,
  sealed: Correspondence,
  file: FileToCorrespond,
): Promise<string | null> {
  const bytes = await files.get(file.sealedDigest);
  if (bytes === null) return 'it is not in the store';
  const report = verifyFile(bytes, {
    ...(await trust.trust()),
    at: clock.now(),
    revocation: 'whenAvailable',
  });
  if (report.kind !== file.fileKind) return `it reads as ${report.kind}`;
  if (report.overall !== 'valid') return `verification says ${report.overall} (${report.reason})`;
  if (report.signatures.length !== file.seals.length) return `it bears ${report.signatures.length} seals`;
  if (report.metadata['ZZBS'] !== sealed.identifier) return 'it bears another identifier';
  if (report.metadata['ZZBH'] !== sealed.number) return 'it bears another number';
  if (!file.seals.every((seal) => containsSeal(file.fileKind, bytes, seal)))
    return 'it bears another signature';
  return file.fileKind === 'ofd' ? faceProblem(bytes, sealed, faceAttachment) : null;
}

/** The exact bytes that were to be signed, and the signature that was recorded, stand in the file. */
function containsSeal(
  kind: 'ofd' | 'pdf',
  file: Uint8Array,
  seal: { readonly toBeSigned: Uint8Array; readonly signature: Uint8Array },
): boolean {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  switch (kind) {
    case 'ofd':
      return bytes.includes(Buffer.from(seal.toBeSigned)) && bytes.includes(Buffer.from(seal.signature));
    case 'pdf': {
      // CMS carries the signed attributes under an implicit tag (RFC 5652, 5.4), so all but the first byte agree.
      const attributes = Buffer.from(seal.toBeSigned.subarray(1)).toString('hex');
      const text = bytes.toString('latin1').toLowerCase();
      return text.includes(attributes) && text.includes(Buffer.from(seal.signature).toString('hex'));
    }
  }
}

function faceProblem(ofd: Uint8Array, sealed: Correspondence, attachmentName: string): string | null {
  const reading = readOfd(ofd);
  const attachment = reading.ok ? reading.attachments.find(({ name }) => name === attachmentName) : undefined;
  if (attachment?.data === undefined) return 'it has no machine-readable face';
  const inside: unknown = JSON.parse(Buffer.from(attachment.data).toString('utf8'));
  const face = typeof inside === 'object' && inside !== null && 'face' in inside ? inside.face : null;
  return isDeepStrictEqual(face, sealed.face) ? null : 'its machine-readable face differs from the register';
}
