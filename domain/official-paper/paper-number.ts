/** 发文字号 of an office that has not filed a 代字 of its own. */
const WORD_OF_THE_CITY = '鄂证照';

/**
 * In: the unit's 发文机关代字 (null: it has filed none), the year of Beijing time, and the number that follows its last
 * of the year. Out: such as 鄂东审服〔2026〕12号, in the form of 党政机关公文格式 GB/T 9704: the full year in 〔〕, the
 * number without leading zeros. Throws for what no counter gives.
 */
export function paperNumber(word: string | null, year: number, sequence: number): string {
  if (!Number.isInteger(sequence) || sequence < 1 || !Number.isInteger(year) || year < 1949) {
    throw new RangeError(`no paper has the number ${sequence} of ${year}`);
  }
  return `${word ?? WORD_OF_THE_CITY}〔${year}〕${sequence}号`;
}
