import type { Knex } from 'knex';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { addDays } from '../../../domain/shared/legal-date';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { closeTasks } from '../case/case-tasks';
import { tellCase } from '../case/tell-case';
import {
  groundOf,
  lockChange,
  moveChange,
  readChangeRequest,
} from '../certificate-change/certificate-change-row';
import type { ChangedVersionRow } from '../certificate-change/changed-version';
import { applyToVersion } from '../certificate-change/changed-version';
import type { IssuanceRow } from '../issuance/issuance-row';
import { CONDUCTOR_ACTOR } from '../issuance/issuance-row';
import { openTasksForRenamedHolders } from './dependent-tasks';

export interface ChangeTools {
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
}

/**
 * Effect, in the transaction of ⑥ and before the new version has effect: the version it follows is superseded (after a
 * reinstatement it stays ended), with its event; the certificate passes to the authority that takes it in; what may be
 * live only once is held for the new version alone; the change is done and whoever waits for it is told. Out: whether the
 * right goes on without a gap, so that the new version is in force at once although its first day may lie ahead.
 * Nothing for a new issue.
 */
export async function supersedePrevious(
  transaction: Knex.Transaction,
  tools: ChangeTools,
  row: IssuanceRow,
  validFrom: string,
  now: Date,
): Promise<{ readonly continues: boolean }> {
  if (row.certificate_change_id === null) return { continues: false };
  const change = await lockChange(transaction, row.certificate_change_id);
  const previous = await lockVersion(transaction, row.previous_version_id ?? '');
  if (previous.authority_id !== row.authority_id && change.operation === 'transferIn') {
    await transaction('certificate')
      .where({ id: previous.certificate_id })
      .update({ authority_id: row.authority_id });
  }
  await applyToVersion(transaction, previous, {
    operation: change.operation,
    now,
    actor: CONDUCTOR_ACTOR,
    legalGround: groundOf(readChangeRequest(tools.cipher, change)),
    caseKind: 'certificateChange',
    caseId: change.id,
    facts: { nextVersionId: row.certificate_version_id },
  });
  await transaction('uniqueness_reservation')
    .where({ certificate_id: previous.certificate_id })
    .whereNot({ uniqueness_digest: row.uniqueness_digest })
    .delete();
  await carryDoubt(transaction, row, previous);
  await closeTasks(transaction, { kind: 'dependentCertificate', caseId: previous.certificate_id, now });
  await openTasksForRenamedHolders(transaction, tools.integrity, {
    previousVersionId: previous.id,
    versionId: row.certificate_version_id ?? '',
    certificateId: previous.certificate_id,
    now,
  });
  await moveChange(transaction, change, {
    operation: 'complete',
    now,
    actor: CONDUCTOR_ACTOR,
    facts: { issuanceId: row.id, nextVersionId: row.certificate_version_id },
  });
  await tellCase(transaction, { kind: 'certificateChange', caseId: change.id, change: 'done', now });
  return { continues: continuesWithoutGap(previous, validFrom) };
}

/** A decision on paper that is not entered yet concerns the new version too; 核查中 follows it by itself. */
async function carryDoubt(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  previous: ChangedVersionRow,
): Promise<void> {
  if (!previous.marks.includes('statusInDoubt')) return;
  await transaction('certificate_version')
    .where({ id: row.certificate_version_id })
    .update({ marks: ['statusInDoubt'] });
}

/** The new period begins at the latest on the day after the present one: the same right, without a gap. */
function continuesWithoutGap(previous: ChangedVersionRow, validFrom: string): boolean {
  if (previous.state !== 'inForce') return false;
  return previous.valid_until === null || validFrom <= addDays(previous.valid_until as LegalDate, 1);
}

async function lockVersion(transaction: Knex.Transaction, versionId: string): Promise<ChangedVersionRow> {
  const version = await transaction<ChangedVersionRow>('certificate_version')
    .where({ id: versionId })
    .forUpdate()
    .first();
  if (version === undefined) throw new Error(`version ${versionId} is not in the register`);
  return version;
}

/** The face of a version, decrypted. */
export function readFace(
  cipher: PersonalDataCipher,
  version: Pick<ChangedVersionRow, 'id' | 'face_cipher'>,
): unknown {
  return JSON.parse(
    cipher.decrypt(version.face_cipher, cipherPlace('certificate_version.face_cipher', version.id)),
  );
}
