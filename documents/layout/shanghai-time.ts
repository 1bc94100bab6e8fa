const SHANGHAI_OFFSET_MS = 8 * 3600 * 1000;

/** Every legal date of the office is one of Asia/Shanghai, which has been UTC+8 without summer time since 1991. */
function shifted(instant: Date): string {
  return new Date(instant.getTime() + SHANGHAI_OFFSET_MS).toISOString();
}

/** YYYY-MM-DD. */
export function shanghaiDate(instant: Date): string {
  return shifted(instant).slice(0, 10);
}

/** YYYYMMDDHHMMSS, as the metadata of use-copies are written (GB/T 36903). */
export function shanghaiCompact(instant: Date): string {
  return shifted(instant).slice(0, 19).replace(/[-T:]/g, '');
}

/** 2026年11月23日. */
export function shanghaiChineseDate(instant: Date): string {
  const [year, month, day] = shanghaiDate(instant).split('-').map(Number);
  return `${year}年${month}月${day}日`;
}
