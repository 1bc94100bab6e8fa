import type { Knex } from 'knex';
import { diffFaces } from '../../../domain/catalog/diff-faces';
import type { Face } from '../../../domain/catalog/face-schema';
import type { IssuanceRequest } from '../../../domain/issuance/issuance-request';
import type { IssuanceRules } from '../../../ports/issuance-desk';
import type { ReviewMaterial } from '../../../ports/task-desk';
import { loadPinnedRules } from '../catalog/catalog-rules';
import type { ChangeTools } from '../certificate/supersede-version';
import { readFace } from '../certificate/supersede-version';
import type { ChangeRow } from './certificate-change-row';
import { readChangeRequest } from './certificate-change-row';
import type { ChangedVersionRow } from './changed-version';

export interface ChangeMaterial {
  readonly rules: IssuanceRules;
  readonly request: IssuanceRequest;
  readonly versionId: string;
  readonly change: NonNullable<ReviewMaterial['change']>;
}

/**
 * What the reviewer of a change looks at: the request of the version that follows, why and on what ground, and in which
 * elements it differs from the version it is about. Null when the change is out of scope or opens no version.
 */
export async function changeMaterial(
  transaction: Knex.Transaction,
  tools: ChangeTools,
  changeId: string,
): Promise<ChangeMaterial | null> {
  const row = await transaction<ChangeRow>('certificate_change').where({ id: changeId }).first();
  if (row === undefined) return null;
  const asked = readChangeRequest(tools.cipher, row);
  if (asked.newVersion === null) return null;
  const rules = await loadPinnedRules(transaction, tools.integrity, row);
  const version = await transaction<ChangedVersionRow>('certificate_version')
    .where({ id: row.certificate_version_id })
    .first('id', 'face_cipher');
  // The version that is taken in from another authority lies out of this one's scope.
  const before = version === undefined ? null : (readFace(tools.cipher, version) as Face);
  const differences =
    before === null ? [] : diffFaces(rules.definition.faceSchema, before, asked.newVersion.face);
  return {
    rules,
    request: asked.newVersion,
    versionId: row.certificate_version_id,
    change: {
      id: row.id,
      operation: row.operation,
      reason: asked.reason,
      legalGround: asked.legalGround,
      differences: differences.map(({ name, left, right }) => ({
        element: name,
        before: left,
        after: right,
      })),
    },
  };
}
