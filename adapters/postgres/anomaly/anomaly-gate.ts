import { randomUUID } from 'node:crypto';
import type { AnomalyOperation } from '../../../domain/anomaly/lifecycle';
import { applyAnomalyTransition } from '../../../domain/anomaly/lifecycle';
import type { Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { refused } from '../../../domain/shared/result';
import type { Clock } from '../../../ports/clock';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import { tellCase } from '../case/tell-case';
import { maySeeUnmasked } from '../certificate/may-see-unmasked';
import { hasRoleAt } from '../organisation/resolve-scope';
import type { Register } from '../register/register';
import { RolledBack } from '../register/rolled-back';
import type { InvestigatorAct } from './anomaly-acts';
import type { ObjectorAct } from './anomaly-objector-acts';
import { certificateNames, liveObjections } from './anomaly-reply';
import type { AnomalyRow, AnomalyWork } from './anomaly-row';
import { ANOMALY_DESK, lockAnomaly } from './anomaly-row';
import { isOfOffice } from './anomaly-view';

export interface AnomalyGateOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
}

type Acted = Promise<Result<null, Refusal>>;

/**
 * The one way to a case: whether a principal may see it is asked of the row policies, as himself; what he may do is asked of
 * the locked row; the work then runs as the product in one transaction, because a case reaches beyond one scope.
 */
export class AnomalyGate {
  readonly #options: AnomalyGateOptions;

  constructor(options: AnomalyGateOptions) {
    this.#options = options;
  }

  /**
   * An act of an investigator: the case is within his scope, he has the role at the very authority that has it now, he did
   * not enter the disputed version, and the table allows the operation (null: none of the table). Then its workflow is told.
   */
  async investigate(
    principal: Principal,
    caseId: string,
    operation: AnomalyOperation | null,
    act: (act: InvestigatorAct) => Acted,
  ): Acted {
    if (!(await this.sees(principal, caseId))) return refused({ code: 'notFound' });
    if (principal.kind !== 'person') return refused({ code: 'notPermitted' });
    return this.#act(caseId, async (work, row) => {
      const isInvestigator = await hasRoleAt(work.transaction, work.integrity, {
        personId: principal.personId,
        role: 'investigator',
        authorityId: row.authority_id,
        now: work.now,
      });
      if (!isInvestigator) return refused({ code: 'roleMissing' });
      if (row.operator_id === principal.personId) return refused({ code: 'operatorMayNotReview' });
      if (operation !== null && !applyAnomalyTransition(row.state, operation).ok) {
        return refused({ code: 'transitionNotAllowed' });
      }
      const { name } = await certificateNames(work.transaction, row);
      return act({ work, row, person: principal, certificateName: name });
    });
  }

  /** An act of somebody who objects and has not withdrawn. */
  async object(
    principal: Principal,
    caseId: string,
    operation: AnomalyOperation,
    act: (act: ObjectorAct) => Acted,
  ): Acted {
    if (!(await this.sees(principal, caseId))) return refused({ code: 'notFound' });
    return this.#act(caseId, async (work, row) => {
      const objection = (await liveObjections(work.transaction, caseId)).find(
        (candidate) => candidate.principal === principalName(principal),
      );
      if (objection === undefined) return refused({ code: 'notPermitted' });
      if (!applyAnomalyTransition(row.state, operation).ok) return refused({ code: 'transitionNotAllowed' });
      return act({ work, row, principal, objection });
    });
  }

  /** What only the office sees: values and users are personal, and an objector knows his own alone. */
  async asOffice<Answer>(
    principal: Principal,
    caseId: string,
    read: (work: AnomalyWork, row: AnomalyRow) => Promise<Result<Answer, Refusal>>,
  ): Promise<Result<Answer, Refusal>> {
    if (!(await this.sees(principal, caseId))) return refused({ code: 'notFound' });
    if (!maySeeUnmasked(principal)) return refused({ code: 'notPermitted' });
    return this.work(async (work) => {
      const row = await work.transaction<AnomalyRow>('anomaly_case').where({ id: caseId }).first();
      if (row === undefined || !isOfOffice(principal, row.authority_id, row.trade)) {
        return refused<Refusal>({ code: 'notPermitted' });
      }
      return read(work, row);
    });
  }

  /** Whether the row policies show the case to the principal. */
  async sees(principal: Principal, caseId: string): Promise<boolean> {
    const seen = await this.#options.register.within(principal, (transaction) =>
      transaction('anomaly_case').where({ id: caseId }).first('id'),
    );
    return seen !== undefined;
  }

  /** Work on the locked case after which its workflow looks again. */
  async #act(caseId: string, act: (work: AnomalyWork, row: AnomalyRow) => Acted): Acted {
    return this.locked(caseId, async (work, row) => {
      const answer = await act(work, row);
      if (answer.ok) {
        await tellCase(work.transaction, {
          kind: 'anomalyCase',
          caseId,
          change: `act/${randomUUID()}`,
          now: work.now,
        });
      }
      return answer;
    });
  }

  async locked<Answer>(
    caseId: string,
    work: (work: AnomalyWork, row: AnomalyRow) => Promise<Result<Answer, Refusal>>,
  ): Promise<Result<Answer, Refusal>> {
    return this.work(async (tools) => {
      const row = await lockAnomaly(tools.transaction, caseId);
      return row === null ? refused<Refusal>({ code: 'notFound' }) : work(tools, row);
    });
  }

  /** One transaction as the product; what is refused after something was written is rolled back. */
  async work<Answer>(
    work: (work: AnomalyWork) => Promise<Result<Answer, Refusal>>,
  ): Promise<Result<Answer, Refusal>> {
    const { register, cipher, integrity, clock } = this.#options;
    try {
      return await register.within(ANOMALY_DESK, (transaction) =>
        work({ transaction, cipher, integrity, now: clock.now() }),
      );
    } catch (fault) {
      if (fault instanceof RolledBack) return refused(fault.refusal);
      throw fault;
    }
  }
}
