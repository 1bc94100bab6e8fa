import type { Knex } from 'knex';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';

/** Root of certificate identifiers (GB/T 36904 as read from deployed implementations); a number never begins so. */
const IDENTIFIER_ROOT = '1.2.156.3005.2.';

export interface SearchTerm {
  /** SQL over versions `v` and certificates `c`, with named bindings. */
  readonly condition: string;
  readonly bindings: Readonly<Record<string, Knex.Value>>;
}

/**
 * In: what somebody searches for, trimmed. Out: the condition: an identifier, a number, or the exact name or code of a
 * holder, which is found by its keyed digest and therefore only as a whole. Each arm can use its own index.
 */
export function searchTerm(cipher: PersonalDataCipher, query: string): SearchTerm {
  if (query.startsWith(IDENTIFIER_ROOT)) {
    return {
      condition: 'c.id IN (SELECT certificate_id FROM certificate_version WHERE identifier = :identifier)',
      bindings: { identifier: query.toUpperCase() },
    };
  }
  return {
    condition: `v.id IN (
      SELECT n.id FROM certificate_version n JOIN certificate m ON m.id = n.certificate_id WHERE m.number = :number
      UNION SELECT certificate_version_id FROM certificate_holder WHERE code_lookup = :codeLookup
      UNION SELECT certificate_version_id FROM certificate_holder WHERE name_lookup = :nameLookup)`,
    bindings: {
      number: query,
      codeLookup: cipher.lookup('holderCode', query.toUpperCase()),
      nameLookup: cipher.lookup('holderName', query),
    },
  };
}
