import {
  addDays,
  type LegalDate,
  legalDateAt,
  parseLegalDate,
  startOfLegalDateMs,
} from '../../../domain/shared/legal-date';
import type { Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';

/**
 * In: a mandate as asked for, and today. Out: its period, or the refusal with the place that is wrong.
 * From the beginning of the first day to the end of the last, which people count in; stored half-open.
 */
export function readMandatePeriod(
  mandate: { readonly validFrom: string; readonly validUntil: string; readonly volumeCap: number },
  today: LegalDate,
): Result<{ readonly valid_from: Date; readonly valid_until: Date }, Refusal> {
  const problem = (pointer: string, expected: string): Result<never, Refusal> =>
    refused({
      code: 'malformedRequest',
      problems: [{ pointer, code: 'periodInvalid', expected }],
    });
  const from = parseLegalDate(mandate.validFrom);
  if (!from.ok) return problem('/validFrom', from.refusal.expected);
  const until = parseLegalDate(mandate.validUntil);
  if (!until.ok) return problem('/validUntil', until.refusal.expected);
  if (until.value < from.value) return problem('/validUntil', '终止日期不得早于起始日期');
  if (until.value < today) return problem('/validUntil', '终止日期不得早于今天');
  if (!Number.isSafeInteger(mandate.volumeCap) || mandate.volumeCap < 1) {
    return problem('/volumeCap', '用印次数上限应为正整数');
  }
  return accepted({
    valid_from: new Date(startOfLegalDateMs(from.value)),
    valid_until: new Date(startOfLegalDateMs(addDays(until.value, 1))),
  });
}

/** The last day of a period whose end is stored half-open. */
export function lastDayOf(end: Date): LegalDate {
  return legalDateAt(end.getTime() - 1);
}
