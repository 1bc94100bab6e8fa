import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { CertificateState } from '../../../domain/certificate/lifecycle';
import { applyTransition, VERSION_ORIGINS } from '../../../domain/certificate/lifecycle';
import { legalDateAt } from '../../../domain/shared/legal-date';
import { enqueue, enqueueAll } from '../case/outbox';
import { startKey } from '../case/prompt-starts';
import { recordEvent } from '../evidence/record-event';
import type { IssuanceRow } from '../issuance/issuance-row';
import { CONDUCTOR_ACTOR } from '../issuance/issuance-row';
import { openUpReport } from '../up-report/open-up-report';

export interface VersionRow {
  readonly id: string;
  readonly certificate_id: string;
  readonly identifier: string;
  readonly state: CertificateState;
  readonly valid_from: string;
  readonly face_cipher: Buffer;
}

/** The version that a case brought forth. */
export async function versionOf(transaction: Knex.Transaction, row: IssuanceRow): Promise<VersionRow> {
  const version = await transaction<VersionRow>('certificate_version')
    .where({ id: row.certificate_version_id ?? '' })
    .first();
  if (version === undefined) throw new Error(`issuance ${row.id} has no certificate version`);
  return version;
}

/** The files of a version as they are from now on; a file of its own per kind. */
export async function recordFinalFiles(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  versionId: string,
  now: Date,
): Promise<Readonly<Record<string, string>>> {
  const { rows } = await transaction.raw<{ rows: { file_kind: 'ofd' | 'pdf'; digest: string }[] }>(
    `INSERT INTO certificate_file (certificate_version_id, file_kind, authority_id, trade, digest, recorded_at)
     SELECT DISTINCT ON (file_kind) certificate_version_id, file_kind, authority_id, trade, sealed_digest, ?::timestamptz
     FROM seal_signature WHERE certificate_version_id = ? ORDER BY file_kind, seal_ordinal DESC
     RETURNING file_kind, digest`,
    [now, versionId],
  );
  if (rows.length !== 2) throw new Error(`issuance ${row.id} has ${rows.length} sealed files`);
  await transaction('file_timestamp')
    .insert(rows.map(({ digest }) => ({ digest, requested_at: now })))
    .onConflict('digest')
    .ignore();
  return Object.fromEntries(rows.map((file) => [file.file_kind, file.digest]));
}

/**
 * The version takes effect today, or waits for its first day unless it continues the right of the version before it; the
 * event carries the digests of the files (I5) and the code of how the version came into being.
 */
export async function bringIntoForce(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  version: VersionRow,
  files: Readonly<Record<string, string>>,
  { now, continues }: { readonly now: Date; readonly continues: boolean },
): Promise<{ readonly state: CertificateState; readonly eventId: string }> {
  const isAhead = version.valid_from > legalDateAt(now.getTime()) && !continues;
  const operation = isAhead ? 'issueAhead' : 'issue';
  const outcome = applyTransition(version.state, operation);
  if (!outcome.ok) throw new Error(`version ${version.id}: ${operation} is not possible in ${version.state}`);
  const eventId = randomUUID();
  await transaction('certificate_version')
    .where({ id: version.id })
    .update({ state: outcome.value.state, issued_at: now });
  await recordEvent(transaction, {
    id: eventId,
    kind: `certificate.${operation}`,
    caseKind: 'issuance',
    caseId: row.id,
    certificateId: version.certificate_id,
    certificateVersionId: version.id,
    authorityId: row.authority_id,
    trade: row.trade,
    operationCode: VERSION_ORIGINS[row.operation].ministryCode,
    actor: CONDUCTOR_ACTOR,
    facts: { state: outcome.value.state, identifier: version.identifier, files },
    occurredAt: now,
    recordedAt: now,
  });
  return { state: outcome.value.state, eventId };
}

/** 归集上报: every issue is reported once, by the code of what brought the version about. */
export async function reportIssue(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  version: VersionRow,
  eventId: string,
  now: Date,
): Promise<void> {
  await openUpReport(transaction, {
    eventId,
    certificateVersionId: version.id,
    authorityId: row.authority_id,
    trade: row.trade,
    operationCode: VERSION_ORIGINS[row.operation].ministryCode,
    now,
  });
}

/** ⑦ One delivery per holder (art. 9), each started by its outbox row. */
export async function openDeliveries(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  version: VersionRow,
  now: Date,
): Promise<void> {
  const { rows } = await transaction.raw<{ rows: { id: string }[] }>(
    `INSERT INTO delivery (certificate_version_id, holder_ordinal, authority_id, trade, channel, state, created_at, updated_at)
     SELECT certificate_version_id, ordinal, authority_id, trade, 'portal', 'pending', :now, :now
     FROM certificate_holder WHERE certificate_version_id = :version
     RETURNING id`,
    { now, version: version.id },
  );
  if (rows.length === 0) throw new Error(`issuance ${row.id} has no holder to deliver to`);
  await enqueueAll(
    transaction,
    rows.map(({ id }) => ({
      dedupeKey: startKey('delivery', id),
      topic: 'startWorkflow',
      payload: { kind: 'delivery', id },
      availableAt: now,
    })),
  );
}

/** Tells the agency system that asked to be told. */
export async function enqueueCallback(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  version: VersionRow,
  state: CertificateState,
  now: Date,
): Promise<void> {
  await enqueue(transaction, {
    dedupeKey: `webhook/issuance/${row.id}/issued`,
    topic: 'webhook',
    payload: {
      agencySystemId: row.agency_system_id,
      url: row.callback_url,
      type: 'issuance.issued',
      data: {
        issuanceId: row.id,
        certificateId: version.certificate_id,
        identifier: version.identifier,
        state,
      },
    },
    availableAt: now,
  });
}
