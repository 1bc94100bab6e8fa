import { boundValuesOf } from '../domain/issuance/bound-values';
import type { RecordComparison } from '../domain/issuance/compare-record';
import { compareWithRecord } from '../domain/issuance/compare-record';
import type { AgencyRecords } from '../ports/agency-records';
import type { IssuanceCase, IssuanceLedger, Standing } from '../ports/issuance-ledger';
import type { SealingLedger } from '../ports/sealing-ledger';
import type { CorrespondenceActivities } from './correspondence';
import type { ProductionActivities } from './production';
import type { SealingActivities } from './sealing';

/** The steps of an issuance as its workflow calls them; each takes the case's id and answers where it stands. */
export interface IssuanceActivities
  extends ProductionActivities,
    SealingActivities,
    CorrespondenceActivities {
  whereItStands(issuanceId: string): Promise<Standing>;
  admit(issuanceId: string): Promise<Standing>;
  compare(issuanceId: string): Promise<void>;
  openReview(issuanceId: string): Promise<Standing>;
  settleReview(issuanceId: string): Promise<Standing>;
  confirmDeadline(issuanceId: string): Promise<Standing>;
  issue(issuanceId: string): Promise<Standing>;
}

export interface IssuancePorts {
  readonly ledger: IssuanceLedger;
  readonly sealing: SealingLedger;
  readonly agencyRecords: AgencyRecords;
  /** Steps ③ to ⑤. */
  readonly production: ProductionActivities & SealingActivities & CorrespondenceActivities;
}

/** The whole line of an issuance: ①, ② and ⑥ here, ③ to ⑤ as given. */
export function createIssuanceActivities(ports: IssuancePorts): IssuanceActivities {
  const { ledger, sealing } = ports;
  return {
    ...ports.production,
    whereItStands: (issuanceId) => ledger.whereItStands(issuanceId),
    admit: (issuanceId) => ledger.admit(issuanceId),
    compare: (issuanceId) => compare(ports, issuanceId),
    openReview: (issuanceId) => ledger.openReview(issuanceId),
    settleReview: (issuanceId) => ledger.settleReview(issuanceId),
    confirmDeadline: (issuanceId) => ledger.confirmDeadline(issuanceId),
    issue: (issuanceId) => sealing.issue(issuanceId),
  };
}

/** ① art. 8: what is issued must agree with the agency's own record. An agency that is down is waited for, never skipped. */
async function compare({ ledger, agencyRecords }: IssuancePorts, issuanceId: string): Promise<void> {
  const issuance = await ledger.load(issuanceId);
  if (issuance.state !== 'comparing' || issuance.comparisonOutcome !== null) return;
  await ledger.recordComparison(issuanceId, await comparisonOf(issuance, ledger, agencyRecords));
}

async function comparisonOf(
  issuance: IssuanceCase,
  ledger: IssuanceLedger,
  agencyRecords: AgencyRecords,
): Promise<RecordComparison> {
  const { rules, request, recordUrl } = issuance;
  if (rules.entitlement.comparison.kind !== 'api' || recordUrl === null) {
    return { outcome: 'notCompared', differences: [] };
  }
  try {
    const answer = await agencyRecords.fetch(recordUrl, request.businessNumber);
    if (answer.kind === 'notFound') return { outcome: 'agencyRecordNotFound', differences: [] };
    const bound = boundValuesOf(request, {
      certificateName: rules.definition.name,
      authorityName: rules.authority.name,
      authorityCode: rules.authority.creditCode,
      number: null,
      registerNumbers: rules.definition.numberedBy.by === 'register',
    });
    return compareWithRecord(rules.definition, request, answer.record, bound);
  } catch (fault) {
    await ledger.noteWaiting(issuance.id, 'agencyUnavailable');
    throw fault;
  }
}
