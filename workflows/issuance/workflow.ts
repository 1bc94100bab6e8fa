import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { IssuanceActivities } from '../../activities/issuance';
import { goOnAfreshWhenLong } from '../shared/go-on-afresh';
import { Nudge } from '../shared/nudge';

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
  startToCloseTimeout: '30s',
  heartbeatTimeout: '4s',
  retry: { initialInterval: '1s', maximumInterval: '30s', backoffCoefficient: 2 },
});

const office = proxyActivities<Pick<IssuanceActivities, 'prepare' | 'seal' | 'correspond'>>({
  startToCloseTimeout: '60s',
  heartbeatTimeout: '4s',
  retry: { initialInterval: '200ms', maximumInterval: '15s', backoffCoefficient: 2 },
});

/** Seals also become usable by time alone (a first day, a renewed quota), of which nobody tells. */
const SEAL_RECHECK_MS = 10 * 60_000;

/**
 * Conducts one issuance case, steps ① to ⑥; ⑦ is started by the outbox of ⑥. Everything is decided in the
 * register: each step answers where the case now stands, and a step that finds the case elsewhere only says so.
 * Started again from the row at any state it goes on from there (architecture, rule 6), as it does by itself when a long
 * wait for a seal has made its history long.
 * @param issuanceId the case; the workflow id is `issuance/<issuanceId>`.
 */
export async function issuance(issuanceId: string): Promise<void> {
  const nudge = new Nudge();
  let standing: Standing | null = await register.admit(issuanceId);
  while (standing !== null) {
    await goOnAfreshWhenLong();
    nudge.reset();
    standing = await nextStep(issuanceId, standing, nudge);
  }
}

/** One step of the line from the state the case is in; null when it is at its end. */
async function nextStep(issuanceId: string, standing: Standing, nudge: Nudge): Promise<Standing | null> {
  switch (standing.state) {
    case 'received': // ①
      return register.admit(issuanceId);
    case 'comparing': // ① with the agency's own record, then ②
      await agency.compare(issuanceId);
      return register.openReview(issuanceId);
    case 'underReview': // ② a decision that has taken effect, or the deadline, ends the wait
      return waitWhile('underReview', issuanceId, await register.settleReview(issuanceId), nudge);
    case 'sentBack':
      return waitWhile('sentBack', issuanceId, await register.whereItStands(issuanceId), nudge);
    case 'approved': // ③
      return office.prepare(issuanceId);
    case 'awaitingSeal': // ③ again as soon as a seal can be used
      return waitWhile('awaitingSeal', issuanceId, await office.prepare(issuanceId), nudge);
    case 'prepared': // ④ then ⑤; in a joint issue ⑤ leads back to ③ for the next seal
      return sealAndCorrespond(issuanceId, nudge);
    case 'sealed': // ⑥
      return register.issue(issuanceId);
    case 'issued':
    case 'refused':
    case 'withdrawn':
      return null;
  }
}

/**
 * A key that refused is left alone for a while: the seal itself is usable, so ③ would prepare and ④ ask again at once, and
 * every waiting case would do so as fast as it can. Messages count from before the key was asked.
 */
async function sealAndCorrespond(issuanceId: string, nudge: Nudge): Promise<Standing> {
  const standing = await office.seal(issuanceId);
  if (standing.state === 'prepared') return office.correspond(issuanceId);
  const { askKeyAgainInMs } = standing;
  if (askKeyAgainInMs === undefined) return standing;
  return waitWhile('awaitingSeal', issuanceId, standing, nudge, askKeyAgainInMs);
}

/**
 * The register was read after the nudge was reset, so no message can fall between the two. While the case stays
 * in a state of waiting: until a message, the decision's effect, or its deadline.
 */
async function waitWhile(
  state: 'underReview' | 'sentBack' | 'awaitingSeal',
  issuanceId: string,
  standing: Standing,
  nudge: Nudge,
  recheckInMs: number | null = state === 'awaitingSeal' ? SEAL_RECHECK_MS : null,
): Promise<Standing> {
  if (standing.state !== state) return standing;
  const { decisionTakesEffectInMs, dueInMs } = standing;
  if (await nudge.within(earliest(decisionTakesEffectInMs ?? dueInMs, recheckInMs))) return standing;
  return decisionTakesEffectInMs === null && dueInMs !== null
    ? register.confirmDeadline(issuanceId)
    : standing;
}

function earliest(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.min(left, right);
}
