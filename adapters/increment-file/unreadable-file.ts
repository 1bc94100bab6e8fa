import type { Refusal } from '../../domain/shared/refusals';

/** At most so many rows of one upload; a day of a unit has tens, existing records in bulk go another way. */
export const MAX_ROWS = 5_000;
export const MAX_COLUMNS = 120;
/** In UTF-16 units; the longest element of a face is shorter. */
export const MAX_CELL_LENGTH = 4_000;

/** A file that cannot be read as a table, with what was expected of it. */
export function unreadableFile(code: string, expected: string): Refusal {
  return { code: 'incrementFileUnreadable', problems: [{ pointer: '/file', code, expected }] };
}

export const TOO_MANY_ROWS = unreadableFile('tooManyRows', `一次上传不超过 ${MAX_ROWS} 行，请分次上传`);
export const NO_HEADER = unreadableFile('headerMissing', '第一行应为列名');
