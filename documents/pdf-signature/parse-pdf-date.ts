/**
 * Reads a PDF date string such as D:20260601080000+08'00' (ISO 32000-1 clause 7.9.4).
 * @returns the instant, or undefined for anything that is no date; a missing zone is read as UTC.
 */
export function parsePdfDate(text: string | undefined): Date | undefined {
  const match = /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:Z(?:00'?00'?)?|([+-])(\d\d)'?(\d\d)?'?)?$/.exec(
    text ?? '',
  );
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number);
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  const offsetMinutes = Number(match[8] ?? 0) * 60 + Number(match[9] ?? 0);
  const instant = new Date(local - (match[7] === '-' ? -offsetMinutes : offsetMinutes) * 60_000);
  const real = new Date(local);
  const exists =
    real.getUTCMonth() === month - 1 && real.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return exists ? instant : undefined;
}
