import { openRegister, type Register } from '../adapters/postgres/register/register';
import { PostgresTaskDesk } from '../adapters/postgres/task/task-desk';
import type { PersonPrincipal } from '../domain/shared/principal';
import { withClient } from '../main/engines/database-roles';
import type { TaskView } from '../ports/task-desk';
import {
  addIssuance,
  addWorld,
  type CaseWorld,
  CIPHER,
  INTEGRITY,
  person,
  SYSTEM,
  TestClock,
} from '../test/support/register-rows';
import { type BenchDatabase, startBenchDatabase } from './bench-database';
import type { BenchLine } from './bench-line';
import { median, percentile, timeLine } from './bench-line';
import { benchBoard } from './deadline-board';

const MANY = 200_000;
const FEW = 2_000;
const PAGE = 50;
const ROUNDS = 5;
const PAGES_PER_ROUND = 60;
const GOAL_RATIO = 1.5;
const GOAL_P95_MS = 50;
const UNCLAIMED = { queue: 'unclaimed', kind: null, dueBefore: null, reference: null } as const;
const REVIEWER = '00000000-0000-7000-8000-000000000001';

interface Inbox {
  readonly world: CaseWorld;
  readonly reviewer: PersonPrincipal;
  readonly tasks: number;
  readonly timesMs: number[];
  readonly roundsMs: number[];
}

/**
 * The first page of an inbox with 200,000 open tasks against that of one with 2,000, and the board over 1,000,000
 * deadlines against that over 2,000, in one register.
 */
export async function run(): Promise<readonly BenchLine[]> {
  const database = await startBenchDatabase();
  const register = await openRegister(database.appUrl, { poolMax: 4 });
  try {
    const [few, many] = [await layInbox(register, FEW), await layInbox(register, MANY)];
    for (const inbox of [few, many]) await layTasks(database, inbox);
    await withClient(database.superuserUrl, (client) => client.query('vacuum analyze'));
    const desk = new PostgresTaskDesk({
      register,
      cipher: CIPHER,
      integrity: INTEGRITY,
      clock: new TestClock(),
      undoMs: 0,
      drawDraft: () => Promise.reject(new Error('nothing is drawn here')),
    });
    for (const inbox of [few, many]) await compareWithRecount(desk, database, inbox);
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (const inbox of [few, many]) {
        const timesMs = await timePages(desk, inbox);
        // The first round warms up plans and pages.
        if (round === 0) continue;
        inbox.timesMs.push(...timesMs);
        inbox.roundsMs.push(median(timesMs));
      }
    }
    const [p95, p95Few] = [percentile(many.timesMs, 0.95), percentile(few.timesMs, 0.95)];
    const ratio = timeLine({
      bench: 'tasks',
      metric: 'firstPageMs',
      ours: median(many.roundsMs),
      reference: median(few.roundsMs),
      goal: GOAL_RATIO,
      detail: { p95Ms: p95.toFixed(1), p95FewMs: p95Few.toFixed(1), goalP95Ms: GOAL_P95_MS },
    });
    const board = await benchBoard(register, database);
    return [{ ...ratio, met: ratio.met || p95 <= GOAL_P95_MS }, board];
  } finally {
    await register.destroy();
    await database.stop();
  }
}

/** Effect: an authority with one case, the pattern of all others. */
async function layInbox(register: Register, tasks: number): Promise<Inbox> {
  const world = await register.within(SYSTEM, async (transaction) => {
    const laid = await addWorld(transaction);
    await addIssuance(transaction, laid, { state: 'underReview' });
    return laid;
  });
  const scope = { authorityIds: [world.authorityId] };
  const reviewer = person({ personId: REVIEWER, authorityId: world.authorityId, roles: ['reviewer'], scope });
  return { world, reviewer, tasks, timesMs: [], roundsMs: [] };
}

/** Effect: so many cases under review, each with its open task; one in ten has no due date, some are due at one instant. */
async function layTasks(database: BenchDatabase, { world, tasks }: Inbox): Promise<void> {
  await withClient(database.superuserUrl, async (client) => {
    await client.query(
      `INSERT INTO issuance (state, origin, authority_id, trade, catalog_entry_id, catalog_entry_version_id, operator_id,
         business_number, decided_at, request_cipher, uniqueness_digest, received_at, updated_at)
       SELECT state, origin, authority_id, trade, catalog_entry_id, catalog_entry_version_id, operator_id,
         'T-' || n, decided_at, request_cipher, decode(md5(n::text), 'hex'), received_at, updated_at
       FROM issuance, generate_series(2, $2) AS n WHERE authority_id = $1`,
      [world.authorityId, tasks],
    );
    await client.query(
      `INSERT INTO task (kind, case_kind, case_id, round, subject, reference, authority_id, trade, queue_role, excluded_person_id, state, due_at, opened_at)
       SELECT 'issuanceReview', 'issuance', id, 1, '道路运输证', business_number, authority_id, trade, 'reviewer', operator_id, 'open',
         CASE WHEN n % 10 = 0 THEN NULL ELSE received_at + (n * 7919 % 100000) * interval '1 minute' END, received_at
       FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM issuance WHERE authority_id = $1) AS cases`,
      [world.authorityId],
    );
  });
}

/** Throws unless all pages together hold each open task of the inbox once, in order, as a count without any index finds them. */
async function compareWithRecount(
  desk: PostgresTaskDesk,
  database: BenchDatabase,
  { world, reviewer, tasks }: Inbox,
): Promise<void> {
  const seen: TaskView[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<PostgresTaskDesk['list']>> = await desk.list(reviewer, UNCLAIMED, {
      cursor,
      limit: 5_000,
    });
    seen.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  const counted = await withClient(database.superuserUrl, async (client) => {
    await client.query(
      'set enable_indexscan = off; set enable_indexonlyscan = off; set enable_bitmapscan = off',
    );
    const { rows } = await client.query<{ count: string }>(
      `SELECT count(*) FROM task WHERE state = 'open' AND authority_id = $1`,
      [world.authorityId],
    );
    return Number(rows[0]?.count);
  });
  const due = seen.map(({ dueAt }) => (dueAt === null ? Number.POSITIVE_INFINITY : Date.parse(dueAt)));
  const isOrdered = due.every((instant, index) => index === 0 || (due[index - 1] ?? instant) <= instant);
  const distinct = new Set(seen.map(({ id }) => id)).size;
  if (counted !== tasks || distinct !== tasks || seen.length !== tasks || !isOrdered) {
    throw new Error(`${counted} tasks counted, ${seen.length} listed, ${distinct} of them distinct`);
  }
}

async function timePages(desk: PostgresTaskDesk, { reviewer }: Inbox): Promise<readonly number[]> {
  const timesMs: number[] = [];
  for (let page = 0; page < PAGES_PER_ROUND; page += 1) {
    const startedAtMs = performance.now();
    const { items } = await desk.list(reviewer, UNCLAIMED, { cursor: null, limit: PAGE });
    timesMs.push(performance.now() - startedAtMs);
    if (items.length !== PAGE) throw new Error(`a page of ${items.length}`);
  }
  return timesMs;
}
