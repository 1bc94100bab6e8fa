/** States of a report to the region (归集上报): 待上报, 已上报, 被退回, 隔离. */
export const UP_REPORT_STATES = ['pending', 'reported', 'returned', 'quarantined'] as const;
export type UpReportState = (typeof UP_REPORT_STATES)[number];
