import { BUILT_IN_DEFINITIONS } from '../../../domain/catalog/built-in/built-in-definitions';
import type { CatalogDefinition, Entitlement } from '../../../domain/catalog/catalog-entry';
import type { IssuanceState } from '../../../domain/issuance/lifecycle';
import { availableIssuanceOperations } from '../../../domain/issuance/lifecycle';
import { legalDate } from '../../../domain/shared/legal-date';
import type { Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { Idempotency, Replays } from '../../../ports/idempotency';
import type { IssuanceDesk, IssuanceRules, IssuanceView, NewIssuance } from '../../../ports/issuance-desk';
import type { PageRequest } from '../../../ports/page';
import { BUREAU } from '../issuance-bodies';
import { AGENCY } from './fake-identity';

const ENTITLEMENT: Entitlement = {
  authorityCode: BUREAU.creditCode,
  areas: ['150602'],
  areaName: '东胜区',
  from: legalDate('2022-01-01'),
  until: null,
  basis: { name: '划转文件', number: '东编发〔2021〕1号', date: null, note: null },
  mode: 'synchronous',
  exemption: null,
  comparison: { kind: 'api' },
};

interface Case {
  readonly id: string;
  readonly issuance: NewIssuance;
  readonly owner: string;
  state: IssuanceState;
}

/** Cases in memory by the port's words; `finishWithin` says after how long of waiting a case is issued. */
export class FakeIssuanceDesk implements IssuanceDesk, Replays {
  readonly cases: Case[] = [];
  /** Why requests were read back. */
  readonly purposes: string[] = [];
  readonly suspicions: string[] = [];
  finishWithinMs: number | null = null;
  notEntitled: readonly string[] = [];
  readonly #keys = new Map<string, { digest: string; issuanceId: string }>();

  async rulesFor(_: Principal, catalogCode: string): Promise<Result<IssuanceRules, Refusal>> {
    const definition = BUILT_IN_DEFINITIONS.find(({ code }) => code === catalogCode);
    if (definition === undefined) return refused({ code: 'catalogEntryUnknown' });
    if (definition.handling !== 'issue') return refused({ code: 'notIssuedHere' });
    if (this.notEntitled.includes(catalogCode)) return refused({ code: 'authorityNotEntitled' });
    return accepted(rulesOf(definition));
  }

  async find(principal: Principal, issuanceId: string) {
    return this.#view(principal, issuanceId);
  }

  async replayOf(principal: Principal, idempotency: Idempotency) {
    return this.#replay(principal, idempotency);
  }

  async accept(principal: Principal, issuance: NewIssuance, idempotency: Idempotency) {
    const earlier = this.#replay(principal, idempotency);
    if (!earlier.ok) return earlier;
    if (earlier.value !== null) return accepted({ ...earlier.value, replayed: true });
    const id = `00000000-0000-4000-8000-${String(this.cases.length + 1).padStart(12, '0')}`;
    this.cases.push({ id, issuance, owner: principalName(principal), state: 'received' });
    const digest = Buffer.from(idempotency.bodyDigest).toString('hex');
    this.#keys.set(keyOf(principal, idempotency), { digest, issuanceId: id });
    return accepted({ issuanceId: id, replayed: false });
  }

  async list(
    principal: Principal,
    filter: { readonly state: IssuanceState | null; readonly businessNumber: string | null },
    { limit, cursor }: PageRequest,
  ) {
    const views = this.cases
      .filter(({ state }) => filter.state === null || state === filter.state)
      .flatMap(({ id }) => this.#view(principal, id) ?? []);
    const start = cursor === null ? 0 : Number(cursor);
    const end = start + limit;
    return { items: views.slice(start, end), nextCursor: end < views.length ? String(end) : null };
  }

  async waitForOutcome(_: Principal, issuanceId: string, waitMs: number) {
    if (this.finishWithinMs !== null && this.finishWithinMs <= waitMs) this.finish(issuanceId);
    else await new Promise((resolve) => setTimeout(resolve, waitMs).unref());
  }

  async withdraw(principal: Principal, issuanceId: string) {
    return this.#move(principal, issuanceId, 'withdraw', 'withdrawn');
  }

  async resubmit(principal: Principal, issuanceId: string) {
    return this.#move(principal, issuanceId, 'resubmit', 'received');
  }

  async request(principal: Principal, issuanceId: string, { purpose }: { readonly purpose: string }) {
    const found = this.cases.find(({ id }) => id === issuanceId);
    if (found === undefined || found.owner !== principalName(principal)) {
      return refused({ code: 'notFound' as const });
    }
    this.purposes.push(purpose);
    return accepted(found.issuance.request);
  }

  async recordClassifiedSuspicion(_: Principal, pointer: string) {
    this.suspicions.push(pointer);
  }

  /** What the worker would do. */
  finish(issuanceId: string, state: IssuanceState = 'issued'): void {
    const found = this.cases.find(({ id }) => id === issuanceId);
    if (found !== undefined) found.state = state;
  }

  #move(
    principal: Principal,
    issuanceId: string,
    operation: 'withdraw' | 'resubmit',
    state: IssuanceState,
  ): Result<null, Refusal> {
    const view = this.#view(principal, issuanceId);
    if (view === null) return refused({ code: 'notFound' });
    if (!view.availableOperations.includes(operation)) return refused({ code: 'transitionNotAllowed' });
    this.finish(issuanceId, state);
    return accepted(null);
  }

  #replay(principal: Principal, idempotency: Idempotency) {
    const known = this.#keys.get(keyOf(principal, idempotency));
    if (known === undefined) return accepted(null);
    return known.digest === Buffer.from(idempotency.bodyDigest).toString('hex')
      ? accepted({ issuanceId: known.issuanceId })
      : refused({ code: 'idempotencyKeyReused' as const });
  }

  #view(principal: Principal, issuanceId: string): IssuanceView | null {
    const found = this.cases.find(({ id }) => id === issuanceId);
    return found === undefined || found.owner !== principalName(principal) ? null : showCase(found);
  }
}

function showCase({ id, issuance, state }: Case): IssuanceView {
  const isIssued = state === 'issued';
  return {
    id,
    state,
    origin: issuance.origin,
    catalogCode: issuance.request.catalogCode,
    certificateName: issuance.rules.definition.name,
    authorityId: AGENCY.authorityId,
    businessNumber: issuance.request.businessNumber,
    decidedAt: '2026-11-20T01:30:00.000Z',
    receivedAt: '2026-11-23T02:00:00.000Z',
    updatedAt: '2026-11-23T02:00:00.000Z',
    closedAt: isIssued || state === 'withdrawn' ? '2026-11-23T02:00:01.000Z' : null,
    revision: 1,
    waitingFor: null,
    stateReason: null,
    availableOperations: availableIssuanceOperations(state, 'initiator'),
    certificate: isIssued
      ? {
          id: '00000000-0000-4000-8000-0000000000c1',
          versionId: '00000000-0000-4000-8000-0000000000c2',
          number: '150602000123',
          identifier: '1.2.156.3005.2.11100000000019713D013.11150602MB1234567X.150602000123.001.K',
          state: 'inForce',
          verificationUrl: null,
        }
      : null,
  };
}

function rulesOf(definition: CatalogDefinition): IssuanceRules {
  return {
    catalogEntryId: '00000000-0000-4000-8000-0000000000e1',
    catalogEntryVersionId: '00000000-0000-4000-8000-0000000000e2',
    definition,
    entitlement: ENTITLEMENT,
    authority: { id: AGENCY.authorityId, ...BUREAU },
  };
}

function keyOf(principal: Principal, { method, path, key }: Idempotency): string {
  return [principalName(principal), method, path, key].join(' ');
}
