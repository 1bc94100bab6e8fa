import { readTrustFolder, writeTrustFile } from '../../adapters/trust/trust-folder';
import { parseCertificateRevocationList } from '../../documents/pki/certificate-revocation-list';
import { type DemonstrationAuthority, yearsLater } from './demonstration-authority';

/** What `npm run verify-file -- FILE --trust` is given in the demonstration. */
export const DEMONSTRATION_TRUST_FILE = 'demonstration-trust.pem';

const RENEW_BEFORE_MS = 180 * 86_400_000;

/**
 * Effect: the roots of the demonstration and their revocation lists lie in the trust folder. Lists hold for a year and
 * are made anew when less than 180 days are left: without a current list a seal can only be answered 无法确认.
 */
export async function seedTrust(folder: string, authority: DemonstrationAuthority, now: Date): Promise<void> {
  const anchors = [authority.roots.sm2.certificate, authority.roots.rsa.certificate];
  const { trustAnchors, revocationLists } = await readTrustFolder(folder);
  const isComplete = anchors.every((anchor) =>
    trustAnchors.some((known) => Buffer.from(known).equals(anchor)),
  );
  const isCurrent =
    revocationLists.length >= anchors.length &&
    revocationLists.every((list) => {
      const { nextUpdate } = parseCertificateRevocationList(list);
      return nextUpdate !== undefined && nextUpdate.getTime() - now.getTime() > RENEW_BEFORE_MS;
    });
  if (isComplete && isCurrent) return;
  await writeTrustFile(folder, DEMONSTRATION_TRUST_FILE, {
    trustAnchors: anchors,
    revocationLists: await authority.revocationLists(now, yearsLater(now, 1)),
  });
}
