import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type {
  CertificateMark,
  CertificateOperation,
  CertificateState,
  MinistryOperationCode,
} from '../../../domain/certificate/lifecycle';
import {
  applyTransition,
  CERTIFICATE_STATE_DESCRIPTIONS,
  certificateTransition,
  mayCarryMark,
} from '../../../domain/certificate/lifecycle';
import { recordEvent } from '../evidence/record-event';
import { openUpReport } from '../up-report/open-up-report';

/** A version as far as changes need it. */
export interface ChangedVersionRow {
  readonly id: string;
  readonly certificate_id: string;
  readonly authority_id: string;
  readonly trade: string;
  readonly version: string;
  readonly state: CertificateState;
  readonly marks: readonly CertificateMark[];
  readonly catalog_entry_version_id: string;
  readonly previous_version_id: string | null;
  readonly face_cipher: Buffer;
  readonly valid_from: string;
  readonly valid_until: string | null;
}

/** The newest issued version of a certificate, locked; null when none was issued. */
export async function lockNewestVersion(
  transaction: Knex.Transaction,
  certificateId: string,
): Promise<ChangedVersionRow | null> {
  const { rows } = await transaction.raw<{ rows: ChangedVersionRow[] }>(
    `SELECT v.* FROM certificate_version v
     WHERE v.certificate_id = ? AND v.issued_at IS NOT NULL AND NOT EXISTS (
       SELECT 1 FROM certificate_version n WHERE n.previous_version_id = v.id AND n.issued_at IS NOT NULL)
     FOR UPDATE`,
    [certificateId],
  );
  return rows[0] ?? null;
}

export interface VersionChange {
  readonly operation: CertificateOperation;
  readonly now: Date;
  readonly actor: Readonly<Record<string, string | null>>;
  readonly legalGround?: Readonly<Record<string, unknown>> | null;
  readonly caseKind: 'certificateChange' | 'certificate';
  readonly caseId: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  /** When it happened by law or decision; the instant it is recorded at otherwise. */
  readonly occurredAt?: Date;
  /** When a version that ends does so by law, such as by the end of its last day; the instant it is recorded at otherwise. */
  readonly endedAt?: Date;
}

/**
 * Effect: one operation of the certificate's table on a locked version: its state, the marks that still make sense beside
 * it, when it ended, the event with its log leaf. A certificate that ends gives its uniqueness back. Out: the new state
 * and the event. Throws when the table lacks it: callers ask first.
 */
export async function applyToVersion(
  transaction: Knex.Transaction,
  version: ChangedVersionRow,
  change: VersionChange,
): Promise<{ readonly state: CertificateState; readonly eventId: string }> {
  const outcome = applyTransition(version.state, change.operation, version.marks);
  if (!outcome.ok) {
    throw new Error(`version ${version.id}: ${change.operation} is not possible in ${version.state}`);
  }
  const { state, marks } = outcome.value;
  if (state !== version.state) {
    await transaction('certificate_version')
      .where({ id: version.id })
      .update({
        state,
        marks: [...marks],
        ended_at: endedAt(version.state, state, change.endedAt ?? change.now, transaction),
      });
  }
  const eventId = randomUUID();
  await recordEvent(transaction, {
    id: eventId,
    kind: `certificate.${change.operation}`,
    caseKind: change.caseKind,
    caseId: change.caseId,
    certificateId: version.certificate_id,
    certificateVersionId: version.id,
    authorityId: version.authority_id,
    trade: version.trade,
    operationCode: certificateTransition(change.operation).ministryCode,
    actor: change.actor,
    legalGround: change.legalGround ?? null,
    facts: { from: version.state, state, ...change.facts },
    occurredAt: change.occurredAt ?? change.now,
    recordedAt: change.now,
  });
  if (state !== 'superseded' && hasEnded(state) && !hasEnded(version.state)) {
    await transaction('uniqueness_reservation').where({ certificate_id: version.certificate_id }).delete();
  }
  return { state, eventId };
}

/** A version that is ended already keeps the day on which it ended: 注销 after 吊销 completes a formality (行政许可法 70). */
function endedAt(
  before: CertificateState,
  after: CertificateState,
  now: Date,
  transaction: Knex.Transaction,
): Date | Knex.Raw | null {
  if (!hasEnded(after) && CERTIFICATE_STATE_DESCRIPTIONS[after].phase !== 'away') return null;
  return hasEnded(before) ? transaction.raw('ended_at') : now;
}

export function hasEnded(state: CertificateState): boolean {
  return CERTIFICATE_STATE_DESCRIPTIONS[state].phase === 'ended';
}

/** Effect: a mark stands beside the state, or no longer does; a mark that makes no sense beside it is not set. */
export async function setMark(
  transaction: Knex.Transaction,
  versionId: string,
  mark: CertificateMark,
  isSet: boolean,
): Promise<void> {
  const version = await transaction<ChangedVersionRow>('certificate_version')
    .where({ id: versionId })
    .forUpdate()
    .first('id', 'state', 'marks');
  if (version === undefined || version.marks.includes(mark) === isSet) return;
  if (isSet && !mayCarryMark(version.state, mark)) return;
  const marks = isSet ? [...version.marks, mark] : version.marks.filter((other) => other !== mark);
  await transaction('certificate_version').where({ id: versionId }).update({ marks });
}

/** 归集上报: what happened to a version is reported once, by the code of its operation; an inner step has none. */
export async function reportToRegion(
  transaction: Knex.Transaction,
  version: Pick<ChangedVersionRow, 'id' | 'authority_id' | 'trade'>,
  eventId: string,
  operationCode: MinistryOperationCode | null,
  now: Date,
): Promise<void> {
  if (operationCode === null) return;
  await openUpReport(transaction, {
    eventId,
    certificateVersionId: version.id,
    authorityId: version.authority_id,
    trade: version.trade,
    operationCode,
    now,
  });
}
