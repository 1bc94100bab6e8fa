import type { AnomalyState } from '../../domain/anomaly/lifecycle';
import type { ChangeState } from '../../domain/certificate-change/lifecycle';
import type { DeliveryState } from '../../domain/delivery/lifecycle';
import type { ForceMajeureState } from '../../domain/force-majeure/lifecycle';
import type { IncrementDayState } from '../../domain/ingestion/lifecycle';
import type { IssuanceState } from '../../domain/issuance/lifecycle';

/** A case as the register has it at one instant. */
interface CaseRow {
  readonly kind: keyof typeof CLOCKS;
  readonly id: string;
  readonly state: string;
  /** Something of the case beside its state on which a clock of it depends. */
  readonly turn: boolean;
  /** Keys of its open deadlines; one that is open twice is there twice. */
  readonly open: readonly string[];
}

interface Clocks {
  /** Open exactly once. */
  readonly one: readonly string[];
  /** Open once or not at all, because it depends on more than the state. */
  readonly perhaps?: readonly string[];
  /** What is open besides when the case has taken its turn (see {@link CASES}). */
  readonly turned?: readonly string[];
}

const NONE: Clocks = { one: [] };
const SYNC: Clocks = { one: ['SYNCHRONISED_ISSUANCE'], perhaps: ['SYNCHRONISED_ISSUANCE_ALARM'] };
const withSync = (key: string): Clocks => ({ ...SYNC, one: [...SYNC.one, key] });
const anomaly = (...one: readonly string[]): Clocks => ({ one, perhaps: ['ANOMALY_TOTAL'] });
/** Before the portal has first answered in vain nothing runs; then the office's hour and the law's ten days do. */
const UNDELIVERED: Clocks = {
  one: [],
  perhaps: ['DELIVERY', 'LICENCE_DELIVERY', 'PENDING_PICKUP'],
};

const ISSUANCE: Readonly<Record<IssuanceState, Clocks>> = {
  received: SYNC,
  comparing: SYNC,
  underReview: withSync('ISSUANCE_REVIEW'),
  sentBack: SYNC,
  approved: SYNC,
  // A wait for a seal ends when the seal is on the file: until then a key may refuse again.
  prepared: { ...SYNC, perhaps: [...(SYNC.perhaps ?? []), 'AWAITING_SEAL'] },
  awaitingSeal: withSync('AWAITING_SEAL'),
  sealed: SYNC,
  issued: NONE,
  refused: NONE,
  withdrawn: NONE,
};

const CHANGE: Readonly<Record<ChangeState, Clocks>> = {
  received: NONE,
  underReview: { one: ['ISSUANCE_REVIEW'] },
  sentBack: NONE,
  approved: NONE,
  inProduction: NONE,
  done: NONE,
  refused: NONE,
  withdrawn: NONE,
  preempted: NONE,
};

/** Turned: accepted once; a transfer leads back to `filed` with the clock of the decision and starts none anew (reading 10). */
const ANOMALY: Readonly<Record<AnomalyState, Clocks>> = {
  filed: { ...anomaly(), turned: ['ANOMALY_DECIDE'] },
  investigating: anomaly('ANOMALY_DECIDE'),
  awaitingEvidence: anomaly('ANOMALY_DECIDE', 'ANOMALY_EVIDENCE'),
  correcting: anomaly(),
  replying: anomaly('ANOMALY_REPLY'),
  awaitingReceipt: { one: ['ANOMALY_UNREACHABLE'] },
  closed: NONE,
  withdrawn: NONE,
};

/** Turned: a clearance is stated; three working days run from it whether the city has answered or not. */
const EVENT: Readonly<Record<ForceMajeureState, Clocks>> = {
  declared: { one: ['FORCE_MAJEURE_REPORT'], turned: ['FORCE_MAJEURE_RECOVERY'] },
  reported: { one: ['FORCE_MAJEURE_RECOGNITION'], turned: ['FORCE_MAJEURE_RECOVERY'] },
  recognised: NONE,
  recovering: { one: ['FORCE_MAJEURE_RECOVERY'] },
  clearanceDisputed: { one: ['FORCE_MAJEURE_RECOVERY'] },
  rejected: NONE,
  closed: NONE,
};

/** Turned: not handed over at the counter, which meets every clock; who then asks the portal again may be held once more. */
const DELIVERY: Readonly<Record<DeliveryState, Clocks>> = {
  pending: UNDELIVERED,
  awaitingReceipt: UNDELIVERED,
  awaitingPickup: { one: [], turned: ['PENDING_PICKUP'], perhaps: ['LICENCE_DELIVERY', 'PENDING_PICKUP'] },
  wrongPerson: UNDELIVERED,
  delivered: NONE,
  pickedUp: NONE,
  exempted: NONE,
};

/** A missed day is alarmed of day by day until it is caught up. */
const DAY: Readonly<Record<IncrementDayState, Clocks>> = {
  open: { one: ['DAILY_INCREMENT'] },
  missed: { one: ['DAILY_INCREMENT'] },
  delivered: NONE,
  zeroReported: NONE,
  awaitingCalendar: { one: [], perhaps: ['DAILY_INCREMENT'] },
  caughtUp: NONE,
  deferred: { one: [], perhaps: ['DAILY_INCREMENT'] },
  notRequired: NONE,
};

const CLOCKS = {
  issuance: ISSUANCE,
  certificateChange: CHANGE,
  anomalyCase: ANOMALY,
  forceMajeureEvent: EVENT,
  delivery: DELIVERY,
  incrementDay: DAY,
} as const;

/** Where the cases of each lifecycle are, and when one has taken its turn. */
const CASES: Readonly<Record<keyof typeof CLOCKS, { readonly table: string; readonly turn: string }>> = {
  issuance: { table: 'issuance', turn: 'false' },
  certificateChange: { table: 'certificate_change', turn: 'false' },
  anomalyCase: { table: 'anomaly_case', turn: 'c.accepted_at IS NOT NULL' },
  forceMajeureEvent: { table: 'force_majeure_event', turn: 'c.cleared_at IS NOT NULL' },
  delivery: { table: 'delivery', turn: 'c.picked_up_at IS NULL' },
  incrementDay: { table: 'increment_day', turn: 'false' },
};

/** One statement, so that all of it is of one instant, whatever is being committed meanwhile. */
const EVERY_CASE = Object.entries(CASES)
  .map(
    ([kind, { table, turn }]) => `SELECT '${kind}' AS kind, c.id, c.state, ${turn} AS turn,
      ARRAY(SELECT d.key FROM deadline d WHERE d.case_kind = '${kind}' AND d.case_id = c.id AND d.closed_at IS NULL
            ORDER BY d.key) AS open
     FROM ${table} c`,
  )
  .join(' UNION ALL ');

/** What two persons and one decision mean in rows: nobody judges what he entered, and a task is decided once. */
const WRONG_DECISIONS = `
  SELECT t.kind || ' of ' || t.case_id || ': decided by who was excluded from it' AS finding FROM task t
    WHERE t.decided_by IS NOT NULL AND t.decided_by = t.excluded_person_id
  UNION ALL
  SELECT 'issuance ' || i.id || ': reviewed by its operator' FROM issuance i
    JOIN task t ON t.case_id = i.id AND t.kind = 'issuanceReview' WHERE t.decided_by = i.operator_id
  UNION ALL
  SELECT 'certificateChange ' || g.id || ': reviewed by its operator' FROM certificate_change g
    JOIN task t ON t.case_id = g.id AND t.kind = 'changeReview' WHERE t.decided_by = g.operator_id
  UNION ALL
  SELECT 'forceMajeureEvent ' || e.id || ': recognised by who declared or reported it' FROM force_majeure_event e
    WHERE e.decided_by IN (e.declared_by, e.reported_by)
  UNION ALL
  SELECT kind || ' of ' || case_id || ': two open tasks' FROM task WHERE state IN ('open', 'claimed')
    GROUP BY kind, case_id HAVING count(*) > 1
  UNION ALL
  SELECT t.kind || ' of ' || t.case_id || ': waits without the clock that it has' FROM task t
    JOIN deadline d ON d.id = t.deadline_id WHERE t.state IN ('open', 'claimed') AND d.closed_at IS NOT NULL
  UNION ALL
  SELECT v.case_kind || ' ' || v.case_id || ': ' || v.kind || ' twice in one round' FROM event v
    WHERE v.kind IN ('forceMajeureEvent.recognise', 'forceMajeureEvent.reject', 'anomalyCase.reply', 'anomalyCase.receive',
                     'issuance.issue', 'certificateChange.complete', 'delivery.deliver')
    GROUP BY v.case_kind, v.case_id, v.kind HAVING count(*) > 1`;

type Ask = <Row extends Readonly<Record<string, unknown>>>(sql: string) => Promise<readonly Row[]>;

/**
 * Looks at every case of a register at one instant. In: how to ask it, past row-level security. Out: a sentence for each
 * open state that lacks a clock which it has by law or policy, each clock that runs although nothing waits for it or runs
 * twice, each thing that was decided twice or by the same person.
 */
export async function clockFindings(ask: Ask): Promise<readonly string[]> {
  const cases = await ask<CaseRow & Readonly<Record<string, unknown>>>(EVERY_CASE);
  const wrong = await ask<{ readonly finding: string }>(WRONG_DECISIONS);
  return [...cases.flatMap(findingsOf), ...wrong.map(({ finding }) => finding)];
}

function findingsOf({ kind, id, state, turn, open }: CaseRow): readonly string[] {
  const states: Readonly<Record<string, Clocks>> = CLOCKS[kind];
  const clocks = states[state];
  if (clocks === undefined) return [`${kind} ${id}: ${state} is in no table`];
  const wanted = [...clocks.one, ...(turn ? (clocks.turned ?? []) : [])];
  if (kind === 'anomalyCase' && state === 'filed' && !turn) wanted.push('ANOMALY_ACCEPT');
  const allowed = [...wanted, ...(clocks.perhaps ?? [])];
  const name = `${kind} ${id} is ${state}`;
  return [
    ...wanted.filter((key) => !open.includes(key)).map((key) => `${name} without ${key}`),
    ...open.filter((key) => !allowed.includes(key)).map((key) => `${name} with ${key}`),
    ...open.filter((key, index) => open.indexOf(key) !== index).map((key) => `${name} with ${key} twice`),
  ];
}
