import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { CHANGE_KINDS, opensVersion } from '../../../domain/certificate-change/change-kind';
import type { ChangeRequest } from '../../../domain/certificate-change/change-request';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { startCase, tellCase } from '../case/tell-case';
import type { ChangeTools } from '../certificate/supersede-version';
import { recordEvent } from '../evidence/record-event';
import { closeTasks, giveEverythingBack, release } from '../issuance/give-back-issuance';
import type { IssuanceRow } from '../issuance/issuance-row';
import { CONDUCTOR_ACTOR, moveIssuance } from '../issuance/issuance-row';
import { deterministicId } from '../register/deterministic-id';
import { voidOpenIntents } from '../sealing/sealing-intents';
import { openDeadline } from '../sla/deadlines';
import type { ChangeRow } from './certificate-change-row';

/** The case that produces the version of a change; the same at every repetition. */
export function issuanceIdOf(changeId: string): string {
  return deterministicId('issuanceOfChange', changeId);
}

/** Effect: the issuance line produces the new version (①–⑦), from the request of the change; started by the outbox. */
export async function openIssuanceOfChange(
  transaction: Knex.Transaction,
  { cipher, integrity }: ChangeTools,
  change: ChangeRow,
  request: ChangeRequest,
  now: Date,
): Promise<string> {
  const { newVersion } = request;
  if (newVersion === null || change.uniqueness_digest === null || !opensVersion(change.operation)) {
    throw new Error(`change ${change.id} has no request for a new version`);
  }
  const id = issuanceIdOf(change.id);
  const scope = { authorityId: change.authority_id, trade: change.trade };
  const certificate = await transaction<{ id: string; catalog_entry_id: string }>('certificate')
    .where({ id: change.certificate_id })
    .first('catalog_entry_id');
  if (certificate === undefined)
    throw new Error(`certificate ${change.certificate_id} is not in the register`);
  await transaction('issuance').insert({
    id,
    state: 'received',
    origin: change.agency_system_id === null ? 'form' : 'agency',
    operation: CHANGE_KINDS[change.operation].origin,
    certificate_change_id: change.id,
    previous_version_id: change.certificate_version_id,
    certificate_id: change.certificate_id,
    authority_id: scope.authorityId,
    trade: scope.trade,
    catalog_entry_id: certificate.catalog_entry_id,
    catalog_entry_version_id: change.catalog_entry_version_id,
    agency_system_id: change.agency_system_id,
    operator_id: change.operator_id,
    business_number: change.business_number,
    decided_at: change.decided_at,
    request_cipher: cipher.encrypt(JSON.stringify(newVersion), cipherPlace('issuance.request_cipher', id)),
    uniqueness_digest: change.uniqueness_digest,
    callback_url: newVersion.callbackUrl,
    received_at: change.received_at,
    updated_at: now,
  });
  await recordEvent(transaction, {
    id: randomUUID(),
    kind: 'issuance.receive',
    caseKind: 'issuance',
    caseId: id,
    certificateId: change.certificate_id,
    ...scope,
    actor: CONDUCTOR_ACTOR,
    facts: { changeId: change.id, operation: change.operation, catalogCode: newVersion.catalogCode },
    occurredAt: now,
    recordedAt: now,
  });
  await openDeadline(transaction, integrity, {
    caseKind: 'issuance',
    caseId: id,
    key: 'SYNCHRONISED_ISSUANCE',
    round: 1,
    ...scope,
    startAt: change.decided_at,
  });
  await startCase(transaction, { kind: 'issuance', caseId: id, now });
  return id;
}

/**
 * Effect: the case that was sent back begins again at ① with what the change asks for now. Its version, where one was
 * written, is a draft and is written anew.
 */
export async function resubmitIssuanceOfChange(
  transaction: Knex.Transaction,
  { cipher }: ChangeTools,
  row: IssuanceRow,
  change: ChangeRow,
  request: ChangeRequest,
  now: Date,
): Promise<void> {
  if (request.newVersion === null || change.uniqueness_digest === null) {
    throw new Error(`change ${change.id} has no request for a new version`);
  }
  await release(transaction, row);
  await transaction<IssuanceRow>('issuance')
    .where({ id: row.id })
    .update({
      catalog_entry_version_id: change.catalog_entry_version_id,
      business_number: change.business_number,
      decided_at: change.decided_at,
      request_cipher: cipher.encrypt(
        JSON.stringify(request.newVersion),
        cipherPlace('issuance.request_cipher', row.id),
      ),
      uniqueness_digest: change.uniqueness_digest,
      callback_url: request.newVersion.callbackUrl,
      comparison_outcome: null,
      comparison_cipher: null,
    });
  await moveIssuance(transaction, row, {
    operation: 'resubmit',
    now,
    actor: CONDUCTOR_ACTOR,
    set: { revision: row.revision + 1 },
  });
  await tellCase(transaction, { kind: 'issuance', caseId: row.id, change: `resubmit/${row.revision}`, now });
}

/** The case that produces a change's version while it is open, locked; null when there is none. */
export async function lockOpenIssuanceOf(
  transaction: Knex.Transaction,
  changeId: string,
): Promise<IssuanceRow | null> {
  const row = await transaction<IssuanceRow>('issuance')
    .where({ certificate_change_id: changeId })
    .whereNull('closed_at')
    .forUpdate()
    .first();
  return row ?? null;
}

/** Whether a seal was set already, so that nobody may take the case back any more. */
export async function hasSeal(transaction: Knex.Transaction, row: IssuanceRow): Promise<boolean> {
  if (row.certificate_version_id === null) return false;
  const sealed = await transaction('seal_signature')
    .where({ certificate_version_id: row.certificate_version_id })
    .first('sealing_intent_id');
  return sealed !== undefined;
}

/**
 * Ends the case that produces a change's version, locked by the caller: withdrawn by its initiator, or pre-empted by the
 * end of the certificate, also when it is sealed. What was sealed and is never issued becomes `voided`, its version number
 * and identifier are used up, and nobody outside ever saw it.
 */
export async function endIssuanceOfChange(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  end: {
    readonly operation: 'withdraw' | 'preempt';
    readonly actor: Readonly<Record<string, string | null>>;
    readonly reason: { readonly code: string; readonly detail: string };
    readonly now: Date;
  },
): Promise<void> {
  await voidOpenIntents(transaction, row.id, end.reason.code, end.now);
  if (await hasSeal(transaction, row)) {
    await transaction('certificate_version')
      .where({ id: row.certificate_version_id })
      .whereNull('issued_at')
      .update({ state: 'voided' });
  }
  await moveIssuance(transaction, row, {
    operation: end.operation,
    now: end.now,
    actor: end.actor,
    reason: end.reason,
  });
  await giveEverythingBack(transaction, row, end.reason.detail, end.now);
  await closeTasks(transaction, row, end.now);
  await tellCase(transaction, { kind: 'issuance', caseId: row.id, change: end.operation, now: end.now });
}
