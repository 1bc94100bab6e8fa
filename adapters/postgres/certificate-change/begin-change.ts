import type { Knex } from 'knex';
import type { Face } from '../../../domain/catalog/face-schema';
import { certificateTransition } from '../../../domain/certificate/lifecycle';
import { changeName, changeObstacle, opensVersion } from '../../../domain/certificate-change/change-kind';
import { checkNewVersion } from '../../../domain/certificate-change/check-new-version';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { legalDateAt, shanghaiInstant } from '../../../domain/shared/legal-date';
import type { Principal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { NewCertificateChange } from '../../../ports/certificate-change-desk';
import { cipherPlace } from '../../cipher/encrypted-columns';
import type { CatalogVersionRow } from '../catalog/catalog-version-row';
import { checkCatalogVersion } from '../catalog/catalog-version-row';
import { settleVersionDates } from '../certificate/settle-certificate-dates';
import type { ChangeTools } from '../certificate/supersede-version';
import { readFace } from '../certificate/supersede-version';
import type { ChangeRow } from './certificate-change-row';
import type { ChangedVersionRow } from './changed-version';
import { lockNewestVersion, setMark } from './changed-version';
import { lockOpenChange, preemptChange } from './preempt-change';
import { recordChangeReceived } from './record-change-received';

export interface Begun {
  readonly changeId: string;
  readonly authorityId: string;
  readonly now: Date;
}

interface Situation {
  readonly version: ChangedVersionRow;
  readonly number: string;
  readonly open: ChangeRow | null;
  readonly entry: CatalogVersionRow;
}

/**
 * Begins a change in the transaction of its Idempotency-Key: the certificate is locked, its dates are settled by the
 * register's clock, the table is asked, and only then anything is written: the change with what was asked, its event, the
 * mark 延续审查中 of a renewal filed in time, and the end of an open change that an ending pre-empts. Out: the row, received.
 */
export async function beginChange(
  transaction: Knex.Transaction,
  tools: ChangeTools,
  principal: Principal,
  change: NewCertificateChange,
  begun: Begun,
): Promise<Result<ChangeRow, Refusal>> {
  const situation = await situationOf(transaction, tools, change.certificateId, begun.now);
  if (situation === null) return refused({ code: 'notFound' });
  const refusal = await refusalOf(transaction, tools, change, situation, begun);
  if (refusal !== null) return refused(refusal);
  const { version, open } = situation;
  if (open !== null) {
    await preemptChange(transaction, open, {
      by: begun.changeId,
      detail: `证照已${changeName(change.kind)}`,
      now: begun.now,
    });
  }
  const row = await insertChange(transaction, tools, principal, change, situation, begun);
  await recordChangeReceived(transaction, row, principal, begun.now);
  if (keepsInForce(change, version, begun.now)) {
    await setMark(transaction, version.id, 'renewalPending', true);
  }
  return accepted(row);
}

/** 行政许可法 50: what asks in time to go on keeps the certificate in force until it is decided. */
function keepsInForce(
  { kind, request }: NewCertificateChange,
  version: ChangedVersionRow,
  now: Date,
): boolean {
  const asksToGoOn = kind === 'renew' || (kind === 'reissue' && request.reissueReason === 'expired');
  return asksToGoOn && (version.valid_until === null || version.valid_until >= legalDateAt(now.getTime()));
}

async function situationOf(
  transaction: Knex.Transaction,
  tools: ChangeTools,
  certificateId: string,
  now: Date,
): Promise<Situation | null> {
  // In the order of ⑥: first the case that produces a version, then the change, then the certificate and its versions.
  await lockOpenChange(transaction, certificateId);
  const certificate = await transaction<{ id: string; number: string }>('certificate')
    .where({ id: certificateId })
    .forUpdate()
    .first('number');
  let version = await lockNewestVersion(transaction, certificateId);
  if (certificate === undefined || version === null) return null;
  if (await settleVersionDates(transaction, tools, version, now)) {
    version = await lockNewestVersion(transaction, certificateId);
    if (version === null) return null;
  }
  const entry = await transaction<CatalogVersionRow>('catalog_entry_version')
    .where({ id: version.catalog_entry_version_id })
    .first();
  if (entry === undefined) throw new Error('the catalogue version of a certificate is not in the register');
  return {
    version,
    number: certificate.number,
    open: await lockOpenChange(transaction, certificateId),
    entry: checkCatalogVersion(tools.integrity, entry),
  };
}

async function refusalOf(
  transaction: Knex.Transaction,
  tools: ChangeTools,
  change: NewCertificateChange,
  { version, number, open, entry }: Situation,
  { authorityId, now }: Begun,
): Promise<Refusal | null> {
  const { kind } = change;
  const obstacle = changeObstacle(kind, {
    state: version.state,
    marks: version.marks,
    hasOpenChange: open !== null,
    handling: entry.definition.handling,
    periodicInspection: entry.definition.periodicInspection,
  });
  if (obstacle === 'changeOpen' && open !== null) return heldBy(open);
  if (obstacle !== null) return { code: obstacle };
  if (kind === 'transferIn' && !(await isDestination(transaction, version.certificate_id, authorityId))) {
    return { code: 'notFound' };
  }
  const missing = await missingAttachments(transaction, change, authorityId);
  if (missing !== null) return missing;
  if (!opensVersion(kind) || change.newVersion === null || change.request.newVersion === null) return null;
  const problems = checkNewVersion(
    kind,
    {
      number,
      catalogCode: entry.definition.code,
      face: readFace(tools.cipher, version) as Face,
      validUntil: version.valid_until as LegalDate | null,
    },
    change.request.newVersion,
    change.newVersion.rules.definition,
    change.request.correctedElements,
    legalDateAt(now.getTime()),
  );
  return problems.length === 0 ? null : { code: 'contentInvalid', problems };
}

function heldBy(open: ChangeRow): Refusal {
  return {
    code: 'changeOpen',
    facts: {
      changeId: open.id,
      operation: open.operation,
      operationName: changeName(open.operation),
      since: shanghaiInstant(open.received_at.getTime()),
    },
  };
}

/** Only the authority to which the certificate was transferred takes it in. */
async function isDestination(
  transaction: Knex.Transaction,
  certificateId: string,
  authorityId: string,
): Promise<boolean> {
  const last = await transaction<ChangeRow>('certificate_change')
    .where({ certificate_id: certificateId, operation: 'transferOut', state: 'done' })
    .orderBy('closed_at', 'desc')
    .first('to_authority_id');
  return last?.to_authority_id === authorityId;
}

async function missingAttachments(
  transaction: Knex.Transaction,
  { request }: NewCertificateChange,
  authorityId: string,
): Promise<Refusal | null> {
  if (request.attachmentIds.length === 0) return null;
  const found = await transaction<{ id: string }>('attachment')
    .whereIn('id', [...request.attachmentIds])
    .where({ authority_id: authorityId } as object)
    .select('id');
  const known = new Set(found.map(({ id }) => id));
  const problems = request.attachmentIds.flatMap((id, index) =>
    known.has(id)
      ? []
      : [{ pointer: `/attachments/${index}`, code: 'unknown', expected: '应为本单位已上传的附件' }],
  );
  return problems.length === 0 ? null : { code: 'contentInvalid', problems };
}

async function insertChange(
  transaction: Knex.Transaction,
  { cipher }: ChangeTools,
  principal: Principal,
  change: NewCertificateChange,
  { version, entry }: Situation,
  { changeId, authorityId, now }: Begun,
): Promise<ChangeRow> {
  const { request, newVersion } = change;
  const isTakingIn = certificateTransition(change.kind).opensNewVersion;
  const [row] = await transaction<ChangeRow>('certificate_change')
    .insert({
      id: changeId,
      certificate_id: version.certificate_id,
      certificate_version_id: version.id,
      operation: change.kind,
      state: 'received',
      authority_id: isTakingIn ? authorityId : version.authority_id,
      trade: version.trade,
      catalog_entry_version_id: newVersion?.rules.catalogEntryVersionId ?? entry.id,
      agency_system_id: principal.kind === 'agency' ? principal.agencySystemId : null,
      operator_id: principal.kind === 'person' ? principal.personId : null,
      received_at: now,
      ...changeContent(cipher, changeId, change),
      to_authority_id: request.toAuthorityId,
      updated_at: now,
    })
    .returning('*');
  if (row === undefined) throw new Error(`change ${changeId} was not written`);
  return row;
}

/** What a change asks for, as its row keeps it. */
export function changeContent(
  cipher: ChangeTools['cipher'],
  changeId: string,
  { request, newVersion }: NewCertificateChange,
): Pick<
  ChangeRow,
  'business_number' | 'decided_at' | 'request_cipher' | 'uniqueness_digest' | 'reissue_reason'
> {
  return {
    business_number: request.businessNumber,
    decided_at: new Date(request.decidedAt),
    request_cipher: cipher.encrypt(
      JSON.stringify(request),
      cipherPlace('certificate_change.request_cipher', changeId),
    ),
    uniqueness_digest: newVersion === null ? null : cipher.lookup('uniqueness', newVersion.uniquenessKey),
    reissue_reason: request.reissueReason,
  };
}
