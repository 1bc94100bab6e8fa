import type { Knex } from 'knex';
import { certificateTransition } from '../../../domain/certificate/lifecycle';
import { changeName } from '../../../domain/certificate-change/change-kind';
import type { ChangeRequest } from '../../../domain/certificate-change/change-request';
import { closeTasks } from '../case/case-tasks';
import type { ChangeRow } from '../certificate-change/certificate-change-row';
import { groundOf } from '../certificate-change/certificate-change-row';
import type { ChangedVersionRow } from '../certificate-change/changed-version';
import { applyToVersion, hasEnded, reportToRegion } from '../certificate-change/changed-version';
import { postNotice } from '../notice/post-notice';
import { deterministicId } from '../register/deterministic-id';
import { closeDeadline, openDeadline } from '../sla/deadlines';
import { openTasksForDependents } from './dependent-tasks';
import type { ChangeTools } from './supersede-version';

/**
 * Effect of a change that opens no version, at once and in the transaction that records it (reading 7: never held): the
 * state of the version or its endorsement, the event with its legal ground, the report to the region, a notice to each
 * holder, tasks for what rests on a certificate that ended, and the clock from the agency's decision to its entry. The
 * caller has asked the table whether it is allowed. Runs for the product itself.
 */
export async function takeStatusEffect(
  transaction: Knex.Transaction,
  tools: ChangeTools,
  change: ChangeRow,
  request: ChangeRequest,
  version: ChangedVersionRow,
  act: { readonly actor: Readonly<Record<string, string | null>>; readonly now: Date },
): Promise<void> {
  const { now } = act;
  if (request.inspection !== null) await endorse(transaction, change, request.inspection, version, now);
  const { state, eventId } = await applyToVersion(transaction, version, {
    operation: change.operation,
    now,
    actor: act.actor,
    legalGround: groundOf(request),
    caseKind: 'certificateChange',
    caseId: change.id,
    facts: { ...request.inspection, ...destinationOf(request) },
    occurredAt: change.decided_at,
  });
  await reportToRegion(
    transaction,
    version,
    eventId,
    certificateTransition(change.operation).ministryCode,
    now,
  );
  await clockFromDecision(transaction, tools, change, now);
  await tellHolders(transaction, change, version, now);
  await closeTasks(transaction, { kind: 'dependentCertificate', caseId: change.certificate_id, now });
  if (change.operation === 'transferOut' && change.to_authority_id !== null) {
    await tellDestination(transaction, change, change.to_authority_id, now);
  }
  if (hasEnded(state) && !hasEnded(version.state)) {
    await openTasksForDependents(transaction, tools, {
      certificateId: change.certificate_id,
      versionId: version.id,
      how: `已${changeName(change.operation)}`,
      now,
    });
  }
}

function destinationOf({ toAuthorityId, destination }: ChangeRequest): Readonly<Record<string, string>> {
  return {
    ...(toAuthorityId === null ? {} : { toAuthorityId }),
    ...(destination === null ? {} : { destination }),
  };
}

async function endorse(
  transaction: Knex.Transaction,
  change: ChangeRow,
  inspection: NonNullable<ChangeRequest['inspection']>,
  version: ChangedVersionRow,
  now: Date,
): Promise<void> {
  await transaction('certificate_endorsement').insert({
    id: deterministicId('endorsement', change.id),
    certificate_id: change.certificate_id,
    certificate_version_id: version.id,
    certificate_change_id: change.id,
    authority_id: version.authority_id,
    trade: version.trade,
    kind: 'periodicInspection',
    result: inspection.result,
    endorsed_on: inspection.inspectedOn,
    next_due_on: inspection.nextDueOn,
    recorded_at: now,
  });
}

/** `STATUS_CHANGE_SYNC` runs from the decision in the agency; entered in time it is met, later it is missed. */
async function clockFromDecision(
  transaction: Knex.Transaction,
  { integrity }: ChangeTools,
  change: ChangeRow,
  now: Date,
): Promise<void> {
  const name = {
    caseKind: 'certificateChange',
    caseId: change.id,
    key: 'STATUS_CHANGE_SYNC',
    round: 1,
  } as const;
  await openDeadline(transaction, integrity, {
    ...name,
    authorityId: change.authority_id,
    trade: change.trade,
    startAt: change.decided_at,
  });
  await closeDeadline(transaction, { ...name, now });
}

async function tellHolders(
  transaction: Knex.Transaction,
  change: ChangeRow,
  version: ChangedVersionRow,
  now: Date,
): Promise<void> {
  const { rows } = await transaction.raw<{ rows: { ordinal: number; code_lookup: Buffer; name: string }[] }>(
    `SELECT h.ordinal, h.code_lookup, k.name AS name FROM certificate_holder h
     JOIN certificate_version v ON v.id = h.certificate_version_id
     JOIN catalog_entry_version k ON k.id = v.catalog_entry_version_id
     WHERE v.id = ? AND h.code_lookup IS NOT NULL`,
    [version.id],
  );
  for (const { ordinal, code_lookup, name } of rows) {
    await postNotice(transaction, {
      naturalKey: `certificateChange/${change.id}/holder/${ordinal}`,
      recipient: { holderLookup: code_lookup },
      title: `您的证照已办理${changeName(change.operation)}`,
      body: `您的“${name}”已由发证单位办理${changeName(change.operation)}，可在“我的证照”中查看；如有异议，请向发证单位提出。`,
      link: `/certificates/${change.certificate_id}`,
      createdAt: now,
    });
  }
}

async function tellDestination(
  transaction: Knex.Transaction,
  change: ChangeRow,
  authorityId: string,
  now: Date,
): Promise<void> {
  await postNotice(transaction, {
    naturalKey: `certificateChange/${change.id}/destination`,
    recipient: { role: 'operator', authorityId },
    title: '有证照转入贵单位',
    body: `业务编号 ${change.business_number}：一份证照已办理转出，请办理转入(证照 ${change.certificate_id})。`,
    link: `/certificates/${change.certificate_id}`,
    createdAt: now,
  });
}
