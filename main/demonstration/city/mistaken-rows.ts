import type { IncrementCells } from '../../../domain/ingestion/increment-columns';

/** What offices get wrong, each in its own way; the rest of a file is taken in all the same. */
const MISTAKES: readonly ((row: IncrementCells) => IncrementCells)[] = [
  // Day and month could be either.
  (row) => ({ ...row, 核准日期: '3/1/2026' }),
  (row) => ({ ...row, 核准日期: '2026-02-30' }),
  (row) => ({ ...row, 核准日期: '2099-01-05' }),
  (row) => ({ ...row, 业务编号: '' }),
  (row) => ({ ...row, 名称: '' }),
  (row) => ({ ...row, 持证主体代码: withOtherCheckCharacter(row['持证主体代码'] ?? '') }),
  (row) => ({ ...row, 统一社会信用代码: (row['统一社会信用代码'] ?? '').slice(0, 17) }),
  (row) => ({ ...row, 法定代表人: '' }),
  (row) => ({ ...row, 成立日期: '二零一九年' }),
];

/** In: the rows of a file, at least as many as there are mistakes. Out: the same, of which nine cannot be taken in. */
export function withNineMistakes(rows: readonly IncrementCells[]): readonly IncrementCells[] {
  const every = Math.floor(rows.length / MISTAKES.length);
  return rows.map((row, index) => {
    const mistake = index % every === every - 1 ? MISTAKES[(index - every + 1) / every] : undefined;
    return mistake === undefined ? row : mistake(row);
  });
}

/** A code of the same form whose last character is none of the standard's. */
function withOtherCheckCharacter(code: string): string {
  return `${code.slice(0, -1)}${code.endsWith('1') ? '2' : '1'}`;
}
