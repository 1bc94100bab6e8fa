import { condition, proxyActivities, proxyLocalActivities, setHandler } from '@temporalio/workflow';
import type { IssuanceActivities } from '../../activities/issuance';
import { decidedSignal, resubmittedSignal, sealsChangedSignal, withdrawnSignal } from './messages';

type Standing = Awaited<ReturnType<IssuanceActivities['whereItStands']>>;

/** Database only, so a killed worker repeats it at once. */
const register = proxyLocalActivities<
  Pick<
    IssuanceActivities,
    'admit' | 'openReview' | 'settleReview' | 'confirmDeadline' | 'whereItStands' | 'issue'
  >
>({
  startToCloseTimeout: '5s',
  localRetryThreshold: '10s',
  retry: { initialInterval: '100ms', maximumInterval: '5s', backoffCoefficient: 2 },
});

const agency = proxyActivities<Pick<IssuanceActivities, 'compare'>>({
  startToCloseTimeout: '15s',
  retry: { initialInterval: '1s', maximumInterval: '30s', backoffCoefficient: 2 },
});

const office = proxyActivities<Pick<IssuanceActivities, 'prepare' | 'seal' | 'correspond'>>({
  startToCloseTimeout: '20s',
  retry: { initialInterval: '200ms', maximumInterval: '15s', backoffCoefficient: 2 },
});

/** A wait that nothing interrupts looks at the register again by itself after this time. */
const LONGEST_WAIT_MS = 6 * 3_600_000;
/** The shortest timer that is worth an event. */
const SHORTEST_WAIT_MS = 50;

/**
 * Conducts one issuance case, steps ① to ⑥; ⑦ is started by the outbox of ⑥. Everything is decided in the
 * register: each step answers where the case now stands, and a step that finds the case elsewhere only says so.
 * Started again from the row at any state it goes on from there (architecture, rule 6).
 * @param issuanceId the case; the workflow id is `issuance/<issuanceId>`.
 */
export async function issuance(issuanceId: string): Promise<void> {
  let nudged = false;
  const nudge = (): void => {
    nudged = true;
  };
  setHandler(decidedSignal, nudge);
  setHandler(withdrawnSignal, nudge);
  setHandler(resubmittedSignal, nudge);
  setHandler(sealsChangedSignal, nudge);

  const untilNudgedOr = async (instantMs: number | null): Promise<void> => {
    const waitMs = instantMs === null ? LONGEST_WAIT_MS : instantMs - Date.now();
    await condition(() => nudged, Math.min(Math.max(waitMs, SHORTEST_WAIT_MS), LONGEST_WAIT_MS));
  };

  let standing = await register.admit(issuanceId);
  for (;;) {
    nudged = false;
    switch (standing.state) {
      case 'received': // ①
        standing = await register.admit(issuanceId);
        break;
      case 'comparing': // ① with the agency's own record, then ②
        await agency.compare(issuanceId);
        standing = await register.openReview(issuanceId);
        break;
      case 'underReview': // ② a decision that has taken effect ends the wait
        standing = await register.settleReview(issuanceId);
        if (standing.state !== 'underReview' || nudged) break;
        await untilNudgedOr(standing.decisionTakesEffectAtMs ?? standing.dueAtMs);
        if (!nudged && isDue(standing)) standing = await register.confirmDeadline(issuanceId);
        break;
      case 'approved': // ③
        standing = await office.prepare(issuanceId);
        break;
      case 'awaitingSeal': // ③ again as soon as a seal can be used
        standing = await office.prepare(issuanceId);
        if (standing.state !== 'awaitingSeal' || nudged) break;
        await untilNudgedOr(standing.dueAtMs);
        if (!nudged && isDue(standing)) standing = await register.confirmDeadline(issuanceId);
        break;
      case 'prepared': // ④ ⑤ and, in a joint issue, ③ for the next seal
        standing = await office.seal(issuanceId);
        if (standing.state === 'prepared') standing = await office.correspond(issuanceId);
        break;
      case 'sealed': // ⑥
        standing = await register.issue(issuanceId);
        break;
      case 'sentBack': {
        const before = standing;
        await untilNudgedOr(null);
        standing = nudged ? await register.whereItStands(issuanceId) : before;
        break;
      }
      case 'issued':
      case 'refused':
      case 'withdrawn':
        return;
    }
  }
}

function isDue(standing: Standing): boolean {
  return (
    standing.decisionTakesEffectAtMs === null && standing.dueAtMs !== null && standing.dueAtMs <= Date.now()
  );
}
