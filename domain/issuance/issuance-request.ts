import type { Face } from '../catalog/face-schema';
import type { HolderKind } from '../certificate/holder-code-type';
import type { LegalDate } from '../shared/legal-date';

/** A holder as named in a request: one of several when the type allows it, with a share such as 1/2. */
export interface RequestedHolder {
  readonly kind: HolderKind;
  readonly name: string;
  readonly codeType: string | null;
  readonly code: string | null;
  readonly share: string | null;
}

/** The agency's decision on which the certificate rests. */
export interface DecisionReference {
  readonly name: string;
  /** 文号. */
  readonly number: string;
  readonly date: LegalDate;
  readonly organ: string;
}

export interface NamedPerson {
  readonly name: string;
  readonly id: string;
}

/**
 * An issuance request after parsing: every identifier and date checked, the face complete by its schema
 * (but for what the register assigns). Stored encrypted, loaded again by each step of the line.
 */
export interface IssuanceRequest {
  readonly catalogCode: string;
  readonly businessNumber: string;
  /** Instant of the decision in the agency, RFC 3339. */
  readonly decidedAt: string;
  readonly decision: DecisionReference | null;
  readonly holders: readonly RequestedHolder[];
  readonly face: Face;
  readonly validFrom: LegalDate;
  /** Null: no end (长期). */
  readonly validUntil: LegalDate | null;
  readonly issuedOn: LegalDate;
  readonly operator: NamedPerson;
  readonly agent: NamedPerson | null;
  readonly acceptingAuthority: string | null;
  readonly attachmentIds: readonly string[];
  readonly callbackUrl: string | null;
  /** 补录: why an older certificate is entered now. */
  readonly backEntryReason: string | null;
}
