import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { verifyFile } from '../../documents/verification/verify-file';
import type { Check, CheckContext, Finding } from '../invariant';
import { countOf, findingsOf } from '../invariant';

const PAGE = 200;

const NOT_THE_LAST_SEALED = `
SELECT f.certificate_version_id AS id, format('the %s is not what the last seal left', f.file_kind) AS what
FROM certificate_file f
LEFT JOIN LATERAL (SELECT sealed_digest FROM seal_signature g
  WHERE g.certificate_version_id = f.certificate_version_id AND g.file_kind = f.file_kind
  ORDER BY seal_ordinal DESC LIMIT 1) last ON true
WHERE last.sealed_digest IS DISTINCT FROM f.digest`;

const NOT_AS_LOGGED = `
SELECT v.id, format('the %s of the register is not the one that the event names', f.file_kind) AS what
FROM certificate_version v
JOIN certificate_file f ON f.certificate_version_id = v.id
LEFT JOIN event e ON e.certificate_version_id = v.id AND e.kind IN ('certificate.issue', 'certificate.issueAhead')
WHERE v.issued_at IS NOT NULL AND e.facts->'files'->>f.file_kind IS DISTINCT FROM f.digest`;

/** I5: the digest of every stored file is the one recorded and the one logged, and what was sealed verifies. */
export const checkFiles: Check = async (context) => {
  const { register } = context;
  return {
    invariant: 'I5',
    title: 'digest of the stored file = recorded = logged, and every sealed file verifies',
    checked: await countOf(register, 'SELECT count(*) FROM stored_file'),
    findings: [
      ...(await findingsOf(register, NOT_THE_LAST_SEALED)),
      ...(await findingsOf(register, NOT_AS_LOGGED)),
      ...(await checkStored(context)),
      ...(await checkSealed(context)),
    ],
  };
};

/** Every file that the register says exists, sealed or only prepared. */
async function checkStored({ register, filesFolder }: CheckContext): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let after = '';
  for (;;) {
    const { rows } = await register.query<{ digest: string; size_bytes: number }>(
      `SELECT digest, size_bytes FROM stored_file WHERE digest > $1 ORDER BY digest LIMIT ${PAGE}`,
      [after],
    );
    const last = rows.at(-1);
    if (last === undefined) return findings;
    for (const { digest, size_bytes } of rows) {
      const problem = storedProblem(await storedBytes(filesFolder, digest), digest, size_bytes);
      if (problem !== null) findings.push({ id: digest, what: problem });
    }
    after = last.digest;
  }
}

function storedProblem(bytes: Uint8Array | null, digest: string, sizeBytes: number): string | null {
  if (bytes === null) return 'the register says that it exists, but it is not in the store';
  if (createHash('sm3').update(bytes).digest('hex') !== digest) return 'its bytes have another digest';
  return bytes.length === sizeBytes ? null : `it has ${bytes.length} bytes, recorded are ${sizeBytes}`;
}

interface SealedRow {
  readonly id: string;
  readonly file_kind: 'ofd' | 'pdf';
  readonly digest: string;
  readonly identifier: string;
  readonly number: string;
  readonly seals: number;
}

async function checkSealed(context: CheckContext): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  let after = { id: '00000000-0000-0000-0000-000000000000', kind: '' };
  for (;;) {
    const rows = await sealedPage(context.register, after);
    const last = rows.at(-1);
    if (last === undefined) return findings;
    for (const row of rows) {
      const bytes = await storedBytes(context.filesFolder, row.digest);
      const problem = bytes === null ? 'it is not in the store' : sealProblem(bytes, row, context);
      if (problem !== null) findings.push({ id: row.id, what: `${row.file_kind}: ${problem}` });
    }
    after = { id: last.id, kind: last.file_kind };
  }
}

async function sealedPage(
  register: Client,
  after: { readonly id: string; readonly kind: string },
): Promise<readonly SealedRow[]> {
  const { rows } = await register.query<SealedRow>(
    `SELECT v.id, f.file_kind, f.digest, v.identifier, c.number,
       jsonb_array_length(k.definition->'requiredSeals') AS seals
     FROM certificate_file f
     JOIN certificate_version v ON v.id = f.certificate_version_id
     JOIN certificate c ON c.id = v.certificate_id
     JOIN catalog_entry_version k ON k.id = v.catalog_entry_version_id
     WHERE (v.id, f.file_kind) > ($1, $2) ORDER BY v.id, f.file_kind LIMIT ${PAGE}`,
    [after.id, after.kind],
  );
  return rows;
}

/** ZZBS and ZZBH: identifier and number inside of the file (GB/T 36903). */
function sealProblem(bytes: Uint8Array, row: SealedRow, context: CheckContext): string | null {
  const report = verifyFile(bytes, {
    trustAnchors: context.trustAnchors,
    revocationLists: context.revocationLists,
    at: context.at,
    revocation: 'whenAvailable',
  });
  if (report.kind !== row.file_kind) return `it reads as ${report.kind}`;
  if (report.validAtSigning !== 'valid') {
    return `verification says ${report.validAtSigning} (${report.reason})`;
  }
  if (report.signatures.length !== row.seals)
    return `it bears ${report.signatures.length} of ${row.seals} seals`;
  if (report.metadata['ZZBS'] !== row.identifier) return 'it bears another identifier';
  return report.metadata['ZZBH'] === row.number ? null : 'it bears another number';
}

async function storedBytes(folder: string, digest: string): Promise<Uint8Array | null> {
  try {
    return await readFile(join(folder, digest.slice(0, 2), digest.slice(2, 4), digest));
  } catch (fault) {
    if (typeof fault === 'object' && fault !== null && 'code' in fault && fault.code === 'ENOENT')
      return null;
    throw fault;
  }
}
