import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { VersionOrigin } from '../../../domain/certificate/lifecycle';
import type { ComparisonOutcome } from '../../../domain/issuance/compare-record';
import type { IssuanceOperation, IssuanceState } from '../../../domain/issuance/lifecycle';
import { applyIssuanceTransition } from '../../../domain/issuance/lifecycle';
import type { SystemPrincipal } from '../../../domain/shared/principal';
import type { Standing } from '../../../ports/issuance-ledger';
import { recordEvent } from '../evidence/record-event';

/** The conductor's activities act for the product itself, on every row. */
export const CONDUCTOR: SystemPrincipal = { kind: 'system', component: 'conductor' };

/** The channel on which a committed change of a case is announced to whoever waits for its outcome. */
export const CASE_CHANNEL = 'ecert_case';

export interface IssuanceRow {
  readonly id: string;
  readonly state: IssuanceState;
  readonly origin: 'agency' | 'form' | 'backEntry';
  /** How the version that the case produces comes into being. */
  readonly operation: VersionOrigin;
  /** The change whose new version it is; null for a new issue. */
  readonly certificate_change_id: string | null;
  readonly previous_version_id: string | null;
  readonly authority_id: string;
  readonly trade: string;
  readonly catalog_entry_id: string;
  readonly catalog_entry_version_id: string;
  readonly agency_system_id: string | null;
  readonly operator_id: string | null;
  readonly business_number: string;
  readonly decided_at: Date;
  readonly request_cipher: Buffer;
  readonly uniqueness_digest: Buffer;
  readonly callback_url: string | null;
  readonly revision: number;
  readonly comparison_outcome: ComparisonOutcome | null;
  readonly comparison_cipher: Buffer | null;
  readonly waiting_for: string | null;
  readonly state_reason: { readonly code: string; readonly detail: string } | null;
  readonly certificate_id: string | null;
  readonly certificate_version_id: string | null;
  readonly received_at: Date;
  readonly updated_at: Date;
  readonly closed_at: Date | null;
}

/** In: a transaction and a case. Out: its row, locked until the transaction ends. Throws when there is none. */
export async function lockIssuance(transaction: Knex.Transaction, issuanceId: string): Promise<IssuanceRow> {
  const row = await transaction<IssuanceRow>('issuance').where({ id: issuanceId }).forNoKeyUpdate().first();
  if (row === undefined) throw new Error(`issuance ${issuanceId} is not in the register`);
  return row;
}

export interface Transition {
  readonly operation: IssuanceOperation;
  readonly now: Date;
  readonly actor: Readonly<Record<string, string | null>>;
  readonly facts?: Readonly<Record<string, string | number | boolean | null>>;
  readonly reason?: { readonly code: string; readonly detail: string } | null;
  readonly set?: Partial<
    Pick<IssuanceRow, 'waiting_for' | 'certificate_id' | 'certificate_version_id' | 'revision'>
  >;
}

export const CONDUCTOR_ACTOR = { kind: 'system', id: 'conductor' } as const;

/**
 * Moves a locked case by its transition table, with its event and log leaf in the same transaction; announces it.
 * Throws when the table lacks the transition: callers ask the state first, so that would be a fault of the product.
 */
export async function moveIssuance(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  transition: Transition,
): Promise<IssuanceRow> {
  const outcome = applyIssuanceTransition(row.state, transition.operation);
  if (!outcome.ok)
    throw new Error(`issuance ${row.id}: ${transition.operation} is not possible in ${row.state}`);
  const isFinal = outcome.value === 'issued' || outcome.value === 'refused' || outcome.value === 'withdrawn';
  const changed = {
    state: outcome.value,
    waiting_for: null,
    state_reason: transition.reason ?? null,
    updated_at: transition.now,
    closed_at: isFinal ? transition.now : null,
    ...transition.set,
  };
  // What comes back announces the change to whoever waits, when the transaction has committed.
  const told = await transaction<IssuanceRow>('issuance')
    .where({ id: row.id })
    .update(changed)
    .returning(transaction.raw('pg_notify(?, id::text)', [CASE_CHANNEL]));
  if (told.length !== 1) throw new Error(`issuance ${row.id} vanished`);
  const moved: IssuanceRow = { ...row, ...changed };
  await recordEvent(transaction, {
    id: randomUUID(),
    kind: `issuance.${transition.operation}`,
    caseKind: 'issuance',
    caseId: row.id,
    certificateId: moved.certificate_id,
    certificateVersionId: moved.certificate_version_id,
    authorityId: row.authority_id,
    trade: row.trade,
    actor: transition.actor,
    facts: {
      from: row.state,
      to: outcome.value,
      ...(transition.reason == null ? {} : { reason: transition.reason.code }),
      ...transition.facts,
    },
    occurredAt: transition.now,
    recordedAt: transition.now,
  });
  return moved;
}

/** Whoever waits for the case looks again when this transaction has committed. */
export async function announce(transaction: Knex.Transaction, issuanceId: string): Promise<void> {
  await transaction.raw('SELECT pg_notify(?, ?)', [CASE_CHANNEL, issuanceId]);
}

interface WaitRow {
  readonly task_id: string | null;
  readonly takes_effect_at: Date | null;
  readonly due_at: Date | null;
}

/** Where a case stands, with its present task and the clock that rings next; nothing personal. */
export async function standingOf(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  now: Date,
): Promise<Standing> {
  if (row.state !== 'underReview' && row.state !== 'awaitingSeal') {
    return { state: row.state, taskId: null, decisionTakesEffectInMs: null, dueInMs: null };
  }
  const { rows } = await transaction.raw<{ rows: WaitRow[] }>(
    `SELECT t.id AS task_id, t.takes_effect_at,
       (SELECT min(d.next_ring_at) FROM deadline d WHERE d.case_kind = 'issuance' AND d.case_id = :id AND d.closed_at IS NULL) AS due_at
     FROM (SELECT 1) AS one
     LEFT JOIN LATERAL (SELECT id, takes_effect_at FROM task
       WHERE case_kind = 'issuance' AND case_id = :id AND state <> 'closed' ORDER BY round DESC LIMIT 1) t ON true`,
    { id: row.id },
  );
  const wait = rows[0];
  return {
    state: row.state,
    taskId: row.state === 'underReview' ? (wait?.task_id ?? null) : null,
    decisionTakesEffectInMs: row.state === 'underReview' ? untilMs(wait?.takes_effect_at, now) : null,
    dueInMs: untilMs(wait?.due_at, now),
  };
}

function untilMs(instant: Date | null | undefined, now: Date): number | null {
  return instant == null ? null : Math.max(0, instant.getTime() - now.getTime());
}
