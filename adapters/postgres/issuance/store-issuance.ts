import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { NewIssuance } from '../../../ports/issuance-desk';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { enqueue } from '../case/outbox';
import { startKey } from '../case/prompt-starts';
import { eventActor } from '../evidence/event-actor';
import { recordEvent } from '../evidence/record-event';
import { openDeadline } from '../sla/deadlines';
import type { IssuanceRow } from './issuance-row';

/** The case is started at once by whoever accepted it; the relay only picks up what a crash left. */
const RELAY_DELAY_MS = 1_000;

/**
 * In: the transaction of whoever asks, and a request that was judged. Effect: the case, its event, its clock and the outbox row
 * that starts its workflow, or nothing of it.
 */
export async function storeIssuance(
  transaction: Knex.Transaction,
  { cipher, integrity }: { readonly cipher: PersonalDataCipher; readonly integrity: RowIntegrity },
  principal: Principal,
  issuanceId: string,
  issuance: NewIssuance,
  now: Date,
): Promise<void> {
  const { rules, request, origin } = issuance;
  const scope = { authorityId: rules.authority.id, trade: rules.definition.trade };
  await transaction('issuance').insert({
    id: issuanceId,
    state: 'received',
    origin,
    authority_id: scope.authorityId,
    trade: scope.trade,
    catalog_entry_id: rules.catalogEntryId,
    agency_system_id: principal.kind === 'agency' ? principal.agencySystemId : null,
    operator_id: principal.kind === 'person' ? principal.personId : null,
    ...issuanceContent(cipher, issuanceId, issuance),
    received_at: now,
    updated_at: now,
  });
  await recordEvent(transaction, {
    id: randomUUID(),
    kind: 'issuance.receive',
    caseKind: 'issuance',
    caseId: issuanceId,
    ...scope,
    actor: eventActor(principalName(principal)),
    facts: { origin, catalogCode: rules.definition.code },
    occurredAt: now,
    recordedAt: now,
  });
  await openDeadline(transaction, integrity, {
    caseKind: 'issuance',
    caseId: issuanceId,
    key: 'SYNCHRONISED_ISSUANCE',
    round: 1,
    ...scope,
    startAt: new Date(request.decidedAt),
  });
  await enqueue(transaction, {
    dedupeKey: startKey('issuance', issuanceId),
    topic: 'startWorkflow',
    payload: { kind: 'issuance', id: issuanceId },
    availableAt: new Date(now.getTime() + RELAY_DELAY_MS),
  });
}

/** What of a case a request decides, the first time and when it is amended; the request itself is encrypted. */
export function issuanceContent(
  cipher: PersonalDataCipher,
  issuanceId: string,
  { rules, request, uniquenessKey }: NewIssuance,
): Pick<
  IssuanceRow,
  | 'catalog_entry_version_id'
  | 'business_number'
  | 'decided_at'
  | 'request_cipher'
  | 'uniqueness_digest'
  | 'callback_url'
> {
  return {
    catalog_entry_version_id: rules.catalogEntryVersionId,
    business_number: request.businessNumber,
    decided_at: new Date(request.decidedAt),
    request_cipher: cipher.encrypt(
      JSON.stringify(request),
      cipherPlace('issuance.request_cipher', issuanceId),
    ),
    uniqueness_digest: cipher.lookup('uniqueness', uniquenessKey),
    callback_url: request.callbackUrl,
  };
}
