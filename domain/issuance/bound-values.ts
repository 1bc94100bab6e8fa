import type { BoundHolder, BoundValues } from '../catalog/face-schema';
import { LONG_TERM } from '../catalog/face-schema';
import { HOLDER_CODE_TYPES, isHolderCodeType } from '../certificate/holder-code-type';
import type { LegalDate } from '../shared/legal-date';
import type { RequestedHolder } from './issuance-request';

/** The parts of a request that the face may repeat. */
export interface RepeatedOnFace {
  readonly holders: readonly RequestedHolder[];
  readonly validFrom: LegalDate;
  readonly validUntil: LegalDate | null;
  readonly issuedOn: LegalDate;
}

export interface IssuerOnFace {
  readonly certificateName: string;
  readonly authorityName: string;
  readonly authorityCode: string;
  /** Null while the register has not given a number. */
  readonly number: string | null;
  /** Whether the number comes from the register later and so must be absent from what is sent. */
  readonly registerNumbers: boolean;
}

/**
 * What the register knows of a certificate's metadata when its face is read (GB/T 36903 as read from deployed
 * implementations): elements bound to it may be left out, and must agree if given.
 */
export function boundValuesOf(request: RepeatedOnFace, issuer: IssuerOnFace | null): BoundValues {
  return {
    values: {
      ZZYXQQSRQ: request.validFrom,
      ZZYXQJZRQ: request.validUntil ?? LONG_TERM,
      ZZBFRQ: request.issuedOn,
      ...(issuer === null
        ? {}
        : { ZZMC: issuer.certificateName, ZZBFJG: issuer.authorityName, ZZBFJGDM: issuer.authorityCode }),
      ...(issuer === null || issuer.number === null ? {} : { ZZBH: issuer.number }),
    },
    holders: request.holders.map(boundHolder),
    assignedLater: issuer?.registerNumbers && issuer.number === null ? ['ZZBH'] : [],
  };
}

function boundHolder(holder: RequestedHolder): BoundHolder {
  return {
    name: holder.name,
    code: holder.code,
    codeTypeName:
      holder.codeType !== null && isHolderCodeType(holder.codeType)
        ? HOLDER_CODE_TYPES[holder.codeType]
        : null,
    share: holder.share,
  };
}
