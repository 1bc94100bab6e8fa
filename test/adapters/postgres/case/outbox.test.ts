import { enqueue, PostgresOutbox } from '../../../../adapters/postgres/case/outbox';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import { NOON, nextNumber, SYSTEM, TestClock } from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

const LEASE_MS = 30_000;

describe('the outbox', () => {
  let database: TestDatabase;
  let register: Register;
  let clock: TestClock;
  let outbox: PostgresOutbox;
  const put = async (availableAt: Date = NOON, dedupeKey = `key/${nextNumber()}`): Promise<boolean> =>
    register.within(SYSTEM, (trx) =>
      enqueue(trx, {
        dedupeKey,
        topic: 'startWorkflow',
        payload: { kind: 'issuance', id: dedupeKey },
        availableAt,
      }),
    );
  const drain = async (): Promise<void> => {
    const items = await outbox.lease(1000, LEASE_MS);
    await outbox.done(items.map(({ id }) => id));
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 8 });
  });
  beforeEach(async () => {
    clock = new TestClock();
    outbox = new PostgresOutbox({ register, clock });
    clock.advance(24 * 3_600_000);
    await drain();
    clock = new TestClock();
    outbox = new PostgresOutbox({ register, clock });
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  it('is idempotent: a second row of the same key is not written', async () => {
    const key = `same/${nextNumber()}`;
    expect(await put(NOON, key)).toBe(true);
    expect(await put(NOON, key)).toBe(false);
    expect(await outbox.lease(10, LEASE_MS)).toHaveLength(1);
  });

  it('loses its item with the transaction that wanted it', async () => {
    await register
      .within(SYSTEM, async (trx) => {
        await enqueue(trx, { dedupeKey: 'lost', topic: 'mail', payload: {}, availableAt: NOON });
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    expect(await outbox.lease(10, LEASE_MS)).toEqual([]);
  });

  it('leases each item to one of many relays', async () => {
    for (let item = 0; item < 60; item += 1) await put();
    const leases = await Promise.all(Array.from({ length: 12 }, () => outbox.lease(10, LEASE_MS)));
    const ids = leases.flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const rest = await outbox.lease(100, LEASE_MS);
    expect(ids.length + rest.length).toBe(60);
  });

  it('leases an item again when its lease has run out, and counts the attempts', async () => {
    await put();
    expect((await outbox.lease(10, LEASE_MS)).map(({ attempts }) => attempts)).toEqual([1]);
    clock.advance(LEASE_MS - 1);
    expect(await outbox.lease(10, LEASE_MS)).toEqual([]);
    clock.advance(1);
    const [again] = await outbox.lease(10, LEASE_MS);
    expect(again?.attempts).toBe(2);
    await outbox.done([again?.id ?? '']);
    clock.advance(LEASE_MS * 10);
    expect(await outbox.lease(10, LEASE_MS)).toEqual([]);
  });

  it('hands out the oldest first and nothing before its time', async () => {
    const late = new Date(NOON.getTime() + 10_000);
    await put(late, 'late');
    await put(NOON, 'now');
    await put(new Date(NOON.getTime() - 1000), 'early');
    const due = await outbox.lease(10, LEASE_MS);
    expect(due.map(({ payload }) => payload['id'])).toEqual(['early', 'now']);
    clock.advance(10_000);
    expect((await outbox.lease(10, LEASE_MS)).map(({ payload }) => payload['id'])).toEqual(['late']);
  });

  it('keeps the reason of a failure and waits until the retry is due', async () => {
    await put();
    const [item] = await outbox.lease(1, LEASE_MS);
    await outbox.failed(item?.id ?? '', '门户无应答', new Date(NOON.getTime() + 5000));
    expect(await outbox.lease(1, LEASE_MS)).toEqual([]);
    clock.advance(5000);
    expect(await outbox.lease(1, LEASE_MS)).toHaveLength(1);
    const row = await register.within(SYSTEM, async (trx) => trx('outbox').where({ id: item?.id }).first());
    expect(row.last_error).toBe('门户无应答');
  });

  it('tells the age of the oldest item that is due', async () => {
    expect(await outbox.oldestAgeSeconds()).toBe(0);
    await put();
    clock.advance(42_000);
    expect(await outbox.oldestAgeSeconds()).toBe(42);
    await drain();
    expect(await outbox.oldestAgeSeconds()).toBe(0);
  });
});
