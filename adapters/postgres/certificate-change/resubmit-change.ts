import type { Knex } from 'knex';
import type { Face } from '../../../domain/catalog/face-schema';
import { opensVersion } from '../../../domain/certificate-change/change-kind';
import { checkNewVersion } from '../../../domain/certificate-change/check-new-version';
import { applyChangeTransition } from '../../../domain/certificate-change/lifecycle';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { legalDateAt } from '../../../domain/shared/legal-date';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { NewCertificateChange } from '../../../ports/certificate-change-desk';
import { tellCase } from '../case/tell-case';
import type { ChangeTools } from '../certificate/supersede-version';
import { readFace } from '../certificate/supersede-version';
import { changeContent } from './begin-change';
import type { ChangeRow } from './certificate-change-row';
import { lockChange, moveChange } from './certificate-change-row';
import { lockNewestVersion } from './changed-version';

/**
 * Effect: a change that was sent back is received again with what was amended, under a new revision. Refuses another kind
 * of change, and a version that does not follow the present one. Out: the row, received.
 */
export async function resubmitChange(
  transaction: Knex.Transaction,
  tools: ChangeTools,
  changeId: string,
  change: NewCertificateChange,
  act: { readonly actor: Readonly<Record<string, string | null>>; readonly now: Date },
): Promise<Result<ChangeRow, Refusal>> {
  const row = await lockChange(transaction, changeId);
  if (!applyChangeTransition(row.state, 'resubmit').ok) return refused({ code: 'transitionNotAllowed' });
  if (row.operation !== change.kind || !opensVersion(change.kind)) return refused({ code: 'notPermitted' });
  const version = await lockNewestVersion(transaction, row.certificate_id);
  const certificate = await transaction<{ id: string; number: string }>('certificate')
    .where({ id: row.certificate_id })
    .first('number');
  if (version === null || certificate === undefined || change.newVersion === null) {
    return refused({ code: 'notFound' });
  }
  const { definition } = change.newVersion.rules;
  const { request } = change;
  const problems =
    request.newVersion === null
      ? []
      : checkNewVersion(
          change.kind,
          {
            number: certificate.number,
            catalogCode: definition.code,
            face: readFace(tools.cipher, version) as Face,
            validUntil: version.valid_until as LegalDate | null,
          },
          request.newVersion,
          definition,
          request.correctedElements,
          legalDateAt(act.now.getTime()),
        );
  if (problems.length > 0) return refused({ code: 'contentInvalid', problems });
  await transaction<ChangeRow>('certificate_change')
    .where({ id: changeId })
    .update({
      ...changeContent(tools.cipher, changeId, change),
      catalog_entry_version_id: change.newVersion.rules.catalogEntryVersionId,
    });
  const moved = await moveChange(transaction, row, {
    operation: 'resubmit',
    now: act.now,
    actor: act.actor,
    set: { revision: row.revision + 1 },
  });
  await tellCase(transaction, {
    kind: 'certificateChange',
    caseId: changeId,
    change: `resubmit/${row.revision}`,
    now: act.now,
  });
  return accepted(moved);
}
