import type { ResponsiblePersonState } from '../domain/organisation/responsible-person';
import type { LegalDate } from '../domain/shared/legal-date';
import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { Idempotency } from './idempotency';
import type { Page, PageRequest } from './page';

export interface ResponsiblePersonView {
  readonly id: string;
  readonly state: ResponsiblePersonState;
  readonly authorityId: string;
  /** Null: for all trades of the unit. */
  readonly trade: string | null;
  readonly personId: string;
  readonly displayName: string;
  readonly substituteId: string | null;
  readonly substituteName: string | null;
  readonly fromOn: LegalDate;
  /** From this day on somebody else answers; null while it is open. */
  readonly untilOn: LegalDate | null;
  readonly filingNumber: string;
  readonly appointedAt: string;
  readonly filedAt: string | null;
  readonly availableOperations: readonly ('handover' | 'file')[];
}

export interface Appointment {
  readonly authorityId: string;
  readonly trade: string | null;
  readonly personId: string;
  readonly substituteId: string | null;
  readonly fromOn: LegalDate;
}

export interface Handover {
  readonly personId: string;
  readonly substituteId: string | null;
  /** The first day of the new person and the first that is no longer of the old one. */
  readonly fromOn: LegalDate;
}

export interface VacancyView {
  readonly authorityId: string;
  readonly name: string;
  readonly areaCode: string;
  readonly coveredTrades: readonly string[];
}

/** 专人专管 (art. 22): who answers for a unit, filed with the city. */
export interface ResponsiblePersons {
  list(
    principal: Principal,
    filter: { readonly authorityId?: string; readonly current: boolean },
    page: PageRequest,
  ): Promise<Page<ResponsiblePersonView>>;
  vacancies(principal: Principal): Promise<readonly VacancyView[]>;
  appoint(
    principal: Principal,
    appointment: Appointment,
    idempotency: Idempotency,
  ): Promise<Result<{ readonly person: ResponsiblePersonView; readonly replayed: boolean }, Refusal>>;
  /** One transaction ends the one appointment and begins the other on the same day. */
  handover(
    principal: Principal,
    id: string,
    handover: Handover,
  ): Promise<Result<ResponsiblePersonView, Refusal>>;
  /** The city takes the appointment to its files. */
  file(principal: Principal, id: string): Promise<Result<ResponsiblePersonView, Refusal>>;
}
