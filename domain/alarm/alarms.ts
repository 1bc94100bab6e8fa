/**
 * Everything by which the product calls for people, and the page of docs/runbooks that says what it means and what to do. A
 * runbook may be that of several alarms. What is not here is news and calls for nobody.
 */

/** Notices to staff: how the title begins or what it contains, as whoever posts it writes it. */
export const NOTICE_ALARMS = {
  deadlineReached: { title: '时限已到', runbook: 'deadline-overdue' },
  deadlineStillOpen: { title: '超期催办', runbook: 'deadline-overdue' },
  taskUnclaimed: { title: '任务无人认领', runbook: 'task-unclaimed' },
  calendarMissing: { title: '工作日历尚未载入', runbook: 'calendar-missing' },
  responsiblePersonVacant: { title: '发证单位没有电子证照专人', runbook: 'responsible-person-vacant' },
  classifiedSuspected: { title: '疑似涉密内容被拒收', runbook: 'classified-suspected' },
  awaitingSeal: { title: '签发事项等待电子印章', runbook: 'awaiting-seal' },
  identityMismatch: { title: '送达失败：身份不符', runbook: 'delivery-identity-mismatch' },
  certificatesExpiring: { title: '有证照即将到期', runbook: 'expired-not-cancelled' },
  agencyRecordUnavailable: { title: '核查时业务系统无法访问', runbook: 'agency-record-unavailable' },
  objectorUnreachable: { title: '异议人无法联系，已公告办结', runbook: 'objector-unreachable' },
  forceMajeureReportLate: { title: '不可抗力未按时报告', runbook: 'force-majeure-report-late' },
  forceMajeureOverdue: { title: '不可抗力补办逾期', runbook: 'force-majeure-overdue' },
  incrementMissed: { title: '增量归集漏报', runbook: 'increment-missed' },
  exemptionExpired: { title: '免予同步制发的技术认定已到期', runbook: 'exemption-expired' },
  upReportsDiffer: { title: '归集上报对账不一致', runbook: 'up-report-differences' },
} as const satisfies Record<string, { readonly title: string; readonly runbook: string }>;

export type NoticeAlarm = keyof typeof NOTICE_ALARMS;

/** Out: the title of an alarm's notices, or the part of it that does not change. */
export function alarmTitle(alarm: NoticeAlarm): string {
  return NOTICE_ALARMS[alarm].title;
}

/** Time limits whose ladder rings, by the key of the policy; their notices are those of a deadline. */
export const DEADLINE_ALARMS: Readonly<Record<string, string>> = {
  DAILY_INCREMENT: 'increment-missed',
  FORCE_MAJEURE_REPORT: 'force-majeure-report-late',
  FORCE_MAJEURE_RECOGNITION: 'deadline-overdue',
  FORCE_MAJEURE_RECOVERY: 'force-majeure-overdue',
  SYNCHRONISED_ISSUANCE: 'synchronised-issuance-late',
  SYNCHRONISED_ISSUANCE_ALARM: 'synchronised-issuance-late',
  STATUS_CHANGE_SYNC: 'synchronised-issuance-late',
  STATUS_CHANGE_SYNC_ALARM: 'synchronised-issuance-late',
  ISSUANCE_REVIEW: 'deadline-overdue',
  AWAITING_SEAL: 'awaiting-seal',
  CATALOG_REVIEW: 'deadline-overdue',
  DELIVERY: 'delivery-late',
  LICENCE_DELIVERY: 'delivery-late',
  PENDING_PICKUP: 'pending-pickup',
  ANOMALY_ACCEPT: 'anomaly-overdue',
  ANOMALY_DECIDE: 'anomaly-overdue',
  ANOMALY_REPLY: 'anomaly-overdue',
  ANOMALY_TOTAL: 'anomaly-overdue',
  ANOMALY_EVIDENCE: 'anomaly-overdue',
  ANOMALY_UNREACHABLE: 'objector-unreachable',
  ACCESS_DECISION: 'deadline-overdue',
  DESIGNATION_FILING: 'deadline-overdue',
  SCENARIO_FILING: 'deadline-overdue',
};

/** Policies that measure no work of anybody: how long to wait before something is told again or allowed again. */
export const POLICIES_WITHOUT_CLOCK: readonly string[] = [
  'URGE_COOL_DOWN',
  'TASK_UNCLAIMED',
  'ANOMALY_REPEAT',
];

/** Metrics that somebody has to look at when they leave what the runbook calls normal. */
export const METRIC_ALARMS = {
  ecert_outbox_oldest_age_seconds: 'outbox-stalled',
  ecert_files_without_timestamp: 'timestamp-backlog',
  ecert_event_log_pending: 'event-log-stalled',
  ecert_up_reports: 'up-report-returned',
  ecert_up_report_differences: 'up-report-differences',
  ecert_increment_days: 'increment-missed',
  ecert_sweeper_found_total: 'sweeper-found-overdue',
  ecert_work_calendar_missing_year: 'calendar-missing',
  ecert_responsible_person_vacancies: 'responsible-person-vacant',
} as const satisfies Record<string, string>;

/** Measurements for graphs: no value of theirs calls for anybody by itself. */
export const MEASUREMENTS: readonly string[] = [
  'ecert_http_request_duration_seconds',
  'ecert_http_requests_aborted_total',
];

/** Parts of `/readyz` that are not ready. */
export const READINESS_ALARMS: Readonly<Record<string, string>> = {
  database: 'database-down',
  durability: 'durability-off',
  temporal: 'temporal-down',
  worker: 'worker-down',
  signing: 'signing-self-test-failed',
  fileStore: 'file-store-down',
};

/** Lines of the processes' logs at the levels warn and error, by their message. */
export const LOG_ALARMS: Readonly<Record<string, string>> = {
  'background fault': 'background-fault',
  'relay fault': 'outbox-stalled',
  'internal error': 'internal-error',
  'submitted draft stays': 'internal-error',
};

/** Signs that ring nowhere and yet are asked about: a refusal, a task, a list, an answer of the verification. */
export const SIGNS: Readonly<Record<string, string>> = {
  changeOpen: 'change-blocked-by-open-change',
  dependentCertificate: 'dependent-certificates',
  incrementCatchUp: 'increment-missed',
  upReportMending: 'up-report-returned',
  expiredNotCancelled: 'expired-not-cancelled',
  statusInDoubt: 'status-in-doubt',
};
