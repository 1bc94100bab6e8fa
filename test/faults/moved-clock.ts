import { AgencyClient, issuanceBody, sample } from './agency-client';
import { type FaultTest, faultResult } from './fault-result';
import { type FaultStack, startFaultStack } from './fault-stack';
import { Lives } from './lives';
import { PersonClient } from './person-client';
import { mustCome, RegisterProbe } from './register-probe';
import { runChecker } from './run-checker';

const MOVED_TO = '2027-03-01';
const WAIT_MS = 180_000;
/** So many of each story. */
const LIVES = 1;
const SAMPLES = ['道路运输证', '不动产权证书', '建筑工程施工许可证'] as const;

/** The review begins on Monday 2027-03-01, of which the first day is not counted; Tuesday ends at 24:00. */
const DUE_ONCE_PUBLISHED = '2027-03-02T16:00:00.000Z';

/** 2027 as this test assumes it; nobody has announced it. */
const ASSUMED_YEAR = {
  notice: '测试通知',
  days: Array.from({ length: 13 }, (_, index) => ({
    date: `2027-02-${String(index + 1).padStart(2, '0')}`,
    kind: 'dayOff',
    name: '测试假期',
  })),
};

interface DeadlineRow {
  readonly key: string;
  readonly state: string;
  readonly due_at: Date | null;
  readonly explanation: unknown;
}

/**
 * The whole product with its date at 2027-03-01, for which no working calendar was published yet: it issues the samples,
 * and a review's deadline waits for the calendar and says why. The city is warned; once the year is published, late, the
 * deadline is computed from its original start and nobody is warned any more.
 */
export const movedClock: FaultTest = async ({ interrupted }) => {
  const stack = await startFaultStack({ interrupted, environment: { CLOCK_START: MOVED_TO } });
  const probe = new RegisterProbe(stack);
  try {
    const startedAt = stack.config.clock.startedAt ?? new Date();
    const now = (): Date =>
      new Date(Date.parse(`${MOVED_TO}T00:00:00+08:00`) + Date.now() - startedAt.getTime());
    const client = new AgencyClient(stack, undefined, () => Math.floor(now().getTime() / 1000));
    const ids = await Promise.all(SAMPLES.map((name) => client.issue(sample(name))));
    // No record was laid down for this one, so it goes to a reviewer (art. 8).
    const reviewed = await client.submit(issuanceBody(1));
    await mustCome(
      'the samples',
      async () => (await probe.unfinished(ids)) === 0 && (await probe.state(reviewed)) === 'underReview',
      WAIT_MS,
      interrupted,
    );
    const deadlines = await probe.rows<DeadlineRow>(
      'SELECT key, state, due_at, explanation FROM deadline WHERE case_id = $1',
      [reviewed],
    );
    const years = await probe.rows<{ year: number }>(
      'SELECT DISTINCT extract(year FROM issued_at)::int AS year FROM certificate_version WHERE issued_at IS NOT NULL',
    );
    // Every other lifecycle goes on as well, its deadlines waiting for the calendar.
    const lived = await new Lives(stack, probe, 1, now).lead(LIVES);
    const waiting = await probe.rows<{ kind: string; count: string }>(
      `SELECT case_kind AS kind, count(*) FROM deadline WHERE due_at IS NULL GROUP BY case_kind ORDER BY 1`,
    );
    const late = await publishLate(stack, probe, reviewed, interrupted);
    const verdict = await runChecker(stack, { drained: false, at: now() });
    return faultResult({
      fault: 'clock',
      invariants: verdict.invariants,
      hits: {
        awaitingCalendar: deadlines.filter(({ state }) => state === 'awaitingCalendar').length,
        publishedLate: late.computed,
      },
      figures: {
        issued: ids.length,
        years: years.map(({ year }) => year).join(' '),
        lives: Object.values(lived.ended).length,
        waitedForCalendar: waiting.map(({ kind, count }) => `${kind}:${count}`).join(' '),
      },
      failures: [...lived.problems, ...deadlineProblems(deadlines), ...late.problems, ...verdict.findings],
    });
  } finally {
    await probe.close();
    await stack.stop();
  }
};

/** The city loads the year. Out: how many deadlines were computed, and what is wrong with them or the warning. */
async function publishLate(
  stack: FaultStack,
  probe: RegisterProbe,
  reviewed: string,
  interrupted: AbortSignal,
): Promise<{ readonly computed: number; readonly problems: readonly string[] }> {
  const unread = (): Promise<number> =>
    probe.number(
      "SELECT count(*) FROM notice WHERE natural_key LIKE 'workCalendar/2027/missing/%' AND read_at IS NULL",
    );
  await mustCome('the warning', async () => (await unread()) > 0, WAIT_MS, interrupted);
  const city = await PersonClient.signIn(stack.baseUrl('api'), 'city');
  await city.must('PUT', '/api/v1/work-calendar/2027', ASSUMED_YEAR);
  const rows = await probe.rows<DeadlineRow & { original_due_at: Date | null }>(
    `SELECT key, state, due_at, original_due_at, explanation FROM deadline WHERE case_id = $1 AND key = 'ISSUANCE_REVIEW'`,
    [reviewed],
  );
  const [review] = rows;
  const isComputed = review?.state === 'running' && review.due_at?.toISOString() === DUE_ONCE_PUBLISHED;
  return {
    computed: isComputed ? 1 : 0,
    problems: [
      ...(isComputed ? [] : [`published late, the review is ${review?.state} until ${review?.due_at}`]),
      ...((await unread()) === 0 ? [] : ['the city is still warned that the year is missing']),
    ],
  };
}

function deadlineProblems(deadlines: readonly DeadlineRow[]): readonly string[] {
  const review = deadlines.find(({ key }) => key === 'ISSUANCE_REVIEW');
  if (review === undefined) return ['the review has no deadline'];
  const isExplained = Array.isArray(review.explanation) && review.explanation.length > 0;
  return [
    ...(review.state === 'awaitingCalendar' ? [] : [`the deadline of the review is ${review.state}`]),
    ...(review.due_at === null ? [] : ['it has a due date, although no calendar tells one']),
    ...(isExplained ? [] : ['it does not say why']),
  ];
}
