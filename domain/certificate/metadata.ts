import type { CatalogDefinition } from '../catalog/catalog-entry';
import { STANDARD_LEVEL_NAMES } from '../catalog/catalog-entry';
import type { RequestedHolder } from '../issuance/issuance-request';
import type { LegalDate } from '../shared/legal-date';
import { HOLDER_CODE_TYPES, isHolderCodeType } from './holder-code-type';

/** What is known of a certificate version when its files are written. */
export interface CertificateFacts {
  readonly definition: CatalogDefinition;
  readonly authority: { readonly name: string; readonly creditCode: string };
  readonly number: string;
  readonly identifier: string;
  readonly version: string;
  readonly holders: readonly RequestedHolder[];
  readonly validFrom: LegalDate;
  /** Null: no end (长期). */
  readonly validUntil: LegalDate | null;
  readonly issuedOn: LegalDate;
  /** Written into the files; YYYYMMDDHHMMSS in Beijing time. */
  readonly createdAt: string;
}

const HOLDER_SEPARATOR = '、';

/**
 * The metadata that go into a certificate's files by their codes (GB/T 36903 as read from deployed implementations;
 * `ZZLXMC` and `BBH` are our proposal). Several holders are joined; each of them stands in the machine-readable face.
 */
export function certificateMetadata(facts: CertificateFacts): Readonly<Record<string, string>> {
  const { definition, authority, holders } = facts;
  const codeTypes = holders.map((holder) => holder.codeType ?? '');
  return {
    ZZMC: definition.name,
    ZZLXMC: definition.name,
    ZZLXDM: definition.code,
    ZZBH: facts.number,
    ZZBS: facts.identifier,
    BBH: facts.version,
    ZZBFJG: authority.name,
    ZZBFJGDM: authority.creditCode,
    ZZBFJGJB: STANDARD_LEVEL_NAMES[definition.standardLevel],
    ZZBFRQ: compact(facts.issuedOn),
    CZZT: holders.map((holder) => holder.name).join(HOLDER_SEPARATOR),
    CZZTDM: holders.map((holder) => holder.code ?? '').join(HOLDER_SEPARATOR),
    CZZTDMLX: codeTypes
      .map((type) => (isHolderCodeType(type) ? HOLDER_CODE_TYPES[type] : ''))
      .join(HOLDER_SEPARATOR),
    CZZTDMLXDM: codeTypes.join(HOLDER_SEPARATOR),
    ZZYXQQSRQ: compact(facts.validFrom),
    ZZYXQJZRQ: facts.validUntil === null ? '长期' : compact(facts.validUntil),
    CJSJ: facts.createdAt,
  };
}

function compact(date: LegalDate): string {
  return date.replaceAll('-', '');
}
