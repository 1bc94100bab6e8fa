import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AgencyClient, issuanceBody } from './agency-client';
import type { Step } from './fail-plan';
import { type FaultRun, type FaultTest, faultResult } from './fault-result';
import { CHECKOUT, type FaultStack, startFaultStack } from './fault-stack';
import { portalProblems } from './issue-under-fire';
import { tellPeer } from './peers';
import { itemsOf, PersonClient } from './person-client';
import { mustCome, RegisterProbe } from './register-probe';
import { runChecker } from './run-checker';
import { StandingLives } from './standing-lives';

const WAIT_MS = 180_000;
/** As `npm run resume` says how many it started of each kind; asked of the register before Temporal is deleted. */
const EVERY_OPEN_CASE = `SELECT format('签发 %s 件，送达 %s 件，异常核查 %s 件，证照变动 %s 件，不可抗力 %s 件',
  (SELECT count(*) FROM issuance WHERE closed_at IS NULL),
  (SELECT count(*) FROM delivery WHERE state NOT IN ('delivered', 'pickedUp', 'exempted')),
  (SELECT count(*) FROM anomaly_case WHERE closed_at IS NULL),
  (SELECT count(*) FROM certificate_change WHERE closed_at IS NULL),
  (SELECT count(*) FROM force_majeure_event WHERE closed_at IS NULL)) AS said`;
/** Every state in which a case can stand when Temporal's data are lost; `delivering` is an issued one at the portal's door. */
const STANDING = {
  delivering: 'issued',
  sealed: 'sealed',
  prepared: 'prepared',
  awaitingSeal: 'awaitingSeal',
  approved: 'approved',
  sentBack: 'sentBack',
  underReview: 'underReview',
  comparing: 'comparing',
  received: 'received',
} as const;
type Standing = keyof typeof STANDING;
/** 不动产权证书 in every fourth, so those who wait for one seal do not all need the other. */
const SERIALS: Readonly<Record<Standing, number>> = {
  delivering: 1,
  sealed: 2,
  prepared: 3,
  awaitingSeal: 5,
  approved: 6,
  sentBack: 7,
  underReview: 9,
  comparing: 10,
  received: 11,
};

interface DeadlineRow {
  readonly case_id: string;
  readonly key: string;
  readonly round: number;
  readonly start_at: Date;
  readonly due_at: Date | null;
}

/** Temporal's database is deleted while a case stands in every state; `npm run resume` must bring each to the same end. */
export const deleteTemporal: FaultTest = async (run) => {
  const stack = await startFaultStack({ interrupted: run.interrupted });
  const probe = new RegisterProbe(stack);
  try {
    return await loseTemporal(run, stack, probe);
  } finally {
    await probe.close();
    await stack.stop();
  }
};

async function loseTemporal({ interrupted, tell }: FaultRun, stack: FaultStack, probe: RegisterProbe) {
  const lives = new StandingLives(stack, probe);
  const standing = await lives.set();
  const scene = new Scene(stack, probe, interrupted);
  const cases = await scene.set();
  const { head } = await runChecker(stack, { drained: false });
  const ids = [...Object.values(cases), ...Object.values(standing)];
  const before = await deadlinesOf(probe, ids);
  const [expected] = await probe.rows<{ said: string }>(EVERY_OPEN_CASE);
  tell(`kill-temporal: ${ids.length} cases stand in every state; its database goes`);
  await deleteDatabase(stack);
  const resumed = await resume(stack);
  await scene.mend();
  await scene.decide(cases);
  await mustCome(
    'the end of every case',
    async () => (await probe.unfinished(Object.values(cases))) === 0,
    WAIT_MS,
    interrupted,
  );
  // Before people act on the others: what they do may move a deadline, what Temporal forgot may not.
  const after = await deadlinesOf(probe, ids);
  await lives.finish();
  const verdict = await runChecker(stack, { drained: true, seenHead: head });
  return faultResult({
    fault: 'kill-temporal/deleted',
    invariants: verdict.invariants,
    hits: Object.fromEntries(Object.keys({ ...cases, ...standing }).map((name) => [name, 1])),
    figures: { resumed: resumed.trim(), deadlinesCompared: before.length },
    failures: [
      ...(resumed.includes(expected?.said ?? 'nothing')
        ? []
        : [`npm run resume said: ${resumed.trim()}, not ${expected?.said}`]),
      ...movedDeadlines(before, after),
      ...(await portalProblems(stack, probe)),
      ...verdict.findings,
    ],
  });
}

/** Puts one case into each state, the last step first, because what is held for one is held for all that follow. */
class Scene {
  readonly #stack: FaultStack;
  readonly #probe: RegisterProbe;
  readonly #interrupted: AbortSignal;
  readonly #client: AgencyClient;
  readonly #held: Step[] = [];
  #stoppedSeals: readonly string[] = [];

  constructor(stack: FaultStack, probe: RegisterProbe, interrupted: AbortSignal) {
    this.#stack = stack;
    this.#probe = probe;
    this.#interrupted = interrupted;
    this.#client = new AgencyClient(stack);
  }

  async set(): Promise<Readonly<Record<Standing, string>>> {
    await this.#layRecordsDown();
    await tellPeer(this.#stack, 'portal', 'down');
    const delivering = await this.#place('delivering');
    this.#hold('issue');
    const sealed = await this.#place('sealed');
    this.#hold('seal');
    const prepared = await this.#place('prepared');
    await this.#stopSeals();
    const awaitingSeal = await this.#place('awaitingSeal');
    this.#hold('prepare');
    const approved = await this.#place('approved');
    const sentBack = await this.#place('sentBack');
    const underReview = await this.#place('underReview');
    await tellPeer(this.#stack, 'agency', 'down');
    const comparing = await this.#place('comparing');
    this.#hold('admit');
    const received = await this.#place('received');
    return {
      delivering,
      sealed,
      prepared,
      awaitingSeal,
      approved,
      sentBack,
      underReview,
      comparing,
      received,
    };
  }

  /** Everything works again but what Temporal knew. */
  async mend(): Promise<void> {
    await tellPeer(this.#stack, 'portal', 'none');
    await tellPeer(this.#stack, 'agency', 'none');
    for (const step of this.#held) this.#stack.plan.release(step);
    const keeper = await PersonClient.signIn(this.#stack.baseUrl('api'), 'sealkeeper1');
    for (const id of this.#stoppedSeals) await keeper.must('POST', `/api/v1/seals/${id}/resume`);
  }

  /** What people do afterwards: the one under review is approved, the one sent back is sent again, then approved. */
  async decide(cases: Readonly<Record<Standing, string>>): Promise<void> {
    await this.#review(cases.underReview, 'approve');
    const body = issuanceBody(SERIALS.sentBack);
    await this.#client.layDown(body);
    await this.#client.insist('POST', `/api/v1/issuances/${cases.sentBack}/resubmit`, body);
  }

  #hold(step: Step): void {
    this.#held.push(step);
    this.#stack.plan.hold(step);
  }

  /** Without a record of the agency's own a case goes to a reviewer. */
  async #layRecordsDown(): Promise<void> {
    for (const [standing, serial] of Object.entries(SERIALS)) {
      if (standing !== 'sentBack' && standing !== 'underReview')
        await this.#client.layDown(issuanceBody(serial));
    }
  }

  async #place(standing: Standing): Promise<string> {
    const id = await this.#client.submit(issuanceBody(SERIALS[standing]));
    if (standing === 'sentBack') {
      await this.#becomes(id, 'underReview');
      await this.#review(id, 'sendBack');
    }
    await this.#becomes(id, STANDING[standing]);
    return id;
  }

  async #becomes(id: string, state: string): Promise<void> {
    const isThere = async (): Promise<boolean> => (await this.#probe.state(id)) === state;
    await mustCome(`a case that is ${state}`, isThere, WAIT_MS, this.#interrupted);
  }

  async #review(issuanceId: string, decision: 'approve' | 'sendBack'): Promise<void> {
    const reviewer = await PersonClient.signIn(this.#stack.baseUrl('api'), 'reviewer1');
    const [task] = await this.#probe.rows<{ id: string }>(
      `SELECT id FROM task WHERE case_id = $1 AND state = 'open'`,
      [issuanceId],
    );
    if (task === undefined) throw new Error(`no task for ${issuanceId}`);
    await reviewer.must('POST', `/api/v1/tasks/${task.id}/claim`);
    const reason = decision === 'approve' ? null : '请补充业务系统台账';
    await reviewer.must('POST', `/api/v1/tasks/${task.id}/decide`, { decision, reason });
  }

  async #stopSeals(): Promise<void> {
    const keeper = await PersonClient.signIn(this.#stack.baseUrl('api'), 'sealkeeper1');
    const seals = itemsOf(await keeper.ask('GET', '/api/v1/seals'));
    this.#stoppedSeals = seals.filter(({ kind }) => kind === 'approval').map(({ id }) => String(id));
    if (this.#stoppedSeals.length === 0) throw new Error('there is no seal to stop');
    for (const id of this.#stoppedSeals) {
      await keeper.must('POST', `/api/v1/seals/${id}/stop`, { reason: '故障测试' });
    }
  }
}

/** The files must not come back with the server: it is killed first, and the supervisor starts it on nothing. */
async function deleteDatabase(stack: FaultStack): Promise<void> {
  const pid = stack.pidOf('temporal');
  if (pid === null || !stack.kill('temporal')) throw new Error('Temporal does not run');
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    rmSync(join(stack.dataDir, 'temporal', `temporal.db${suffix}`), { force: true });
  }
  if (!(await stack.isBack('temporal', pid))) throw new Error('Temporal did not come back');
}

/** `npm run resume`, as its user runs it. */
async function resume(stack: FaultStack): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'main/resume.ts'], {
        cwd: CHECKOUT,
        env: { ...process.env, DATA_DIR: stack.dataDir },
      });
      return stdout;
    } catch (fault) {
      // The new server answers its health check before it takes workflows.
      if (attempt === 5) throw fault;
    }
  }
}

function deadlinesOf(probe: RegisterProbe, ids: readonly string[]): Promise<readonly DeadlineRow[]> {
  return probe.rows<DeadlineRow>(
    `SELECT case_id, key, round, start_at, due_at FROM deadline WHERE case_id = ANY ($1::uuid[]) ORDER BY case_id, key, round`,
    [ids],
  );
}

/** A deadline that was running may end meanwhile, but its start and its date are what they were. */
function movedDeadlines(before: readonly DeadlineRow[], after: readonly DeadlineRow[]): readonly string[] {
  if (before.length === 0) return ['no case had a deadline, so none was compared'];
  return before.flatMap((was) => {
    const is = after.find(
      ({ case_id, key, round }) => case_id === was.case_id && key === was.key && round === was.round,
    );
    const isSame =
      is?.start_at.getTime() === was.start_at.getTime() && is.due_at?.getTime() === was.due_at?.getTime();
    return isSame ? [] : [`the deadline ${was.key} of ${was.case_id} moved`];
  });
}
