import { setTimeout as sleep } from 'node:timers/promises';
import { AgencyClient, issuanceBody } from './agency-client';
import { type FaultRun, type FaultTest, faultResult } from './fault-result';
import { type FaultStack, startFaultStack } from './fault-stack';
import { portalProblems } from './issue-under-fire';
import { type Lived, Lives } from './lives';
import { type Peer, type PeerFault, tellPeer } from './peers';
import { RegisterProbe, until } from './register-probe';
import { runChecker } from './run-checker';

const BACK_MS = 60_000;
const GIVE_UP_MS = 300_000;
const CASES = 8;
/** Long enough for every retry to have grown to its longest pause. */
const OUTAGE_MS = 90_000;
const OUTAGE_QUICK_MS = 20_000;
const PEERS: readonly Peer[] = ['agency', 'portal', 'up-report'];
const MODES: readonly PeerFault[] = ['down', 'hang', 'error500', 'cutHalfWay', 'garbage'];

/** The agency's records, the portal and the upper platform refuse, hang, answer 500, break off or answer nonsense. */
export const peersDown: FaultTest = async (run) => {
  const stack = await startFaultStack({ interrupted: run.interrupted });
  const probe = new RegisterProbe(stack);
  try {
    const outages = [];
    for (const [index, mode] of MODES.entries()) outages.push(await outage(run, stack, probe, mode, index));
    const verdict = await runChecker(stack, { drained: true });
    return faultResult({
      fault: 'peers-down',
      invariants: verdict.invariants,
      hits: Object.fromEntries(outages.map(({ mode, waiting }) => [mode, waiting])),
      figures: {
        ...Object.fromEntries(outages.map(({ mode, backS }) => [`${mode}BackS`, backS])),
        lives: outages.map(({ lived }) => Object.values(lived.ended).length).join(' '),
      },
      failures: [
        ...outages.flatMap(({ problems }) => problems),
        ...(await portalProblems(stack, probe)),
        ...verdict.findings,
      ],
    });
  } finally {
    await probe.close();
    await stack.stop();
  }
};

/** All peers fail in one way while cases come in: half of them before the agency's comparison, half already beyond it. */
async function outage(
  { quick, interrupted, tell }: FaultRun,
  stack: FaultStack,
  probe: RegisterProbe,
  mode: PeerFault,
  index: number,
): Promise<{
  readonly mode: string;
  readonly lived: Lived;
  readonly waiting: number;
  readonly backS: number;
  readonly problems: readonly string[];
}> {
  const client = new AgencyClient(stack);
  const bodies = Array.from({ length: CASES }, (_, place) => issuanceBody(1 + index * CASES + place));
  await Promise.all(bodies.map((body) => client.layDown(body)));
  await tellPeer(stack, 'portal', mode);
  await tellPeer(stack, 'up-report', mode);
  // Every other lifecycle goes through the outage, too, and ends after it.
  const living = new Lives(stack, probe, index + 1).lead(1);
  const early = await Promise.all(bodies.slice(0, CASES / 2).map((body) => client.submit(body)));
  await until(async () => (await probe.issued(early)) === early.length, OUTAGE_QUICK_MS, interrupted);
  await tellPeer(stack, 'agency', mode);
  const late = await Promise.all(bodies.slice(CASES / 2).map((body) => client.submit(body)));
  await sleep(quick ? OUTAGE_QUICK_MS : OUTAGE_MS, undefined, { signal: interrupted });
  const waiting = await probe.unfinished([...early, ...late]);
  await Promise.all(PEERS.map((peer) => tellPeer(stack, peer, 'none')));
  const backMs = await until(
    async () => (await probe.unfinished([...early, ...late])) === 0,
    GIVE_UP_MS,
    interrupted,
  );
  const backS = Math.round((backMs ?? GIVE_UP_MS) / 100) / 10;
  tell(`peers-down: ${mode}: ${waiting} waited, all done ${backS} s after the peers were well`);
  const lived = await living;
  return {
    mode,
    lived,
    waiting,
    backS,
    problems: [
      ...(waiting === 0 ? [`${mode}: nothing waited, so nothing was tested`] : []),
      ...(backMs === null ? [`${mode}: work was lost`] : []),
      ...lived.problems.map((problem) => `${mode}: ${problem}`),
      ...(backMs !== null && backMs > BACK_MS ? [`${mode}: it took ${backS} s, more than 60`] : []),
    ],
  };
}
