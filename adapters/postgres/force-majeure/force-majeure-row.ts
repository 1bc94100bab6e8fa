import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type {
  Evidence,
  ForceMajeureCause,
  ForceMajeureGround,
  TelephoneReport,
} from '../../../domain/force-majeure/declaration';
import type { FinalReportFacts } from '../../../domain/force-majeure/final-report';
import type { ForceMajeureOperation, ForceMajeureState } from '../../../domain/force-majeure/lifecycle';
import { applyForceMajeureTransition, isForceMajeureFinal } from '../../../domain/force-majeure/lifecycle';
import { civilDate, legalDateAt } from '../../../domain/shared/legal-date';
import type { SystemPrincipal } from '../../../domain/shared/principal';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { tellCase } from '../case/tell-case';
import { recordEvent } from '../evidence/record-event';

/**
 * An event concerns units, the city and items of several authorities, so its acts are written by the product itself; that a
 * person sees the event and may act is judged before, for that person.
 */
export const FORCE_MAJEURE: SystemPrincipal = { kind: 'system', component: 'force-majeure' };
export const FORCE_MAJEURE_CASE = 'forceMajeureEvent';
/** The trade of an event whose types belong to several. */
export const SEVERAL_TRADES = 'several';

export interface ForceMajeureRow {
  readonly id: string;
  readonly number: string;
  readonly state: ForceMajeureState;
  readonly authority_id: string;
  readonly trade: string;
  readonly cause: ForceMajeureCause;
  readonly occurred_at: Date;
  readonly known_at: Date;
  readonly entered_afterwards: boolean;
  readonly content_cipher: Buffer;
  readonly declared_by: string;
  readonly declared_at: Date;
  readonly reported_by: string | null;
  readonly reported_at: Date | null;
  readonly receipt_number: string | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly round: number;
  readonly began_at: Date;
  readonly cleared_at: Date | null;
  readonly overdue_at: Date | null;
  readonly report_number: string | null;
  readonly report_facts: FinalReportFacts | null;
  readonly report_text: string | null;
  readonly closed_by: string | null;
  readonly closed_at: Date | null;
  readonly updated_at: Date;
}

/** What people wrote in the declaration. */
export interface DeclarationContent {
  readonly ground: ForceMajeureGround;
  readonly emergencyMeasures: string;
  readonly evidence: readonly Evidence[];
  readonly telephoneReport: TelephoneReport | null;
}

/** What people wrote about a decision, a clearance or a recurrence. */
export interface StatementContent {
  readonly reason: string;
  readonly evidence: readonly Evidence[];
}

/** Out: the event's row, locked until the transaction ends; undefined when there is none. */
export async function lockForceMajeure(
  transaction: Knex.Transaction,
  eventId: string,
): Promise<ForceMajeureRow | undefined> {
  return transaction<ForceMajeureRow>('force_majeure_event').where({ id: eventId }).forUpdate().first();
}

export function readContent(cipher: PersonalDataCipher, row: ForceMajeureRow): DeclarationContent {
  const place = cipherPlace('force_majeure_event.content_cipher', row.id);
  return JSON.parse(cipher.decrypt(row.content_cipher, place)) as DeclarationContent;
}

export interface ForceMajeureMove {
  readonly operation: ForceMajeureOperation;
  readonly now: Date;
  readonly actor: Readonly<Record<string, string | null>>;
  readonly facts?: Readonly<Record<string, string | number | boolean | null>>;
  readonly set?: Partial<Omit<ForceMajeureRow, 'id' | 'state' | 'report_facts'>> & {
    readonly report_facts?: string;
  };
}

/**
 * Effect: a locked event moves by its table, with its event and log leaf, and its workflow looks again. Throws when the
 * table lacks the transition: callers ask the state first, so that would be a fault of the product.
 */
export async function moveForceMajeure(
  transaction: Knex.Transaction,
  row: ForceMajeureRow,
  move: ForceMajeureMove,
): Promise<ForceMajeureRow> {
  const outcome = applyForceMajeureTransition(row.state, move.operation);
  if (!outcome.ok) {
    throw new Error(`force majeure ${row.id}: ${move.operation} is not possible in ${row.state}`);
  }
  const [moved] = await transaction<ForceMajeureRow>('force_majeure_event')
    .where({ id: row.id })
    .update({
      ...move.set,
      state: outcome.value,
      updated_at: move.now,
      closed_at: isForceMajeureFinal(outcome.value) ? move.now : null,
    } as object)
    .returning('*');
  if (moved === undefined) throw new Error(`force majeure ${row.id} vanished`);
  await recordForceMajeure(transaction, moved, move.operation, move, { from: row.state, to: moved.state });
  return moved;
}

/** Effect: what happened to an event is recorded (no words of people, no names), and its workflow looks again. Out: the id. */
export async function recordForceMajeure(
  transaction: Knex.Transaction,
  row: Pick<ForceMajeureRow, 'id' | 'authority_id' | 'trade'>,
  what: string,
  { now, actor, facts = {} }: Pick<ForceMajeureMove, 'now' | 'actor' | 'facts'>,
  more: Readonly<Record<string, string | number | boolean | null>> = {},
): Promise<string> {
  const id = randomUUID();
  await recordEvent(transaction, {
    id,
    kind: `forceMajeureEvent.${what}`,
    caseKind: FORCE_MAJEURE_CASE,
    caseId: row.id,
    authorityId: row.authority_id,
    trade: row.trade,
    actor,
    facts: { ...more, ...facts },
    occurredAt: now,
    recordedAt: now,
  });
  await tellCase(transaction, { kind: 'forceMajeureEvent', caseId: row.id, change: `${what}/${id}`, now });
  return id;
}

const NUMBER_WORDS = { event: '不可抗力', receipt: '不可抗力收' } as const;

/** Out: the next number of the year, such as 不可抗力〔2026〕3号; written in the transaction of what it numbers, so gapless. */
export async function nextForceMajeureNumber(
  transaction: Knex.Transaction,
  kind: keyof typeof NUMBER_WORDS,
  now: Date,
): Promise<string> {
  const { year } = civilDate(legalDateAt(now.getTime()));
  const { rows } = await transaction.raw<{ rows: { last: number }[] }>(
    `INSERT INTO force_majeure_counter AS counter (kind, year, last) VALUES (?, ?, 1)
     ON CONFLICT (kind, year) DO UPDATE SET last = counter.last + 1 RETURNING last`,
    [kind, year],
  );
  return `${NUMBER_WORDS[kind]}〔${year}〕${rows[0]?.last ?? 1}号`;
}
