import { CONSTRUCTION_PERMIT } from '../../../domain/catalog/built-in/construction-permit';
import type { ChangeKind } from '../../../domain/certificate-change/change-kind';
import { mayBegin, opensVersion } from '../../../domain/certificate-change/change-kind';
import { availableChangeOperations } from '../../../domain/certificate-change/lifecycle';
import type { Principal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type {
  CertificateChangeDesk,
  CertificateChangeView,
  NewCertificateChange,
} from '../../../ports/certificate-change-desk';
import type { IssuanceRules } from '../../../ports/issuance-desk';
import { AGENCY } from './fake-identity';
import { CERTIFICATE_ID, INSTANT } from './fake-ids';

/** Changes in memory by the port's words; `held` is what holds the one certificate. */
export class FakeCertificateChangeDesk implements CertificateChangeDesk {
  readonly changes: CertificateChangeView[] = [];
  rules: IssuanceRules | null = null;
  held: Refusal | null = null;

  async rulesFor(
    principal: Principal,
    certificateId: string,
    kind: ChangeKind,
  ): Promise<Result<IssuanceRules | null, Refusal>> {
    if (certificateId !== CERTIFICATE_ID) return refused({ code: 'notFound' });
    if (!mayBegin(kind, principal)) return refused({ code: 'notPermitted' });
    return accepted(opensVersion(kind) ? this.rules : null);
  }

  async begin(
    _: Principal,
    change: NewCertificateChange,
  ): Promise<Result<{ readonly changeId: string; readonly replayed: boolean }, Refusal>> {
    if (this.held !== null) return refused(this.held);
    const id = `00000000-0000-4000-8000-${String(this.changes.length + 1).padStart(12, '0')}`;
    this.changes.push(aChangeView(id, change));
    return accepted({ changeId: id, replayed: false });
  }

  async find(_: Principal, changeId: string): Promise<CertificateChangeView | null> {
    return this.changes.find(({ id }) => id === changeId) ?? null;
  }

  async list() {
    return { items: this.changes, nextCursor: null };
  }

  async waitForOutcome(): Promise<void> {}

  async withdraw(_: Principal, changeId: string): Promise<Result<null, Refusal>> {
    const found = this.changes.find(({ id }) => id === changeId);
    if (found === undefined) return refused({ code: 'notFound' });
    return found.availableOperations.includes('withdraw')
      ? accepted(null)
      : refused({ code: 'transitionNotAllowed' });
  }

  async resubmit(): Promise<Result<null, Refusal>> {
    return refused({ code: 'transitionNotAllowed' });
  }
}

function aChangeView(
  id: string,
  { kind, certificateId, request }: NewCertificateChange,
): CertificateChangeView {
  const state = opensVersion(kind) ? 'inProduction' : 'done';
  const { newVersion: _, ...act } = request;
  return {
    id,
    operation: kind,
    state,
    certificateId,
    certificateVersionId: '00000000-0000-4000-8000-0000000000c2',
    certificateName: CONSTRUCTION_PERMIT.name,
    number: '150602000123',
    authorityId: AGENCY.authorityId,
    ...act,
    decidedAt: INSTANT,
    receivedAt: INSTANT,
    updatedAt: INSTANT,
    closedAt: state === 'done' ? INSTANT : null,
    revision: 1,
    stateReason: null,
    preemptedBy: null,
    issuance: null,
    newVersion: null,
    availableOperations: availableChangeOperations(state, 'initiator'),
  };
}
