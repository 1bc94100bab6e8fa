import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { ChangeKind } from '../../../domain/certificate-change/change-kind';
import { changeKind, mayBegin, opensVersion } from '../../../domain/certificate-change/change-kind';
import type { ChangeState } from '../../../domain/certificate-change/lifecycle';
import { applyChangeTransition } from '../../../domain/certificate-change/lifecycle';
import { legalDateAt } from '../../../domain/shared/legal-date';
import type { Principal, SystemPrincipal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type {
  CertificateChangeDesk,
  CertificateChangeView,
  NewCertificateChange,
} from '../../../ports/certificate-change-desk';
import type { Clock } from '../../../ports/clock';
import type { Idempotency } from '../../../ports/idempotency';
import type { IssuanceRules } from '../../../ports/issuance-desk';
import type { Page, PageRequest } from '../../../ports/page';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import type { CaseAnnouncements } from '../case/case-announcements';
import type { PromptStarts } from '../case/prompt-starts';
import { startCase } from '../case/tell-case';
import { loadRules } from '../catalog/catalog-rules';
import { hasRoleAt } from '../organisation/resolve-scope';
import { createOnce } from '../register/idempotency-keys';
import { pageOf, readCursor } from '../register/list-page';
import type { Register } from '../register/register';
import { advanceChange } from './advance-change';
import { beginChange } from './begin-change';
import type { ChangeRow } from './certificate-change-row';
import type { ChangeViewRow } from './certificate-change-view';
import { CHANGE_VIEW, changeView, isChangeInitiator } from './certificate-change-view';
import { issuanceIdOf } from './issuance-of-change';
import { changeActor } from './record-change-received';
import { resubmitChange } from './resubmit-change';
import { withdrawChange } from './withdraw-change';

export interface CertificateChangeDeskOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
  readonly starts: PromptStarts;
  readonly announcements: CaseAnnouncements;
}

/** Writes what a person or an agency may not: notices to holders, tasks of other authorities. Their own scope is asked first. */
const REGISTRAR: SystemPrincipal = { kind: 'system', component: 'certificateChange' };

/** States in which nobody gains by waiting longer. */
const RESTING: ReadonlySet<ChangeState> = new Set([
  'underReview',
  'sentBack',
  'done',
  'refused',
  'withdrawn',
  'preempted',
]);

/** Changes of a certificate on the register. */
export class PostgresCertificateChangeDesk implements CertificateChangeDesk {
  readonly #options: CertificateChangeDeskOptions;

  constructor(options: CertificateChangeDeskOptions) {
    this.#options = options;
  }

  async rulesFor(
    principal: Principal,
    certificateId: string,
    kind: ChangeKind,
  ): Promise<Result<IssuanceRules | null, Refusal>> {
    const { register, integrity, clock } = this.#options;
    const gate = await this.#gate(principal, certificateId, kind);
    if (!gate.ok) return gate;
    if (!opensVersion(kind)) return accepted(null);
    const { authorityId, catalogCode } = gate.value;
    return register.within(REGISTRAR, (transaction) =>
      loadRules(transaction, integrity, catalogCode, authorityId, legalDateAt(clock.now().getTime())),
    );
  }

  async begin(
    principal: Principal,
    change: NewCertificateChange,
    idempotency: Idempotency,
  ): ReturnType<CertificateChangeDesk['begin']> {
    const gate = await this.#gate(principal, change.certificateId, change.kind);
    if (!gate.ok) return gate;
    const now = this.#options.clock.now();
    const changeId = randomUUID();
    let isInProduction = false;
    const answer = await this.#options.register.within(REGISTRAR, (transaction) =>
      createOnce(
        transaction,
        principalName(principal),
        idempotency,
        { resourceKind: 'certificateChange', now },
        async () => {
          const begun = { changeId, authorityId: gate.value.authorityId, now };
          const received = await beginChange(transaction, this.#options, principal, change, begun);
          if (!received.ok) return received;
          const standing = await this.#goOn(transaction, received.value, principal, now);
          isInProduction = standing.state === 'inProduction';
          return accepted(changeId);
        },
      ),
    );
    if (!answer.ok) return answer;
    if (isInProduction) this.#options.starts.start('issuance', issuanceIdOf(changeId));
    return accepted({ changeId: answer.value.resourceId, replayed: answer.value.replayed });
  }

  async find(principal: Principal, changeId: string): Promise<CertificateChangeView | null> {
    return this.#options.register.within(principal, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: ChangeViewRow[] }>(`${CHANGE_VIEW} WHERE h.id = ?`, [
        changeId,
      ]);
      return rows[0] === undefined ? null : changeView(rows[0], principal, this.#options.cipher);
    });
  }

  async list(
    principal: Principal,
    filter: Parameters<CertificateChangeDesk['list']>[1],
    page: PageRequest,
  ): Promise<Page<CertificateChangeView>> {
    const after = readCursor(page.cursor);
    return this.#options.register.within(principal, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: ChangeViewRow[] }>(
        `${CHANGE_VIEW}
         WHERE (:state::text IS NULL OR h.state = :state)
           AND (:operation::text IS NULL OR h.operation = :operation)
           AND (:certificateId::uuid IS NULL OR h.certificate_id = :certificateId)
           AND (:afterAt::timestamptz IS NULL OR (h.received_at, h.id) < (:afterAt, :afterId::uuid))
         ORDER BY h.received_at DESC, h.id DESC LIMIT :limit`,
        {
          ...filter,
          afterAt: after?.at ?? null,
          afterId: after?.id ?? null,
          limit: page.limit + 1,
        },
      );
      return pageOf(
        rows,
        page.limit,
        (row) => ({ at: row.received_at, id: row.id }),
        (row) => changeView(row, principal, this.#options.cipher),
      );
    });
  }

  async waitForOutcome(principal: Principal, changeId: string, waitMs: number): Promise<void> {
    // Wall time, not the office's clock: this is how long a connection stays open.
    const until = performance.now() + waitMs;
    for (;;) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) return;
      const announced = this.#options.announcements.next(changeId, leftMs);
      const view = await this.find(principal, changeId);
      if (view === null || RESTING.has(view.state)) return;
      await announced;
    }
  }

  async withdraw(principal: Principal, changeId: string, reason: string): Promise<Result<null, Refusal>> {
    const mine = await this.#mine(principal, changeId, 'withdraw');
    if (!mine.ok) return mine;
    const now = this.#options.clock.now();
    return this.#options.register.within(REGISTRAR, (transaction) =>
      withdrawChange(transaction, changeId, { actor: changeActor(principal), reason, now }),
    );
  }

  async resubmit(
    principal: Principal,
    changeId: string,
    change: NewCertificateChange,
  ): Promise<Result<null, Refusal>> {
    const mine = await this.#mine(principal, changeId, 'resubmit');
    if (!mine.ok) return mine;
    const now = this.#options.clock.now();
    return this.#options.register.within(REGISTRAR, async (transaction) => {
      const resubmitted = await resubmitChange(transaction, this.#options, changeId, change, {
        actor: changeActor(principal),
        now,
      });
      if (!resubmitted.ok) return resubmitted;
      await this.#goOn(transaction, resubmitted.value, principal, now);
      return accepted(null);
    });
  }

  /** As far as it goes at once; what is not closed then has a workflow for its review and its clocks. */
  async #goOn(
    transaction: Knex.Transaction,
    row: ChangeRow,
    principal: Principal,
    now: Date,
  ): Promise<ChangeRow> {
    const standing = await advanceChange(transaction, this.#options, row, {
      actor: changeActor(principal),
      now,
    });
    if (standing.closed_at === null) {
      await startCase(transaction, { kind: 'certificateChange', caseId: row.id, now });
    }
    return standing;
  }

  /** The certificate is within the principal's scope, and the principal may begin such a change at its authority. */
  async #gate(
    principal: Principal,
    certificateId: string,
    kind: ChangeKind,
  ): Promise<Result<{ readonly authorityId: string; readonly catalogCode: string }, Refusal>> {
    const { register } = this.#options;
    // Whoever takes a certificate in does not see it yet; whether it was sent to him is asked again with the certificate locked.
    const asWhom = kind === 'transferIn' ? REGISTRAR : principal;
    const certificate = await register.within(asWhom, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: GatedCertificate[] }>(
        `SELECT c.authority_id, e.code, (SELECT h.to_authority_id FROM certificate_change h
           WHERE h.certificate_id = c.id AND h.operation = 'transferOut' AND h.state = 'done'
           ORDER BY h.closed_at DESC LIMIT 1) AS destination_id
         FROM certificate c JOIN catalog_entry e ON e.id = c.catalog_entry_id
         WHERE c.id = ?`,
        [certificateId],
      );
      return rows[0];
    });
    if (certificate === undefined) return refused({ code: 'notFound' });
    if (kind === 'transferIn' && !mayKnowOf(principal, certificate)) return refused({ code: 'notFound' });
    if (!mayBegin(kind, principal)) return refused({ code: 'notPermitted' });
    if (principal.kind !== 'agency' && principal.kind !== 'person') return refused({ code: 'notPermitted' });
    const { authorityId } = principal;
    if (authorityId === null) return refused({ code: 'notPermitted' });
    const at = kind === 'transferIn' ? authorityId : certificate.authority_id;
    if (!(await this.#isStaffOf(principal, kind, at))) return refused({ code: 'notPermitted' });
    return accepted({ authorityId, catalogCode: certificate.code });
  }

  async #isStaffOf(principal: Principal, kind: ChangeKind, authorityId: string): Promise<boolean> {
    if (principal.kind === 'agency') return principal.scope.authorityIds.includes(authorityId);
    if (principal.kind !== 'person') return false;
    const { register, integrity, clock } = this.#options;
    return register.within(REGISTRAR, async (transaction) => {
      for (const role of changeKind(kind).roles) {
        const wanted = { personId: principal.personId, role, authorityId, now: clock.now() };
        if (await hasRoleAt(transaction, integrity, wanted)) return true;
      }
      return false;
    });
  }

  /** The change is within scope, the principal began it, and the table allows what is asked. */
  async #mine(
    principal: Principal,
    changeId: string,
    operation: 'withdraw' | 'resubmit',
  ): Promise<Result<null, Refusal>> {
    return this.#options.register.within(principal, async (transaction) => {
      const row = await transaction<ChangeRow>('certificate_change').where({ id: changeId }).first();
      if (row === undefined) return refused<Refusal>({ code: 'notFound' });
      if (!isChangeInitiator(principal, row)) return refused<Refusal>({ code: 'notPermitted' });
      if (!applyChangeTransition(row.state, operation).ok) {
        return refused<Refusal>({ code: 'transitionNotAllowed' });
      }
      return accepted(null);
    });
  }
}

interface GatedCertificate {
  readonly authority_id: string;
  readonly code: string;
  /** Where it was last transferred to, if anywhere in this city. */
  readonly destination_id: string | null;
}

/** A certificate elsewhere that was not sent here is no different from one that does not exist. */
function mayKnowOf(principal: Principal, { authority_id, destination_id }: GatedCertificate): boolean {
  if (principal.kind !== 'agency' && principal.kind !== 'person') return false;
  const isOwn = principal.scope.everything || principal.scope.authorityIds.includes(authority_id);
  return isOwn || (destination_id !== null && destination_id === principal.authorityId);
}
