import type { Principal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type {
  Credentials,
  LeaveDesk,
  NewAccount,
  PeopleDesk,
  PersonView,
  RoleDesk,
} from '../../../ports/accounts';
import { AGENCY } from './fake-identity';
import { INSTANT, PERSON_ID } from './fake-ids';

/** One person, whose account follows what it is told. */
export class FakeAccounts implements PeopleDesk, Credentials {
  person: PersonView = {
    id: PERSON_ID,
    state: 'active',
    displayName: '娜仁',
    authorityId: AGENCY.authorityId,
    leave: null,
    account: {
      username: 'naren',
      hasSecondFactor: true,
      oneTimePasswordUntil: null,
      lockedUntil: null,
      roles: [],
      createdAt: '2026-11-23T10:00:00+08:00',
    },
  };

  readonly roles: RoleDesk = {
    grant: async (_, personId) => this.#change(personId, {}),
    end: async (_, personId) => this.#change(personId, {}),
  };
  readonly leaves: LeaveDesk = {
    set: async (_, personId, leave) => this.#change(personId, { leave }),
    end: async (_, personId) => this.#change(personId, { leave: null }),
  };

  async list() {
    return { items: [this.person], nextCursor: null };
  }
  async find(_: Principal, personId: string) {
    return personId === PERSON_ID ? this.person : null;
  }
  async add(_: Principal, { displayName, authorityId }: NewAccount) {
    this.person = { ...this.person, displayName, authorityId };
    return accepted({ person: this.person, oneTimePassword: 'once-only' });
  }
  async disable(_: Principal, personId: string) {
    return this.#change(personId, { state: 'disabled' });
  }
  async enable(_: Principal, personId: string) {
    return this.#change(personId, { state: 'active' });
  }
  async resetPassword() {
    return accepted({ person: this.person, oneTimePassword: 'once-again' });
  }
  async removeSecondFactor(_: Principal, personId: string) {
    return this.#change(personId, {});
  }
  async changeOwnPassword(_: Principal, { current }: { readonly current: string }) {
    return current === 'Demo-2026!' ? accepted(null) : refused({ code: 'passwordWrong' as const });
  }
  async beginSecondFactor() {
    const otpauthUrl = 'otpauth://totp/test?secret=JBSWY3DPEHPK3PXP';
    return accepted({ otpauthUrl, secret: 'JBSWY3DPEHPK3PXP', expiresAt: INSTANT });
  }
  async confirmSecondFactor(_: Principal, otp: string) {
    return otp === '123456' ? accepted(null) : refused({ code: 'oneTimeCodeWrong' as const });
  }

  #change(personId: string, change: Partial<PersonView>): Result<PersonView, Refusal> {
    if (personId !== PERSON_ID) return refused({ code: 'notFound' });
    this.person = { ...this.person, ...change };
    return accepted(this.person);
  }
}
