import { legalDate } from '../../../domain/shared/legal-date';
import type { Principal } from '../../../domain/shared/principal';
import { accepted, refused } from '../../../domain/shared/result';
import type {
  Appointment,
  Handover,
  ResponsiblePersons,
  ResponsiblePersonView,
} from '../../../ports/responsible-persons';
import { AGENCY } from './fake-identity';
import { PERSON_ID, TASK_ID } from './fake-ids';

const INSTANT = '2026-11-23T10:00:00+08:00';

/** One appointment, which follows what it is told. */
export class FakeResponsiblePersons implements ResponsiblePersons {
  person: ResponsiblePersonView = {
    id: TASK_ID,
    state: 'submitted',
    authorityId: AGENCY.authorityId,
    trade: null,
    personId: PERSON_ID,
    displayName: '娜仁',
    substituteId: null,
    substituteName: null,
    fromOn: legalDate('2026-11-23'),
    untilOn: null,
    filingNumber: '鄂证专备〔2026〕1号',
    appointedAt: INSTANT,
    filedAt: null,
    availableOperations: ['handover', 'file'],
  };

  async list() {
    return { items: [this.person], nextCursor: null };
  }
  async vacancies() {
    return [
      { authorityId: AGENCY.authorityId, name: '东胜区交通运输局', areaCode: '150602', coveredTrades: [] },
    ];
  }
  async appoint(_: Principal, appointment: Appointment) {
    this.person = { ...this.person, ...appointment };
    return accepted({ person: this.person, replayed: false });
  }
  async handover(_: Principal, id: string, handover: Handover) {
    if (id !== this.person.id) return refused({ code: 'notFound' as const });
    this.person = { ...this.person, ...handover };
    return accepted(this.person);
  }
  async file(_: Principal, id: string) {
    if (id !== this.person.id) return refused({ code: 'notFound' as const });
    this.person = { ...this.person, state: 'filed', filedAt: INSTANT };
    return accepted(this.person);
  }
}
