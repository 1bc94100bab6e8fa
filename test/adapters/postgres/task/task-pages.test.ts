import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import { PostgresTaskDesk } from '../../../../adapters/postgres/task/task-desk';
import { pageStatement } from '../../../../adapters/postgres/task/task-view';
import type { PersonPrincipal, Scope } from '../../../../domain/shared/principal';
import type { TaskQueue } from '../../../../ports/task-desk';
import {
  addIssuance,
  addPerson,
  addWorld,
  type CaseWorld,
  CIPHER,
  INTEGRITY,
  NOON,
  person,
  SYSTEM,
  TestClock,
} from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

jest.setTimeout(60_000);

const EVERY_TASK = { kind: null, dueBefore: null, reference: null } as const;
const HOUR_MS = 3_600_000;

let database: TestDatabase;
let register: Register;
let desk: PostgresTaskDesk;
let worlds: readonly [CaseWorld, CaseWorld];
let reviewerId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  register = await openRegister(database.appUrl, { poolMax: 4 });
  desk = new PostgresTaskDesk({
    register,
    cipher: CIPHER,
    integrity: INTEGRITY,
    clock: new TestClock(),
    undoMs: 0,
    drawDraft: () => Promise.reject(new Error('nothing is drawn here')),
  });
  await register.within(SYSTEM, async (transaction) => {
    worlds = [await addWorld(transaction), await addWorld(transaction)];
    reviewerId = await addPerson(transaction);
    // Two of each world are due at one instant, the last two at none.
    for (const dueInHours of [3, 1, 2, 2, null, null]) {
      for (const world of worlds) await addTask(transaction, world, { dueInHours });
    }
    await addTask(transaction, worlds[0], { dueInHours: 1, queueRole: 'auditor' });
    await addTask(transaction, worlds[0], { dueInHours: 1, excluded: reviewerId });
    for (const hours of [1, 2, 2, 3]) {
      await addTask(transaction, worlds[0], { dueInHours: hours, claimedBy: reviewerId });
      await addTask(transaction, worlds[0], {
        dueInHours: null,
        decidedBy: reviewerId,
        decidedHoursAgo: hours,
      });
    }
  });
});

afterAll(async () => {
  await register.destroy();
  await database.drop();
});

interface TaskWish {
  readonly dueInHours: number | null;
  readonly queueRole?: string;
  readonly excluded?: string;
  readonly claimedBy?: string;
  readonly decidedBy?: string;
  readonly decidedHoursAgo?: number;
}

async function addTask(transaction: Knex.Transaction, world: CaseWorld, wish: TaskWish): Promise<void> {
  const caseId = await addIssuance(transaction, world, {
    state: 'underReview',
    uniqueness_digest: randomBytes(32),
  });
  const hoursFromNoon = (hours: number): Date => new Date(NOON.getTime() + hours * HOUR_MS);
  const decidedAt = hoursFromNoon(-(wish.decidedHoursAgo ?? 0));
  await transaction('task').insert({
    kind: 'issuanceReview',
    case_kind: 'issuance',
    case_id: caseId,
    round: 1,
    subject: '道路运输证',
    reference: 'T-1',
    authority_id: world.authorityId,
    trade: world.trade,
    queue_role: wish.queueRole ?? 'reviewer',
    excluded_person_id: wish.excluded ?? null,
    state: wish.decidedBy ? 'decided' : wish.claimedBy ? 'claimed' : 'open',
    due_at: wish.dueInHours === null ? null : hoursFromNoon(wish.dueInHours),
    opened_at: NOON,
    ...(wish.claimedBy ? { claimed_by: wish.claimedBy, claimed_at: NOON } : {}),
    ...(wish.decidedBy
      ? { decision: 'approve', decided_by: wish.decidedBy, decided_at: decidedAt, takes_effect_at: decidedAt }
      : {}),
  });
}

const reviewer = (scope: Partial<Scope>): PersonPrincipal =>
  person({ personId: reviewerId, roles: ['reviewer', 'operator'], scope });

/** All pages of a queue, three tasks at a time. */
async function walk(principal: PersonPrincipal, queue: TaskQueue) {
  const seen: { readonly id: string; readonly authorityId: string; readonly at: string | null }[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<PostgresTaskDesk['list']>> = await desk.list(
      principal,
      { queue, ...EVERY_TASK },
      {
        cursor,
        limit: 3,
      },
    );
    seen.push(
      ...page.items.map(({ id, authorityId, dueAt, decidedAt }) => ({
        id,
        authorityId,
        at: queue === 'done' ? decidedAt : dueAt,
      })),
    );
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
  return seen;
}

const hoursOf = (seen: Awaited<ReturnType<typeof walk>>): (number | null)[] =>
  seen.map(({ at }) => (at === null ? null : (Date.parse(at) - NOON.getTime()) / HOUR_MS));

describe('the pages of an inbox', () => {
  it('hold each task of the pool once, least time left first, those without a due date last', async () => {
    const seen = await walk(reviewer({ authorityIds: [worlds[0].authorityId] }), 'unclaimed');
    expect(hoursOf(seen)).toEqual([1, 2, 2, 3, null, null]);
    expect(new Set(seen.map(({ authorityId }) => authorityId))).toEqual(new Set([worlds[0].authorityId]));
  });

  it.each([
    ['two authorities', () => ({ authorityIds: worlds.map(({ authorityId }) => authorityId) })],
    ['a trade', () => ({ trades: [worlds[0].trade] })],
    ['everything', () => ({ everything: true })],
    ['a trade of each authority', () => ({ pairs: worlds.map((w) => `${w.authorityId}:${w.trade}`) })],
  ])('merge the pools of several authorities under a scope of %s', async (_, scope) => {
    expect(hoursOf(await walk(reviewer(scope()), 'unclaimed'))).toEqual([
      1,
      1,
      2,
      2,
      2,
      2,
      3,
      3,
      null,
      null,
      null,
      null,
    ]);
  });

  it.each([
    ['nothing', () => ({})],
    ['another trade', () => ({ trades: ['fishery'] })],
    ['another trade of the authority', () => ({ pairs: [`${worlds[0].authorityId}:fishery`] })],
  ])('show no task of the pool under a scope of %s', async (_, scope) => {
    expect(await walk(reviewer(scope()), 'unclaimed')).toEqual([]);
  });

  it('list what the person holds by due date and what the person decided by the newest first', async () => {
    const principal = reviewer({ authorityIds: [worlds[0].authorityId] });
    expect(hoursOf(await walk(principal, 'mine'))).toEqual([1, 2, 2, 3]);
    expect(hoursOf(await walk(principal, 'done'))).toEqual([-1, -2, -2, -3]);
  });

  it.each([
    ['unclaimed', 'task_unclaimed_index'],
    ['mine', 'task_mine_index'],
    ['done', 'task_done_index'],
  ] as const)('of %s are read from %s without sorting the table', async (queue, index) => {
    const principal = reviewer({ authorityIds: [worlds[0].authorityId] });
    const lines = await register.within(principal, async (transaction) => {
      await transaction.raw('SET LOCAL enable_seqscan = off');
      await transaction.raw('SET LOCAL enable_bitmapscan = off');
      await transaction.raw('SET LOCAL enable_sort = off');
      const { rows } = await transaction.raw<{ rows: { 'QUERY PLAN': string }[] }>(
        `EXPLAIN ${pageStatement({ queue, ...EVERY_TASK }, true)}`,
        {
          person: reviewerId,
          roles: ['reviewer'],
          everywhere: false,
          authorities: [worlds[0].authorityId],
          afterAt: NOON,
          afterId: reviewerId,
          limit: 51,
        },
      );
      return rows.map((row) => row['QUERY PLAN']);
    });
    const at = lines.findIndex((line) => line.includes(`using ${index} on task`));
    expect(lines[at + 1]).toMatch(/Index Cond: .*ROW\(.*\) [<>] ROW/);
    // Only the few offers of authorities and roles are sorted, never what an index scan has to pass over.
    expect(lines.filter((line) => line.includes('Sort  ')).length).toBe(queue === 'unclaimed' ? 1 : 0);
  });
});
