import { enqueue, PostgresOutbox } from '../../../../adapters/postgres/case/outbox';
import { PromptStarts, startKey } from '../../../../adapters/postgres/case/prompt-starts';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import { NOON, SYSTEM, TestClock } from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

describe('the prompt start of workflows', () => {
  let database: TestDatabase;
  let register: Register;
  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 2 });
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  /** Two cases are committed; the conductor can be reached for the first only. */
  it('leaves to the relay exactly those that it could not start', async () => {
    const clock = new TestClock();
    await register.within(SYSTEM, async (trx) => {
      for (const id of ['reached', 'unreached']) {
        await enqueue(trx, {
          dedupeKey: startKey('issuance', id),
          topic: 'startWorkflow',
          payload: { kind: 'issuance', id },
          availableAt: NOON,
        });
      }
    });
    const faults: unknown[] = [];
    const starts = new PromptStarts({
      register,
      clock,
      conductor: {
        start: (_, id) => (id === 'reached' ? Promise.resolve() : Promise.reject(new Error('down'))),
        startAgain: () => Promise.reject(new Error('not asked for')),
        tell: () => Promise.reject(new Error('not asked for')),
      },
      reportFault: (fault) => faults.push(fault),
    });
    starts.start('issuance', 'reached');
    starts.start('issuance', 'unreached');
    await new Promise((resolve) => setImmediate(resolve));
    await starts.flush();
    expect(faults).toEqual([new Error('down')]);
    const due = await new PostgresOutbox({ register, clock }).lease(10, 1_000);
    expect(due.map(({ payload }) => payload['id'])).toEqual(['unreached']);
  });
});
