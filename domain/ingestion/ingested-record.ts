import type { Face } from '../catalog/face-schema';
import type { Holder } from '../certificate/holder';
import type { LegalDate } from '../shared/legal-date';

/** A record as a unit issued it on its own; complete by the rules of its type. */
export interface IngestedRecord {
  readonly businessNumber: string;
  readonly number: string;
  readonly identifier: string | null;
  readonly issuedOn: LegalDate;
  readonly validFrom: LegalDate;
  readonly validUntil: LegalDate | null;
  readonly holders: readonly Holder[];
  readonly face: Face;
}
