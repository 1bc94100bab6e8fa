import type { Knex } from 'knex';
import type { AffectedOperation } from '../../../domain/force-majeure/affected-item';
import type { StatementKind } from '../../../domain/force-majeure/declaration';
import { progressOf } from '../../../domain/force-majeure/final-report';
import type { ForceMajeureAction } from '../../../domain/force-majeure/lifecycle';
import { availableForceMajeureActions } from '../../../domain/force-majeure/lifecycle';
import type { PersonPrincipal, Principal } from '../../../domain/shared/principal';
import type {
  AffectedItemView,
  ForceMajeureScopeView,
  ForceMajeureSummary,
  StatementView,
} from '../../../ports/force-majeure-desk';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { shanghaiText } from '../register/shanghai-text';
import type { ForceMajeureParts } from './force-majeure-act';
import type { ItemRow } from './force-majeure-items';
import { partiesOf } from './force-majeure-parties';
import type { ForceMajeureRow, StatementContent } from './force-majeure-row';
import { FORCE_MAJEURE, FORCE_MAJEURE_CASE } from './force-majeure-row';

export interface ListedRow extends ForceMajeureRow {
  readonly authority_name: string;
}

export const FORCE_MAJEURE_ROWS = `
SELECT e.*, a.name AS authority_name FROM force_majeure_event e JOIN authority a ON a.id = e.authority_id`;

interface CountRow {
  readonly event_id: string;
  readonly operation: AffectedOperation;
  readonly state: string;
  readonly count: number;
}

/** Items of events by operation and state, as far as the transaction's principal sees them: a unit sees its own. */
export async function itemCounts(
  transaction: Knex.Transaction,
  eventIds: readonly string[],
): Promise<readonly CountRow[]> {
  const { rows } = await transaction.raw<{ rows: CountRow[] }>(
    `SELECT event_id, operation, state, count(*)::int AS count FROM force_majeure_item
     WHERE event_id = ANY (?::uuid[]) GROUP BY event_id, operation, state`,
    [[...eventIds]],
  );
  return rows;
}

interface ClockRow {
  readonly case_id: string;
  readonly key: string;
  readonly round: number;
  readonly state: string;
  readonly due_at: Date | null;
}

/** What only the product may read of an event that a person sees: its clocks, and as what the person may act. */
export interface BesideEvent {
  readonly clocks: readonly ClockRow[];
  readonly actions: ReadonlyMap<string, readonly ForceMajeureAction[]>;
}

/** In: events that the principal sees. Out: their clocks, and what the principal may ask for. */
export async function besideEvents(
  { register, integrity, clock }: ForceMajeureParts,
  principal: Principal,
  rows: readonly ForceMajeureRow[],
): Promise<BesideEvent> {
  if (rows.length === 0) return { clocks: [], actions: new Map() };
  return register.within(FORCE_MAJEURE, async (transaction) => {
    const clocks = await transaction<ClockRow>('deadline')
      .where({ case_kind: FORCE_MAJEURE_CASE } as object)
      .whereIn(
        'case_id',
        rows.map(({ id }) => id),
      )
      .select('case_id', 'key', 'round', 'state', 'due_at');
    const actions = new Map<string, readonly ForceMajeureAction[]>();
    for (const row of rows) {
      if (principal.kind !== 'person') continue;
      actions.set(row.id, await actionsOf(transaction, { integrity, clock }, row, principal));
    }
    return { clocks, actions };
  });
}

async function actionsOf(
  transaction: Knex.Transaction,
  { integrity, clock }: Pick<ForceMajeureParts, 'integrity' | 'clock'>,
  row: ForceMajeureRow,
  person: PersonPrincipal,
): Promise<readonly ForceMajeureAction[]> {
  const parties = await partiesOf(transaction, integrity, row, { person, now: clock.now() });
  const event = { state: row.state, isCleared: row.cleared_at !== null };
  const actions = availableForceMajeureActions(event, parties);
  const isInvolved = person.personId === row.declared_by || person.personId === row.reported_by;
  return isInvolved ? actions.filter((action) => action !== 'recognise' && action !== 'reject') : actions;
}

/** An event as lists show it. */
export function summaryOf(
  row: ListedRow,
  counts: readonly CountRow[],
  beside: BesideEvent,
): ForceMajeureSummary {
  const clock = (key: string, round: number): ClockRow | undefined =>
    beside.clocks.find((each) => each.case_id === row.id && each.key === key && each.round === round);
  const recovery = row.cleared_at === null ? undefined : clock('FORCE_MAJEURE_RECOVERY', row.round);
  return {
    id: row.id,
    number: row.number,
    state: row.state,
    authorityId: row.authority_id,
    authorityName: row.authority_name,
    cause: row.cause,
    occurredAt: shanghaiText(row.occurred_at),
    knownAt: shanghaiText(row.known_at),
    declaredAt: shanghaiText(row.declared_at),
    enteredAfterwards: row.entered_afterwards,
    reportedAt: textOrNull(row.reported_at),
    receiptNumber: row.receipt_number,
    reportDueAt: textOrNull(clock('FORCE_MAJEURE_REPORT', 1)?.due_at),
    decidedAt: textOrNull(row.decided_at),
    round: row.round,
    clearedAt: textOrNull(row.cleared_at),
    recoveryDueAt: textOrNull(recovery?.due_at),
    awaitingCalendar: recovery?.state === 'awaitingCalendar',
    overdueAt: textOrNull(row.overdue_at),
    closedAt: textOrNull(row.closed_at),
    progress: progressOf(counts.filter(({ event_id }) => event_id === row.id)),
    availableActions: beside.actions.get(row.id) ?? [],
  };
}

/** The scope of an event, as far as the transaction's principal sees it. */
export async function scopeViews(
  transaction: Knex.Transaction,
  eventId: string,
): Promise<readonly ForceMajeureScopeView[]> {
  const { rows } = await transaction.raw<{
    rows: {
      authority_id: string;
      authority_name: string;
      code: string;
      certificate_name: string | null;
      operations: readonly AffectedOperation[];
      included_at: Date;
    }[];
  }>(
    `SELECT s.authority_id, a.name AS authority_name, k.code, s.operations, s.included_at,
            (SELECT v.name FROM catalog_entry_version v WHERE v.catalog_entry_id = k.id AND v.state IN ('published', 'superseded')
             ORDER BY v.version DESC LIMIT 1) AS certificate_name
     FROM force_majeure_scope s JOIN authority a ON a.id = s.authority_id JOIN catalog_entry k ON k.id = s.catalog_entry_id
     WHERE s.event_id = ? ORDER BY a.area_code, a.name, k.code`,
    [eventId],
  );
  return rows.map((row) => ({
    authorityId: row.authority_id,
    authorityName: row.authority_name,
    catalogCode: row.code,
    certificateName: row.certificate_name ?? row.code,
    operations: row.operations,
    includedAt: shanghaiText(row.included_at),
  }));
}

interface StatementRow {
  readonly id: string;
  readonly kind: StatementKind;
  readonly round: number;
  readonly at: Date;
  readonly statement_cipher: Buffer;
  readonly stated_at: Date;
}

/** What was stated in the course of an event, in order. */
export async function statementViews(
  transaction: Knex.Transaction,
  cipher: PersonalDataCipher,
  eventId: string,
): Promise<readonly StatementView[]> {
  const rows = await transaction<StatementRow>('force_majeure_statement')
    .where({ event_id: eventId } as object)
    .orderBy(['stated_at', 'id']);
  return rows.map((row) => {
    const place = cipherPlace('force_majeure_statement.statement_cipher', row.id);
    const { reason, evidence } = JSON.parse(cipher.decrypt(row.statement_cipher, place)) as StatementContent;
    return {
      kind: row.kind,
      round: row.round,
      at: shanghaiText(row.at),
      statedAt: shanghaiText(row.stated_at),
      reason,
      evidence,
    };
  });
}

export interface ListedItem extends ItemRow {
  readonly code: string;
}

export const ITEM_ROWS = `
SELECT m.*, k.code FROM force_majeure_item m JOIN catalog_entry k ON k.id = m.catalog_entry_id`;

/** An item as lists show it; whether its reader may close it follows from what he may do with the event. */
export function itemView(row: ListedItem, actions: readonly ForceMajeureAction[]): AffectedItemView {
  return {
    id: row.id,
    state: row.state,
    eventId: row.event_id,
    authorityId: row.authority_id,
    catalogCode: row.code,
    operation: row.operation,
    subjectKind: row.subject_kind,
    subjectId: row.subject_id,
    reference: row.reference,
    origin: row.origin,
    causeCode: row.cause_code,
    since: shanghaiText(row.since),
    closedAt: textOrNull(row.closed_at),
    proofEventId: row.proof_event_id,
    proofReference: row.proof_reference,
    availableActions: row.state === 'open' && actions.includes('closeItem') ? ['close'] : [],
  };
}

function textOrNull(instant: Date | null | undefined): string | null {
  return instant == null ? null : shanghaiText(instant);
}
