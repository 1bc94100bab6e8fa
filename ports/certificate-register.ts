import type { Face, FaceSchema } from '../domain/catalog/face-schema';
import type {
  CertificateMark,
  CertificateOperation,
  CertificateState,
} from '../domain/certificate/lifecycle';
import type { ChangeKind } from '../domain/certificate-change/change-kind';
import type { InspectionResult } from '../domain/certificate-change/change-request';
import type { ChangeState } from '../domain/certificate-change/lifecycle';
import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { Page, PageRequest } from './page';

export interface CertificateView {
  readonly id: string;
  readonly versionId: string;
  readonly version: string;
  readonly state: CertificateState;
  readonly marks: readonly CertificateMark[];
  readonly number: string;
  readonly identifier: string;
  readonly catalogCode: string;
  readonly certificateName: string;
  readonly authorityId: string;
  readonly issuingAuthority: string;
  readonly maskedHolders: readonly {
    readonly name: string;
    readonly code: string | null;
    readonly share: string | null;
  }[];
  readonly maskedFace: Face;
  readonly validFrom: string;
  readonly validUntil: string | null;
  readonly issuedOn: string;
  readonly issuedAt: string | null;
  readonly endedAt: string | null;
  /** The change that holds the certificate (rule 8); null when another may begin. */
  readonly openChange: {
    readonly id: string;
    readonly operation: ChangeKind;
    readonly state: ChangeState;
    readonly since: string;
  } | null;
  /** 年检 endorsed on this version, the latest first. */
  readonly inspections: readonly {
    readonly endorsedOn: string;
    readonly result: InspectionResult;
    readonly nextDueOn: string | null;
  }[];
  readonly availableOperations: readonly CertificateOperation[];
}

/** Lists of certificates that somebody has to look after. */
export type CertificateList =
  | { readonly kind: 'expiring'; readonly withinDays: 30 | 60 | 90 }
  /** 过期未注销. */
  | { readonly kind: 'expiredNotCancelled' }
  /** 应注销未注销 (行政许可法 70). */
  | { readonly kind: 'endedNotCancelled' };

/** Why and on whose behalf personal data are read; goes into the read-audit. */
export interface ReadPurpose {
  readonly purpose: string;
  readonly traceId: string;
  /** Such as 002; the newest issued version when absent. */
  readonly version?: string;
}

export interface EventView {
  readonly id: string;
  readonly kind: string;
  readonly operationCode: string | null;
  readonly actor: Readonly<Record<string, string | null>>;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly occurredAt: string;
}

export interface UseView {
  readonly readAt: string;
  readonly principalKind: string;
  readonly who: string;
  readonly purpose: string;
  readonly fields: readonly string[];
  readonly unmasked: boolean;
}

export type DownloadKind = 'ofd' | 'pdf' | 'png';

/** Certificates as people and systems within scope see them; lists are masked, every read of personal data is recorded. */
export interface CertificateRegister {
  /** `query`: a number, identifier, or the exact name or code of a holder. */
  search(
    principal: Principal,
    query: string | null,
    page: PageRequest,
    list?: CertificateList,
  ): Promise<Page<CertificateView>>;
  find(principal: Principal, certificateId: string): Promise<CertificateView | null>;
  face(
    principal: Principal,
    certificateId: string,
    read: ReadPurpose & { readonly unmask: boolean },
  ): Promise<
    Result<{ readonly faceSchema: FaceSchema; readonly face: Face; readonly masked: boolean }, Refusal>
  >;
  file(
    principal: Principal,
    certificateId: string,
    kind: DownloadKind,
    read: ReadPurpose,
  ): Promise<
    Result<
      {
        readonly bytes: Uint8Array;
        readonly mediaType: string;
        readonly digest: string;
        readonly fileName: string;
      },
      Refusal
    >
  >;
  events(principal: Principal, certificateId: string, page: PageRequest): Promise<Page<EventView> | null>;
  versions(principal: Principal, certificateId: string): Promise<readonly CertificateView[] | null>;
  uses(principal: Principal, certificateId: string, page: PageRequest): Promise<Page<UseView> | null>;
}
