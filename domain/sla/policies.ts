import type { SlaBasis, SlaPolicy, SlaUnit } from './sla-policy';

const DATE_NOTE =
  '本文本所载年份与市政府公开解读(2022年9月28日，鄂府办发〔2022〕161号)不一致，以正式公布文本为准';

function measure(article: string, note = ''): SlaBasis {
  return {
    title: '鄂尔多斯市电子证照管理办法(暂行)',
    documentNumber: '鄂府办发〔2023〕161号',
    article,
    note: note === '' ? DATE_NOTE : `${note}；${DATE_NOTE}`,
  };
}

/** The measure says 及时 or 同步 and leaves the figure to the city. */
function policyFor(article: string): SlaBasis {
  return measure(article, '办法只要求及时或同步，具体时限由市电子证照管理部门设定');
}

function row(
  key: string,
  name: string,
  startsAt: string,
  value: number,
  unit: SlaUnit,
  basis: SlaBasis,
  hard = false,
): SlaPolicy {
  return { key, name, startsAt, value, unit, hard, basis, version: 1 };
}

const LICENSING_LAW: SlaBasis = {
  title: '中华人民共和国行政许可法',
  documentNumber: null,
  article: '第四十四条、第八十二条',
  note: null,
};

/**
 * The time limits with which the table of policies begins. Only rows marked hard are the law's own; all others
 * are the city's to change.
 */
export const INITIAL_SLA_POLICIES = [
  row('FORCE_MAJEURE_RECOVERY', '不可抗力后补办', '故障消除', 3, 'workingDays', measure('第十条'), true),
  row('DAILY_INCREMENT', '每日增量归集', '当日 0 时', 1, 'calendarDay', measure('第八条'), true),
  row('LICENCE_DELIVERY', '行政许可证件送达', '作出准予许可决定', 10, 'workingDays', LICENSING_LAW, true),
  row('FORCE_MAJEURE_REPORT', '不可抗力报告', '知道发生', 4, 'hours', policyFor('第十条')),
  row('FORCE_MAJEURE_RECOGNITION', '不可抗力认定', '报告', 2, 'workingDays', policyFor('第十条')),
  row('URGE_COOL_DOWN', '催办间隔', '上次催办', 4, 'hours', policyFor('第二十二条')),
  row('TASK_UNCLAIMED', '任务无人认领', '任务进入队列', 1, 'workingDays', policyFor('第二十二条')),
  row('SYNCHRONISED_ISSUANCE', '同步制发', '业务系统作出决定', 5, 'minutes', policyFor('第八条')),
  row(
    'SYNCHRONISED_ISSUANCE_ALARM',
    '同步制发超时告警',
    '业务系统作出决定',
    1,
    'workingDays',
    policyFor('第八条'),
  ),
  row('STATUS_CHANGE_SYNC', '状态变更同步', '业务系统作出决定', 5, 'minutes', policyFor('第八条')),
  row(
    'STATUS_CHANGE_SYNC_ALARM',
    '状态变更超时告警',
    '业务系统作出决定',
    1,
    'workingDays',
    policyFor('第八条'),
  ),
  row('ISSUANCE_REVIEW', '签发审核', '任务建立', 1, 'workingDays', policyFor('第九条')),
  row('AWAITING_SEAL', '待签章', '任务建立', 1, 'workingDays', policyFor('第十一条')),
  row('CATALOG_REVIEW', '目录审核', '任务建立', 5, 'workingDays', policyFor('第七条')),
  row('DELIVERY', '送达', '签发', 1, 'hours', policyFor('第九条')),
  row('PENDING_PICKUP', '待领取', '转为待领取', 10, 'workingDays', policyFor('第九条')),
  row('ANOMALY_ACCEPT', '异议受理', '提出异议', 2, 'workingDays', policyFor('第二十条')),
  row('ANOMALY_DECIDE', '异议核查', '受理', 10, 'workingDays', policyFor('第二十条')),
  row('ANOMALY_REPLY', '异议答复', '作出核查结论', 1, 'workingDays', policyFor('第二十条')),
  row('ANOMALY_TOTAL', '政府用证单位异议全程', '提出异议', 10, 'workingDays', {
    title: '政务数据共享有关规定',
    documentNumber: null,
    article: null,
    note: '参照政务数据共享的校核时限设定，由市电子证照管理部门确认',
  }),
  row('ANOMALY_EVIDENCE', '异议人补充材料', '退回补充', 10, 'workingDays', policyFor('第二十条')),
  row('ANOMALY_UNREACHABLE', '告知书公告送达', '发出告知书', 30, 'calendarDay', policyFor('第二十条')),
  row('ANOMALY_REPEAT', '重复异议限制期', '两次维持后', 180, 'calendarDay', policyFor('第二十条')),
  row('ACCESS_DECISION', '用证接入审批', '提出申请', 10, 'workingDays', policyFor('第十四条')),
  row('DESIGNATION_FILING', '专人专管备案', '提交备案', 5, 'workingDays', policyFor('第二十二条')),
  row('SCENARIO_FILING', '社会化应用场景报备', '提交报备', 5, 'workingDays', policyFor('第十七条')),
] as const satisfies readonly SlaPolicy[];
