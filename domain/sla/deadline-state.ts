/**
 * How a deadline stands: running, standing still (`suspended`), not computable before a calendar is loaded, or over.
 * `missed` is also one that is still worked on after its end; `closed` was no longer needed.
 */
export const DEADLINE_STATES = [
  'running',
  'awaitingCalendar',
  'suspended',
  'met',
  'missed',
  'closed',
] as const;
export type DeadlineState = (typeof DEADLINE_STATES)[number];

export const DEADLINE_STATE_NAMES = {
  running: '计时中',
  awaitingCalendar: '待工作日历',
  suspended: '中止计时',
  met: '按时办结',
  missed: '已超期',
  closed: '无需继续',
} as const satisfies Record<DeadlineState, string>;
