import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { legalDateAt } from '../../../domain/shared/legal-date';
import type { PersonPrincipal, Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { Clock } from '../../../ports/clock';
import type { Idempotency } from '../../../ports/idempotency';
import type { Page, PageRequest } from '../../../ports/page';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import type {
  Appointment,
  Handover,
  ResponsiblePersons,
  ResponsiblePersonView,
  VacancyView,
} from '../../../ports/responsible-persons';
import { recordEvent } from '../evidence/record-event';
import { postNotice } from '../notice/post-notice';
import { createOnce } from '../register/idempotency-keys';
import { pageOf, readCursor } from '../register/list-page';
import type { Register } from '../register/register';
import { closeDeadline, openDeadline } from '../sla/deadlines';
import { vacantUnits } from '../sla/vacant-units';
import type { ViewRow } from './responsible-person-view';
import { isCity, mayAppointAt, readView, VIEW, viewOf } from './responsible-person-view';

/** Deadlines and events of a filing; no workflow conducts it, the sweeper is its clock. */
const CASE_KIND = 'responsiblePerson';

export interface ResponsiblePersonDeskOptions {
  readonly register: Register;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
}

/** Responsible persons of units on the register. */
export class PostgresResponsiblePersons implements ResponsiblePersons {
  readonly #options: ResponsiblePersonDeskOptions;

  constructor(options: ResponsiblePersonDeskOptions) {
    this.#options = options;
  }

  async list(
    principal: Principal,
    filter: { readonly authorityId?: string; readonly current: boolean },
    page: PageRequest,
  ): Promise<Page<ResponsiblePersonView>> {
    const after = readCursor(page.cursor);
    const { register, clock } = this.#options;
    const rows = await register.within(principal, async (transaction) => {
      const found = await transaction.raw<{ rows: ViewRow[] }>(
        `${VIEW} WHERE (:authorityId::uuid IS NULL OR r.authority_id = :authorityId)
           AND (NOT :current OR r.until_on IS NULL OR r.until_on > :today::date)
           AND (:afterAt::timestamptz IS NULL OR (r.appointed_at, r.id) < (:afterAt, :afterId::uuid))
         ORDER BY r.appointed_at DESC, r.id DESC LIMIT :limit`,
        {
          authorityId: filter.authorityId ?? null,
          current: filter.current,
          today: legalDateAt(clock.now().getTime()),
          afterAt: after?.at ?? null,
          afterId: after?.id ?? null,
          limit: page.limit + 1,
        },
      );
      return found.rows;
    });
    return pageOf(
      rows,
      page.limit,
      (row) => ({ at: row.appointed_at, id: row.id }),
      (row) => viewOf(row, principal),
    );
  }

  async vacancies(principal: Principal): Promise<readonly VacancyView[]> {
    const { register, clock } = this.#options;
    const today = legalDateAt(clock.now().getTime());
    const units = await register.within({ kind: 'system', component: 'vacancies' }, (transaction) =>
      vacantUnits(transaction, today),
    );
    return units
      .filter(({ id }) => mayAppointAt(principal, id, null))
      .map(({ id, ...unit }) => ({ authorityId: id, ...unit }));
  }

  async appoint(
    principal: Principal,
    appointment: Appointment,
    idempotency: Idempotency,
  ): Promise<Result<{ readonly person: ResponsiblePersonView; readonly replayed: boolean }, Refusal>> {
    if (!mayAppointAt(principal, appointment.authorityId, appointment.trade)) {
      return refused({ code: 'notPermitted' });
    }
    const now = this.#options.clock.now();
    return this.#options.register.within(principal, async (transaction) => {
      const name = principalName(principal);
      const resource = { resourceKind: CASE_KIND, now };
      const done = await createOnce(transaction, name, idempotency, resource, async () => {
        await lockUnit(transaction, appointment.authorityId);
        if (await hasOpenAppointment(transaction, appointment)) {
          return refused<Refusal>({ code: 'responsiblePersonExists' });
        }
        if (!(await areSuitable(transaction, appointment))) {
          return refused<Refusal>({ code: 'responsiblePersonUnsuitable' });
        }
        return accepted(await this.#begin(transaction, principal, appointment, now));
      });
      if (!done.ok) return done;
      const person = viewOf(await readView(transaction, done.value.resourceId), principal);
      return accepted({ person, replayed: done.value.replayed });
    });
  }

  async handover(
    principal: Principal,
    id: string,
    handover: Handover,
  ): Promise<Result<ResponsiblePersonView, Refusal>> {
    const now = this.#options.clock.now();
    return this.#options.register.within(principal, async (transaction) => {
      const row = await lockAppointment(transaction, id);
      if (row === null) return refused<Refusal>({ code: 'notFound' });
      if (!mayAppointAt(principal, row.authority_id, row.trade))
        return refused<Refusal>({ code: 'notPermitted' });
      if (row.until_on !== null) return refused<Refusal>({ code: 'transitionNotAllowed' });
      if (handover.fromOn < row.from_on) {
        const expected = `交接日期不得早于任职起始日期 ${row.from_on}`;
        const problems = [{ pointer: '/fromOn', code: 'handoverTooEarly', expected }];
        return refused<Refusal>({ code: 'contentInvalid', problems });
      }
      const next: Appointment = { ...handover, authorityId: row.authority_id, trade: row.trade };
      if (handover.personId === row.person_id || !(await areSuitable(transaction, next))) {
        return refused<Refusal>({ code: 'responsiblePersonUnsuitable' });
      }
      await transaction('responsible_person').where({ id }).update({ until_on: handover.fromOn });
      const nextId = await this.#begin(transaction, principal, next, now);
      await note(transaction, principal, row, 'responsiblePerson.handover', { to: nextId }, now);
      return accepted(viewOf(await readView(transaction, nextId), principal));
    });
  }

  async file(principal: Principal, id: string): Promise<Result<ResponsiblePersonView, Refusal>> {
    const now = this.#options.clock.now();
    return this.#options.register.within(principal, async (transaction) => {
      const row = await lockAppointment(transaction, id);
      if (row === null) return refused<Refusal>({ code: 'notFound' });
      if (!isCity(principal)) return refused<Refusal>({ code: 'notPermitted' });
      if (row.state === 'submitted') {
        await transaction('responsible_person')
          .where({ id })
          .update({ state: 'filed', filed_by: principal.personId, filed_at: now });
        await closeDeadline(transaction, { ...filingOf(id), now });
        await note(transaction, principal, row, 'responsiblePerson.file', {}, now);
      }
      return accepted(viewOf(await readView(transaction, id), principal));
    });
  }

  /** Effect: the appointment stands with its filing number, the clock of the filing runs and the city is told. Out: its id. */
  async #begin(
    transaction: Knex.Transaction,
    principal: PersonPrincipal,
    appointment: Appointment,
    now: Date,
  ): Promise<string> {
    const id = randomUUID();
    const { authorityId, trade, personId, substituteId, fromOn } = appointment;
    const year = legalDateAt(now.getTime()).slice(0, 4);
    const [row] = await transaction('responsible_person')
      .insert({
        id,
        authority_id: authorityId,
        trade,
        person_id: personId,
        substitute_id: substituteId,
        from_on: fromOn,
        state: 'submitted',
        filing_number: transaction.raw(
          `'鄂证专备〔' || ? || '〕' || nextval('responsible_person_filing') || '号'`,
          [year],
        ),
        appointed_by: principal.personId,
        appointed_at: now,
      })
      .returning<{ authority_id: string; trade: string | null; filing_number: string }[]>('*');
    if (row === undefined)
      throw new Error('an appointment that was just written is not visible to its writer');
    await openDeadline(transaction, this.#options.integrity, {
      ...filingOf(id),
      authorityId,
      trade: trade ?? 'all',
      startAt: now,
    });
    await postNotice(transaction, {
      naturalKey: `responsiblePerson/${id}/submitted`,
      recipient: { role: 'cityAdministrator' },
      title: '专人专管备案待办理',
      body: `备案号 ${row.filing_number}，请核对并备案。`,
      link: '/responsible-persons',
      createdAt: now,
    });
    await note(transaction, principal, { id, ...row }, 'responsiblePerson.appoint', { fromOn }, now);
    return id;
  }
}

function filingOf(id: string) {
  return { caseKind: CASE_KIND, caseId: id, key: 'DESIGNATION_FILING', round: 1 };
}

async function lockUnit(transaction: Knex.Transaction, authorityId: string): Promise<void> {
  await transaction.raw(`SELECT pg_advisory_xact_lock(hashtextextended('responsiblePerson/' || ?, 0))`, [
    authorityId,
  ]);
}

async function lockAppointment(transaction: Knex.Transaction, id: string) {
  const row = await transaction<ViewRow>('responsible_person').where({ id }).forUpdate().first();
  return row ?? null;
}

async function hasOpenAppointment(
  transaction: Knex.Transaction,
  { authorityId, trade }: Appointment,
): Promise<boolean> {
  const { rows } = await transaction.raw<{ rows: unknown[] }>(
    'SELECT 1 FROM responsible_person WHERE authority_id = ? AND trade IS NOT DISTINCT FROM ? AND until_on IS NULL',
    [authorityId, trade],
  );
  return rows.length > 0;
}

/** Both are active members of the unit's staff and not the same person. */
async function areSuitable(
  transaction: Knex.Transaction,
  { authorityId, personId, substituteId }: Appointment,
): Promise<boolean> {
  const wanted = substituteId === null ? [personId] : [personId, substituteId];
  const found = await transaction<{ id: string; authority_id: string; state: string }>('person')
    .whereIn('id', wanted)
    .where({ authority_id: authorityId, state: 'active' })
    .select('id');
  return found.length === wanted.length && substituteId !== personId;
}

async function note(
  transaction: Knex.Transaction,
  principal: PersonPrincipal,
  row: { readonly id: string; readonly authority_id: string; readonly trade: string | null },
  kind: string,
  facts: Readonly<Record<string, string>>,
  now: Date,
): Promise<void> {
  await recordEvent(transaction, {
    id: randomUUID(),
    kind,
    caseKind: CASE_KIND,
    caseId: row.id,
    authorityId: row.authority_id,
    trade: row.trade ?? 'all',
    actor: { kind: 'person', id: principalName(principal) },
    facts,
    occurredAt: now,
    recordedAt: now,
  });
}
