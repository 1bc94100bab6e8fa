import type { Knex } from 'knex';
import type { CatalogDefinition } from '../../../domain/catalog/catalog-entry';
import type { Face } from '../../../domain/catalog/face-schema';
import { comparableText } from '../../../domain/shared/text-form';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { openTask } from '../case/case-tasks';

interface LiveRow {
  readonly id: string;
  readonly certificate_id: string;
  readonly authority_id: string;
  readonly trade: string;
  readonly face_cipher: Buffer;
  readonly number: string;
  readonly definition: CatalogDefinition;
}

const LIVE = `
SELECT DISTINCT ON (v.id) v.id, v.certificate_id, v.authority_id, v.trade, v.face_cipher, c.number, k.definition
FROM certificate_holder h
JOIN certificate_version v ON v.id = h.certificate_version_id AND v.state IN ('notYetInForce','inForce','suspended')
JOIN certificate c ON c.id = v.certificate_id
JOIN catalog_entry_version k ON k.id = v.catalog_entry_version_id`;

/** A certificate that has ended. */
export interface EndedParent {
  readonly certificateId: string;
  readonly versionId: string;
  /** In words, such as 已注销. */
  readonly how: string;
  readonly now: Date;
}

interface ParentRow {
  readonly code: string;
  readonly name: string;
  readonly number: string;
}

/**
 * Effect: for each live certificate that rests on the ended one, as the catalogue says (`dependsOn`), its own authority
 * has a task to look at it; nothing ends by itself. A certificate that has such a task open gets no second. Out: how many
 * tasks were opened. Reads across authorities, so it runs for the product itself.
 */
export async function openTasksForDependents(
  transaction: Knex.Transaction,
  tools: { readonly cipher: PersonalDataCipher; readonly integrity: RowIntegrity },
  ended: EndedParent,
): Promise<number> {
  const parents = await transaction.raw<{ rows: ParentRow[] }>(
    `SELECT e.code, k.name AS name, c.number FROM certificate_version v
     JOIN certificate c ON c.id = v.certificate_id JOIN catalog_entry e ON e.id = c.catalog_entry_id
     JOIN catalog_entry_version k ON k.id = v.catalog_entry_version_id WHERE v.id = ?`,
    [ended.versionId],
  );
  const [parent] = parents.rows;
  if (parent === undefined) throw new Error(`version ${ended.versionId} is not in the register`);
  const { rows } = await transaction.raw<{ rows: LiveRow[] }>(
    `${LIVE}
     WHERE h.code_lookup IN (SELECT code_lookup FROM certificate_holder WHERE certificate_version_id = :version)
       AND v.certificate_id <> :certificate
       AND k.definition->'dependsOn' @> jsonb_build_array(jsonb_build_object('catalogCode', :code::text))
     ORDER BY v.id`,
    { version: ended.versionId, certificate: ended.certificateId, code: parent.code },
  );
  const dependents = rows.filter((row) => restsOn(tools.cipher, row, parent));
  const why = `所依附的“${parent.name}”${ended.how}，请核实该证照应否变更、注销或维持`;
  let opened = 0;
  for (const row of dependents) {
    if (await openDependentTask(transaction, tools.integrity, row, why, ended.now)) opened += 1;
  }
  return opened;
}

function restsOn(cipher: PersonalDataCipher, row: LiveRow, parent: ParentRow): boolean {
  return (row.definition.dependsOn ?? []).some((dependency) => {
    if (dependency.catalogCode !== parent.code) return false;
    if (dependency.kind === 'holder') return true;
    const face = JSON.parse(
      cipher.decrypt(row.face_cipher, cipherPlace('certificate_version.face_cipher', row.id)),
    ) as Face;
    const value = face[dependency.element];
    return typeof value === 'string' && comparableText(value) === comparableText(parent.number);
  });
}

/**
 * Effect: when a new version names a holder otherwise than the one before it, the other live certificates of that holder,
 * whose faces still bear the old name, get a task. The same code under another name is a renaming.
 */
export async function openTasksForRenamedHolders(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  changed: {
    readonly previousVersionId: string;
    readonly versionId: string;
    readonly certificateId: string;
    readonly now: Date;
  },
): Promise<number> {
  const { rows } = await transaction.raw<{ rows: { code_lookup: Buffer }[] }>(
    `SELECT n.code_lookup FROM certificate_holder n
     JOIN certificate_holder o ON o.code_lookup = n.code_lookup AND o.certificate_version_id = :previous
     WHERE n.certificate_version_id = :version AND n.name_lookup <> o.name_lookup`,
    { previous: changed.previousVersionId, version: changed.versionId },
  );
  let opened = 0;
  for (const { code_lookup } of rows) {
    opened += await openTasksForHolder(transaction, integrity, code_lookup, {
      exceptCertificateId: changed.certificateId,
      why: '持证主体名称已变更，请核实该证照应否变更',
      now: changed.now,
    });
  }
  return opened;
}

/** Effect: every live certificate of a holder but one has a task. Out: how many were opened. */
export async function openTasksForHolder(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  codeLookup: Uint8Array,
  about: { readonly exceptCertificateId: string | null; readonly why: string; readonly now: Date },
): Promise<number> {
  const { rows } = await transaction.raw<{ rows: LiveRow[] }>(
    `${LIVE} WHERE h.code_lookup = :lookup AND (:except::uuid IS NULL OR v.certificate_id <> :except) ORDER BY v.id`,
    { lookup: Buffer.from(codeLookup), except: about.exceptCertificateId },
  );
  let opened = 0;
  for (const row of rows) {
    if (await openDependentTask(transaction, integrity, row, about.why, about.now)) opened += 1;
  }
  return opened;
}

async function openDependentTask(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  row: LiveRow,
  why: string,
  now: Date,
): Promise<boolean> {
  const { rows } = await transaction.raw<{ rows: { open: number; rounds: number }[] }>(
    `SELECT count(*) FILTER (WHERE state IN ('open','claimed'))::int AS open, count(*)::int AS rounds
     FROM task WHERE case_kind = 'certificate' AND kind = 'dependentCertificate' AND case_id = ?`,
    [row.certificate_id],
  );
  const earlier = rows[0];
  if (earlier === undefined || earlier.open > 0) return false;
  await openTask(transaction, integrity, {
    kind: 'dependentCertificate',
    caseId: row.certificate_id,
    round: earlier.rounds + 1,
    authorityId: row.authority_id,
    trade: row.trade,
    subject: row.definition.name,
    reference: row.number,
    excludedPersonId: null,
    deadlineKey: null,
    link: `/certificates/${row.certificate_id}`,
    why,
    now,
  });
  return true;
}
