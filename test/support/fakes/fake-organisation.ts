import { legalDate } from '../../../domain/shared/legal-date';
import type { Principal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type {
  AgencyKeyDesk,
  AgencyKeyView,
  AgencySystemDesk,
  AgencySystemView,
  AuthorityChange,
  AuthorityDesk,
  AuthorityView,
  NewAuthority,
} from '../../../ports/organisation';
import { AGENCY } from './fake-identity';

const SINCE = '2026-11-23T10:00:00+08:00';

/** One unit with revisions. */
export class FakeAuthorities implements AuthorityDesk {
  #unit: AuthorityView = {
    id: AGENCY.authorityId,
    creditCode: '11150602MB1234567X',
    name: '东胜区行政审批和政务服务局',
    kind: 'administrativeOrgan',
    level: 'banner',
    areaCode: '150602',
    trade: null,
    isIssuing: true,
    parentId: null,
    competentDepartmentId: null,
    successorId: null,
    successorBasis: null,
    entrustment: null,
    activeFrom: legalDate('2020-01-01'),
    activeUntil: null,
    revision: 1,
  };

  async list() {
    return [this.#unit];
  }
  async find(_: Principal, authorityId: string) {
    return authorityId === this.#unit.id ? this.#unit : null;
  }
  async add(_: Principal, authority: NewAuthority) {
    this.#unit = { ...this.#unit, ...authority };
    return accepted(this.#unit);
  }
  async change(
    _: Principal,
    authorityId: string,
    revision: number,
    { entrustmentEndsOn: _endsOn, ...change }: AuthorityChange,
  ): Promise<Result<AuthorityView, Refusal>> {
    if (authorityId !== this.#unit.id) return refused({ code: 'notFound' });
    if (revision !== this.#unit.revision) return refused({ code: 'revisionConflict' });
    this.#unit = { ...this.#unit, ...change, revision: revision + 1 };
    return accepted(this.#unit);
  }
  async succeed(
    _: Principal,
    __: string,
    { successorId, on, basis }: Parameters<AuthorityDesk['succeed']>[2],
  ) {
    this.#unit = { ...this.#unit, successorId, successorBasis: basis, activeUntil: on };
    return accepted(this.#unit);
  }
}

/** One business system with one key. */
export class FakeAgencySystems implements AgencySystemDesk {
  #system: AgencySystemView = {
    id: AGENCY.agencySystemId,
    state: 'active',
    authorityId: AGENCY.authorityId,
    name: '审批业务系统',
    callbackHosts: [],
    hasWebhookSecret: false,
    recordPort: null,
    createdAt: SINCE,
  };
  #key: AgencyKeyView = {
    keyId: AGENCY.keyId,
    agencySystemId: AGENCY.agencySystemId,
    validFrom: SINCE,
    validUntil: null,
    revokedAt: null,
  };
  readonly keys: AgencyKeyDesk = {
    list: async () => [this.#key],
    issue: async () => accepted({ key: this.#key, secret: 'shown-once' }),
    revoke: async () => {
      this.#key = { ...this.#key, revokedAt: SINCE };
      return accepted(this.#key);
    },
  };

  async list() {
    return [this.#system];
  }
  async add(_: Principal, system: Parameters<AgencySystemDesk['add']>[1]) {
    this.#system = { ...this.#system, ...system };
    return accepted(this.#system);
  }
  async setRecordPort(_: Principal, __: string, port: Parameters<AgencySystemDesk['setRecordPort']>[2]) {
    this.#system = {
      ...this.#system,
      recordPort: port === null ? null : { url: port.url, keyId: port.keyId },
    };
    return accepted(this.#system);
  }
  async renewWebhookSecret() {
    return accepted({ system: this.#system, secret: 'whsec_shown-once' });
  }
  async setState(_: Principal, __: string, state: AgencySystemView['state']) {
    this.#system = { ...this.#system, state };
    return accepted(this.#system);
  }
}
