import type { Knex } from 'knex';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { addDays, startOfLegalDateMs } from '../../../domain/shared/legal-date';
import type { CertificateList } from '../../../ports/certificate-register';
import type { ListPosition } from '../register/list-page';
import type { CertificateRow } from './certificate-rows';

/** How a list of certificates is chosen and ordered, and where one of its pages goes on. */
export interface ListTerm {
  /** SQL over versions `v`, with named bindings. */
  readonly condition: string;
  readonly order: string;
  readonly bindings: Readonly<Record<string, Knex.Value>>;
  readonly positionOf: (row: CertificateRow) => Date;
}

/**
 * In: which list, the legal date, and where the last page ended. Out: its term. 即将到期 begins with what ends first;
 * 过期未注销 and 应注销未注销 with what has waited longest; without a list the newest come first. The conditions repeat the
 * predicates of the partial indexes of certificate_version.
 */
export function listTerm(
  list: CertificateList | undefined,
  today: LegalDate,
  after: ListPosition | null,
): ListTerm {
  switch (list?.kind) {
    case undefined: {
      const further = after === null ? 'true' : '(v.issued_at, v.id) < (:at, :afterId::uuid)';
      return {
        condition: further,
        order: 'v.issued_at DESC, v.id DESC',
        bindings: after === null ? {} : { at: after.at, afterId: after.id },
        positionOf: ({ issued_at }) => issued_at ?? new Date(0),
      };
    }
    case 'expiring': {
      const further =
        after === null
          ? ''
          : "AND (v.valid_until, v.id) > ((:at::timestamptz AT TIME ZONE 'Asia/Shanghai')::date, :afterId::uuid)";
      return {
        condition: `v.state IN ('inForce','suspended') AND v.valid_until BETWEEN :today::date AND :last::date ${further}`,
        order: 'v.valid_until, v.id',
        bindings: {
          today,
          last: addDays(today, list.withinDays),
          ...(after === null ? {} : { at: after.at, afterId: after.id }),
        },
        positionOf: ({ valid_until }) => new Date(startOfLegalDateMs((valid_until ?? today) as LegalDate)),
      };
    }
    case 'expiredNotCancelled':
      return ended(["'expired'"], after);
    case 'endedNotCancelled':
      return ended(["'expired'", "'rescinded'", "'recalled'", "'revoked'"], after);
  }
}

function ended(states: readonly string[], after: ListPosition | null): ListTerm {
  const further = after === null ? '' : 'AND (v.ended_at, v.id) > (:at, :afterId::uuid)';
  return {
    condition: `v.state IN (${states.join(',')}) ${further}`,
    order: 'v.ended_at, v.id',
    bindings: after === null ? {} : { at: after.at, afterId: after.id },
    positionOf: ({ ended_at }) => ended_at ?? new Date(0),
  };
}
