import { type LegalDate, legalDate, legalDateAt, startOfLegalDateMs } from '../../domain/shared/legal-date';

/** Before it no type is published and nobody is entitled to issue one. */
export const CATALOGUE_SINCE = legalDate('2025-01-01');

/**
 * In: the present instant. Out: the first day of the demonstration's past, the first of January of the year before; since
 * then its people hold office and its seals are in use, so that what is dated in between is lawful.
 */
export function historyBeginsOn(now: Date): LegalDate {
  const year = Number(legalDateAt(now.getTime()).slice(0, 4)) - 1;
  const sinceYear = Number(CATALOGUE_SINCE.slice(0, 4));
  return legalDate(`${Math.max(year, sinceYear)}-01-01`);
}

/** The beginning of that day; of a present before it, that present. */
export function historyBeginsAt(now: Date): Date {
  return new Date(Math.min(startOfLegalDateMs(historyBeginsOn(now)), now.getTime()));
}
