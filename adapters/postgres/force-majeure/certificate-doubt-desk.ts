import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { CertificateMark, CertificateState } from '../../../domain/certificate/lifecycle';
import type { DoubtEnd, PlannedOperation } from '../../../domain/certificate/status-in-doubt';
import { heldOperation, mayBeInDoubt } from '../../../domain/certificate/status-in-doubt';
import type { PersonPrincipal, Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { CertificateDoubts, DoubtView, NewDoubt } from '../../../ports/certificate-doubts';
import type { Idempotency } from '../../../ports/idempotency';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { tellCase } from '../case/tell-case';
import { eventActor } from '../evidence/event-actor';
import { recordEvent } from '../evidence/record-event';
import { hasRoleAt } from '../organisation/resolve-scope';
import { deterministicId } from '../register/deterministic-id';
import { createOnce } from '../register/idempotency-keys';
import { shanghaiText } from '../register/shanghai-text';
import type { ForceMajeureParts } from './force-majeure-act';
import { FORCE_MAJEURE } from './force-majeure-row';

interface NamedCertificate {
  readonly id: string;
  readonly version_id: string;
  readonly state: CertificateState;
  readonly marks: readonly CertificateMark[];
  readonly authority_id: string;
  readonly trade: string;
  readonly catalog_entry_id: string;
  readonly number: string;
}

interface DoubtRow {
  readonly id: string;
  readonly certificate_id: string;
  readonly certificate_version_id: string;
  readonly authority_id: string;
  readonly trade: string;
  readonly event_id: string | null;
  readonly planned_operation: PlannedOperation;
  readonly set_by: string;
  readonly set_at: Date;
  readonly lifted_at: Date | null;
  readonly lift_kind: DoubtEnd | null;
}

/** The newest issued version of each certificate of a number, as far as the transaction's principal sees it. */
const BY_NUMBER = `
SELECT c.id, v.id AS version_id, v.state, v.marks, v.authority_id, v.trade, c.catalog_entry_id, c.number
FROM certificate c
JOIN catalog_entry k ON k.id = c.catalog_entry_id AND (:code::text IS NULL OR k.code = :code)
JOIN certificate_version v ON v.certificate_id = c.id AND v.issued_at IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM certificate_version n WHERE n.previous_version_id = v.id AND n.issued_at IS NOT NULL)
WHERE c.number = :number ORDER BY c.id`;

/** An event that goes on and covers the certificate: the doubt is one of its items. */
const EVENT_OF = `
SELECT e.id FROM force_majeure_event e JOIN force_majeure_scope s ON s.event_id = e.id
WHERE s.authority_id = :authority AND s.catalog_entry_id = :entry AND :operation = ANY (s.operations) AND e.closed_at IS NULL
ORDER BY e.declared_at DESC, e.id LIMIT 1`;

/** Who speaks for the unit; the city may do so for it. */
const UNIT_ROLES = ['operator', 'reviewer', 'windowClerk'] as const;

type Named = { readonly certificateNumber: string; readonly catalogCode: string | null };
type Working = {
  readonly transaction: Knex.Transaction;
  readonly person: PersonPrincipal;
  readonly now: Date;
};

/** Status in doubt on the register: the row is why, the mark on the version is what verification reads. */
export class PostgresCertificateDoubts implements CertificateDoubts {
  readonly #parts: ForceMajeureParts;

  constructor(parts: ForceMajeureParts) {
    this.#parts = parts;
  }

  set(principal: Principal, doubt: NewDoubt, idempotency: Idempotency): Promise<Result<DoubtView, Refusal>> {
    return this.#once(principal, doubt, idempotency, async (certificate, working) => {
      if (!mayBeInDoubt(certificate.state)) {
        return refused({ code: 'transitionNotAllowed', facts: { state: certificate.state } });
      }
      const standing = await standingDoubt(working.transaction, certificate.id);
      if (standing !== undefined) return refused({ code: 'statusAlreadyInDoubt' });
      return accepted(await this.#store(certificate, doubt, working));
    });
  }

  confirm(
    principal: Principal,
    lifting: Named & { readonly reason: string },
    idempotency: Idempotency,
  ): Promise<Result<DoubtView, Refusal>> {
    return this.#once(principal, lifting, idempotency, async (certificate, working) => {
      const standing = await standingDoubt(working.transaction, certificate.id);
      if (standing === undefined) return refused({ code: 'statusNotInDoubt' });
      if (standing.set_by === working.person.personId) return refused({ code: 'secondPersonRequired' });
      await this.#lift(certificate, standing, lifting.reason, working);
      return accepted(standing.id);
    });
  }

  /** The person sees the certificate, speaks for its unit or is the city; then, once per key, the work as the product. */
  async #once(
    principal: Principal,
    named: Named,
    idempotency: Idempotency,
    work: (certificate: NamedCertificate, working: Working) => Promise<Result<string, Refusal>>,
  ): Promise<Result<DoubtView, Refusal>> {
    if (principal.kind !== 'person') return refused({ code: 'notPermitted' });
    const { register, clock } = this.#parts;
    const bindings = { number: named.certificateNumber, code: named.catalogCode };
    const found = await register.within(principal, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: NamedCertificate[] }>(BY_NUMBER, bindings);
      return rows;
    });
    const [certificate] = found;
    if (certificate === undefined) return refused({ code: 'notFound' });
    if (found.length > 1) return refused({ code: 'contentInvalid', problems: [AMBIGUOUS] });
    const now = clock.now();
    const done = await register.within(FORCE_MAJEURE, async (transaction) => {
      const person = principal;
      if (!(await this.#maySpeakFor(transaction, certificate.authority_id, person, now))) {
        return refused<Refusal>({ code: 'notPermitted' });
      }
      const resource = { resourceKind: 'certificateDoubt', now };
      return createOnce(transaction, principalName(principal), idempotency, resource, async () => {
        await transaction('certificate_version')
          .where({ id: certificate.version_id })
          .forUpdate()
          .first('id');
        return work(certificate, { transaction, person, now });
      });
    });
    if (!done.ok) return done;
    return accepted(await this.#view(done.value.resourceId, certificate.number, principal));
  }

  async #maySpeakFor(
    transaction: Knex.Transaction,
    authorityId: string,
    person: PersonPrincipal,
    now: Date,
  ): Promise<boolean> {
    if (person.roles.includes('cityAdministrator')) return true;
    for (const role of UNIT_ROLES) {
      const at = { personId: person.personId, role, authorityId, now };
      if (person.roles.includes(role) && (await hasRoleAt(transaction, this.#parts.integrity, at)))
        return true;
    }
    return false;
  }

  async #store(certificate: NamedCertificate, doubt: NewDoubt, working: Working): Promise<string> {
    const { transaction, person, now } = working;
    const id = randomUUID();
    const { rows } = await transaction.raw<{ rows: { id: string }[] }>(EVENT_OF, {
      authority: certificate.authority_id,
      entry: certificate.catalog_entry_id,
      operation: heldOperation(doubt.plannedOperation),
    });
    const eventId = rows[0]?.id ?? null;
    await transaction('certificate_doubt').insert({
      id,
      certificate_id: certificate.id,
      certificate_version_id: certificate.version_id,
      authority_id: certificate.authority_id,
      trade: certificate.trade,
      event_id: eventId,
      planned_operation: doubt.plannedOperation,
      decision_cipher: this.#parts.cipher.encrypt(
        JSON.stringify(doubt.decision),
        cipherPlace('certificate_doubt.decision_cipher', id),
      ),
      set_by: person.personId,
      set_at: now,
    });
    await transaction.raw(
      `UPDATE certificate_version SET marks = array_append(array_remove(marks, 'statusInDoubt'), 'statusInDoubt') WHERE id = ?`,
      [certificate.version_id],
    );
    await recordDoubt(certificate, 'putInDoubt', { doubtId: id, planned: doubt.plannedOperation }, working);
    if (eventId !== null) await this.#holdInEvent(eventId, certificate, doubt, working);
    return id;
  }

  /** What is not entered because of an event is made up with its other items. */
  async #holdInEvent(
    eventId: string,
    certificate: NamedCertificate,
    doubt: NewDoubt,
    { transaction, person, now }: Working,
  ): Promise<void> {
    const operation = heldOperation(doubt.plannedOperation);
    const id = deterministicId('forceMajeureDoubt', eventId, operation, certificate.id, now.getTime());
    const cause = `纸质决定 ${doubt.decision.number} 尚未录入`;
    await transaction('force_majeure_item')
      .insert({
        id,
        event_id: eventId,
        authority_id: certificate.authority_id,
        trade: certificate.trade,
        catalog_entry_id: certificate.catalog_entry_id,
        operation,
        subject_kind: 'certificateNumber',
        subject_id: certificate.id,
        reference: certificate.number,
        origin: 'marked',
        cause_code: 'statusInDoubt',
        cause_cipher: this.#parts.cipher.encrypt(cause, cipherPlace('force_majeure_item.cause_cipher', id)),
        since: now,
        marked_by: person.personId,
        added_at: now,
      })
      .onConflict()
      .ignore();
    await tellCase(transaction, { kind: 'forceMajeureEvent', caseId: eventId, change: `doubt/${id}`, now });
  }

  async #lift(
    certificate: NamedCertificate,
    standing: DoubtRow,
    reason: string,
    working: Working,
  ): Promise<void> {
    const { transaction, person, now } = working;
    await transaction('certificate_doubt')
      .where({ id: standing.id })
      .update({
        lifted_at: now,
        lifted_by: person.personId,
        lift_kind: 'confirmed',
        lift_cipher: this.#parts.cipher.encrypt(
          reason,
          cipherPlace('certificate_doubt.lift_cipher', standing.id),
        ),
      });
    await transaction.raw(
      `UPDATE certificate_version SET marks = array_remove(marks, 'statusInDoubt') WHERE id = ?`,
      [certificate.version_id],
    );
    await recordDoubt(certificate, 'confirmStatus', { doubtId: standing.id }, working);
    if (standing.event_id === null) return;
    const change = `doubtLifted/${standing.id}`;
    await tellCase(transaction, { kind: 'forceMajeureEvent', caseId: standing.event_id, change, now });
  }

  async #view(doubtId: string, certificateNumber: string, principal: PersonPrincipal): Promise<DoubtView> {
    const row = await this.#parts.register.within(FORCE_MAJEURE, (transaction) =>
      transaction<DoubtRow>('certificate_doubt').where({ id: doubtId }).first(),
    );
    if (row === undefined) throw new Error(`doubt ${doubtId} is not in the register`);
    const mayConfirm = row.lifted_at === null && row.set_by !== principal.personId;
    return {
      id: row.id,
      state: row.lifted_at === null ? 'standing' : 'lifted',
      certificateId: row.certificate_id,
      certificateNumber,
      authorityId: row.authority_id,
      plannedOperation: row.planned_operation,
      eventId: row.event_id,
      setAt: shanghaiText(row.set_at),
      liftedAt: row.lifted_at === null ? null : shanghaiText(row.lifted_at),
      liftKind: row.lift_kind,
      availableActions: mayConfirm ? ['confirm'] : [],
    };
  }
}

const AMBIGUOUS = {
  pointer: '/catalogCode',
  code: 'numberAmbiguous',
  expected: '该编号有多份证照，请同时给出证照类型代码',
};

function standingDoubt(transaction: Knex.Transaction, certificateId: string): Promise<DoubtRow | undefined> {
  return transaction<DoubtRow>('certificate_doubt')
    .where({ certificate_id: certificateId } as object)
    .whereNull('lifted_at')
    .forUpdate()
    .first();
}

function recordDoubt(
  certificate: NamedCertificate,
  what: 'putInDoubt' | 'confirmStatus',
  facts: Readonly<Record<string, string>>,
  { transaction, person, now }: Working,
): Promise<boolean> {
  return recordEvent(transaction, {
    id: randomUUID(),
    kind: `certificate.${what}`,
    certificateId: certificate.id,
    certificateVersionId: certificate.version_id,
    authorityId: certificate.authority_id,
    trade: certificate.trade,
    actor: eventActor(principalName(person)),
    facts,
    occurredAt: now,
    recordedAt: now,
  });
}
