import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTrustFile, writeTrustFile } from '../../adapters/trust/trust-folder';
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
  const { trustAnchors, revocationLists } = await readTrustFile(folder, DEMONSTRATION_TRUST_FILE);
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

const TIMESTAMP_TRUST_FILE = 'timestamp-trust.pem';
const TIMESTAMP_ALGORITHMS = ['sm2', 'rsa'] as const;

/**
 * Effect: the roots and lists of the local timestamp authority, which it publishes in the secrets folder as base64 of
 * DER, lie in the trust folder too. Where no such authority ever ran nothing is written.
 */
export async function seedTimestampTrust(folder: string, secretsFolder: string): Promise<void> {
  const published = (name: string): Promise<readonly Uint8Array[]> =>
    Promise.all(
      TIMESTAMP_ALGORITHMS.map((algorithm) => readPublished(join(secretsFolder, `${name}-${algorithm}`))),
    ).then((found) => found.filter((bytes) => bytes !== null));
  const trustAnchors = await published('timestamp-trust-anchor');
  const revocationLists = await published('timestamp-revocation-list');
  if (trustAnchors.length === 0) return;
  await writeTrustFile(folder, TIMESTAMP_TRUST_FILE, { trustAnchors, revocationLists });
}

async function readPublished(path: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(Buffer.from(await readFile(path, 'utf8'), 'base64'));
  } catch (fault) {
    if (typeof fault === 'object' && fault !== null && 'code' in fault && fault.code === 'ENOENT')
      return null;
    throw fault;
  }
}
