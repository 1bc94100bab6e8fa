import type { LegalDate } from '../shared/legal-date';
import { civilDate, daysInMonth, legalDate } from '../shared/legal-date';
import type { CatalogDefinition } from './catalog-entry';

export interface ValidityDates {
  readonly validFrom: LegalDate;
  /** Last day of validity; null for 长期. */
  readonly validUntil: LegalDate | null;
  readonly issuedOn: LegalDate;
}

export interface ValidityProblem {
  readonly pointer: '/validFrom' | '/validUntil' | '/issuedOn';
  readonly code:
    | 'validityEndsBeforeStart'
    | 'validityTooLong'
    | 'validityEndMissing'
    | 'validityEndNotAllowed'
    | 'validityNotExact'
    | 'validityTooFarAhead'
    | 'alreadyExpired';
  readonly expected: string;
}

const MAX_YEARS_AHEAD = 1;

/**
 * Judges the dates of a certificate by the validity rule of its type; an empty list means they are in order.
 * A term of n years that starts on a day ends on the day before its n-th anniversary, or on the last day of
 * the month where the anniversary does not exist. `historical` (补录) allows a certificate that has ended already.
 */
export function checkValidity(
  definition: Pick<CatalogDefinition, 'validityRule'>,
  { validFrom, validUntil, issuedOn }: ValidityDates,
  historical = false,
): readonly ValidityProblem[] {
  const problems: ValidityProblem[] = [];
  if (validFrom > anniversary(issuedOn, MAX_YEARS_AHEAD)) {
    problems.push(problem('/validFrom', 'validityTooFarAhead', '生效日期不得晚于发证日期一年以后'));
  }
  if (validUntil !== null && validUntil < validFrom) {
    problems.push(problem('/validUntil', 'validityEndsBeforeStart', '有效期截止日期不得早于起始日期'));
  } else if (validUntil !== null && validUntil < issuedOn && !historical) {
    problems.push(
      problem('/validUntil', 'alreadyExpired', '有效期截止日期不得早于发证日期，历史证照请走补录'),
    );
  }
  return [...problems, ...checkRule(definition.validityRule, validFrom, validUntil)];
}

/** The last day of a term of whole years that starts on a day. */
export function lastDayOfTerm(validFrom: LegalDate, years: number): LegalDate {
  const { year, month, day } = civilDate(validFrom);
  if (day > 1) return date(year + years, month, Math.min(day - 1, daysInMonth(year + years, month)));
  return month > 1
    ? date(year + years, month - 1, daysInMonth(year + years, month - 1))
    : date(year + years - 1, 12, 31);
}

function checkRule(
  rule: CatalogDefinition['validityRule'],
  validFrom: LegalDate,
  validUntil: LegalDate | null,
): ValidityProblem[] {
  switch (rule.kind) {
    case 'asTheRight':
      return [];
    case 'longTerm':
      return validUntil === null
        ? []
        : [problem('/validUntil', 'validityEndNotAllowed', '该证照类型长期有效，不填写截止日期')];
    case 'years': {
      const last = lastDayOfTerm(validFrom, rule.maximumYears);
      if (validUntil === null) {
        return [problem('/validUntil', 'validityEndMissing', `应填写有效期截止日期，不晚于 ${last}`)];
      }
      if (validUntil > anniversary(validFrom, rule.maximumYears)) {
        return [
          problem(
            '/validUntil',
            'validityTooLong',
            `有效期不超过 ${rule.maximumYears} 年，截止日期不晚于 ${last}`,
          ),
        ];
      }
      return rule.exact && validUntil < last
        ? [
            problem(
              '/validUntil',
              'validityNotExact',
              `有效期为 ${rule.maximumYears} 年，截止日期应为 ${last}`,
            ),
          ]
        : [];
    }
  }
}

/** Some authorities print the anniversary itself as the last day, so it is accepted as the end of a term. */
function anniversary(from: LegalDate, years: number): LegalDate {
  const { year, month, day } = civilDate(from);
  return date(year + years, month, Math.min(day, daysInMonth(year + years, month)));
}

function date(year: number, month: number, day: number): LegalDate {
  return legalDate(`${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`);
}

function problem(
  pointer: ValidityProblem['pointer'],
  code: ValidityProblem['code'],
  expected: string,
): ValidityProblem {
  return { pointer, code, expected };
}
