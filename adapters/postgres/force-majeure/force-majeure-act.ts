import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { StatementKind } from '../../../domain/force-majeure/declaration';
import type {
  ForceMajeureAction,
  ForceMajeureOperation,
  ForceMajeureParty,
} from '../../../domain/force-majeure/lifecycle';
import { forceMajeureTransition, operationFor } from '../../../domain/force-majeure/lifecycle';
import type { PersonPrincipal, Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { Clock } from '../../../ports/clock';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { eventActor } from '../evidence/event-actor';
import type { Register } from '../register/register';
import { partiesOf } from './force-majeure-parties';
import type { ForceMajeureRow, StatementContent } from './force-majeure-row';
import { FORCE_MAJEURE, lockForceMajeure } from './force-majeure-row';

export interface ForceMajeureParts {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
}

/** An act of a person on a locked event that the table allows to this person. */
export interface ForceMajeureAct extends ForceMajeureParts {
  readonly transaction: Knex.Transaction;
  readonly row: ForceMajeureRow;
  readonly operation: ForceMajeureOperation;
  readonly person: PersonPrincipal;
  readonly parties: readonly ForceMajeureParty[];
  readonly actor: Readonly<Record<string, string | null>>;
  readonly now: Date;
}

/**
 * Runs an act on an event. In order: whether the person sees it (the database's answer for that person) and the evidence
 * that he names; then, as the product with the row locked, whether the table has the act in this state and gives it to
 * this person. `work` may still refuse, before it writes.
 */
export async function actOnForceMajeure(
  parts: ForceMajeureParts,
  principal: Principal,
  wanted: {
    readonly eventId: string;
    readonly action: ForceMajeureAction;
    readonly attachmentIds?: readonly string[];
  },
  work: (act: ForceMajeureAct) => Promise<Result<null, Refusal>>,
): Promise<Result<null, Refusal>> {
  if (principal.kind !== 'person') return refused({ code: 'notPermitted' });
  const seen = await seesForceMajeure(parts.register, principal, wanted.eventId, wanted.attachmentIds ?? []);
  if (!seen.ok) return seen;
  const now = parts.clock.now();
  return parts.register.within(FORCE_MAJEURE, async (transaction) => {
    const row = await lockForceMajeure(transaction, wanted.eventId);
    if (row === undefined) return refused<Refusal>({ code: 'notFound' });
    const operation = operationFor(wanted.action, row.state);
    if (operation === null) {
      return refused<Refusal>({ code: 'transitionNotAllowed', facts: { state: row.state } });
    }
    const asked = { person: principal, now };
    const parties = await partiesOf(transaction, parts.integrity, row, asked);
    if (!forceMajeureTransition(operation).by.some((party) => parties.includes(party))) {
      return refused<Refusal>({ code: 'notPermitted' });
    }
    const actor = eventActor(principalName(principal));
    return work({ ...parts, transaction, row, operation, person: principal, parties, actor, now });
  });
}

/** Refuses an event, or an attachment named as evidence, that the row policies hide from the person. */
export async function seesForceMajeure(
  register: Register,
  principal: PersonPrincipal,
  eventId: string,
  attachmentIds: readonly string[],
): Promise<Result<null, Refusal>> {
  return register.within(principal, async (transaction) => {
    const event = await transaction('force_majeure_event').where({ id: eventId }).first('id');
    if (event === undefined) return refused<Refusal>({ code: 'notFound' });
    return seesAttachments(transaction, attachmentIds);
  });
}

/** Refuses attachments that the transaction's principal does not see. */
export async function seesAttachments(
  transaction: Knex.Transaction,
  attachmentIds: readonly string[],
): Promise<Result<null, Refusal>> {
  const wanted = [...new Set(attachmentIds)];
  if (wanted.length === 0) return accepted(null);
  const rows = await transaction('attachment').whereIn('id', wanted).select('id');
  if (rows.length === wanted.length) return accepted(null);
  const expected = '附件应为本人可见、已上传的附件';
  return refused<Refusal>({
    code: 'contentInvalid',
    problems: [{ pointer: '/evidence', code: 'attachmentUnknown', expected }],
  });
}

/** Effect: what a person stated about the event is kept, encrypted, with the instant that it is about. */
export async function keepStatement(
  act: ForceMajeureAct,
  kind: StatementKind,
  stated: { readonly at: Date; readonly content: StatementContent; readonly round?: number },
): Promise<void> {
  const id = randomUUID();
  const { transaction, row, cipher, person, now } = act;
  await transaction('force_majeure_statement').insert({
    id,
    event_id: row.id,
    authority_id: row.authority_id,
    trade: row.trade,
    round: stated.round ?? row.round,
    kind,
    at: stated.at,
    statement_cipher: cipher.encrypt(
      JSON.stringify(stated.content),
      cipherPlace('force_majeure_statement.statement_cipher', id),
    ),
    stated_by: person.personId,
    stated_at: now,
  });
}
