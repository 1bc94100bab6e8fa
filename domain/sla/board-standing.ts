import type { LegalDate } from '../shared/legal-date';
import { addDays } from '../shared/legal-date';
import { workingDayAfter } from './office-time';
import type { WorkCalendar } from './work-calendar';

/** The columns of the board (时限看板); each is a filter of the list of deadlines as well. */
export const BOARD_STANDINGS = [
  'enough',
  'near',
  'today',
  'overdue',
  'awaitingCalendar',
  'suspended',
] as const;
export type BoardStanding = (typeof BOARD_STANDINGS)[number];

/** How deadlines ended that were needed. */
export const ENDED_STANDINGS = ['met', 'late'] as const;
export type EndedStanding = (typeof ENDED_STANDINGS)[number];

export const STANDING_NAMES = {
  enough: '充足',
  near: '临近',
  today: '今日到期',
  overdue: '已超期',
  awaitingCalendar: '待工作日历',
  suspended: '中止计时',
  met: '按时办结',
  late: '逾期办结',
} as const satisfies Record<BoardStanding | EndedStanding, string>;

/** Which due dates fall into which column on a day: before `today` overdue, up to `nearUntil` near, after it enough. */
export interface BoardDays {
  readonly today: LegalDate;
  readonly nearUntil: LegalDate;
}

/**
 * The days of the board: near is what is due within so many working days. Where the calendar does not reach that far,
 * as many calendar days, since the board must show something.
 */
export function boardDays(calendar: WorkCalendar, today: LegalDate, nearWorkingDays: number): BoardDays {
  const nearUntil = workingDayAfter(calendar, today, nearWorkingDays) ?? addDays(today, nearWorkingDays);
  return { today, nearUntil };
}

/** The column of an open deadline, by its state and the day on which it is due. */
export function boardStanding(
  state: 'running' | 'awaitingCalendar' | 'suspended' | 'missed',
  dueDate: LegalDate | null,
  { today, nearUntil }: BoardDays,
): BoardStanding {
  switch (state) {
    case 'awaitingCalendar':
    case 'suspended':
      return state;
    case 'missed':
      return 'overdue';
    case 'running':
      if (dueDate === null || dueDate > nearUntil) return 'enough';
      if (dueDate > today) return 'near';
      return dueDate === today ? 'today' : 'overdue';
  }
}
