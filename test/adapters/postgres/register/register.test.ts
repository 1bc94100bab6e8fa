import {
  checkRole,
  connectKnex,
  durabilityProblems,
  openRegister,
  Register,
} from '../../../../adapters/postgres/register/register';
import { NO_SCOPE, type PersonPrincipal } from '../../../../domain/shared/principal';
import { withClient } from '../../../../main/engines/database-roles';
import { SYSTEM } from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

const settings = [
  'principal',
  'principal_id',
  'everything',
  'evidence',
  'authorities',
  'trades',
  'pairs',
  'roles',
];
const ENQUEUE = `INSERT INTO outbox (dedupe_key, topic, payload, available_at) VALUES (?, 'mail', '{}', now())`;
const ASK = `SELECT ${settings.map((name) => `current_setting('ecert.${name}', true) AS ${name}`).join(', ')}`;

function person(scope: Partial<PersonPrincipal['scope']>): PersonPrincipal {
  return {
    kind: 'person',
    personId: '00000000-0000-8000-8000-000000000001',
    displayName: '某人',
    authorityId: null,
    roles: ['operator', 'reviewer'],
    scope: { ...NO_SCOPE, ...scope },
  };
}

describe('the register', () => {
  let database: TestDatabase;
  let register: Register;
  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 1 });
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  async function enqueued(key: string): Promise<number> {
    const rows = await register.within(SYSTEM, async (trx) => trx('outbox').where({ dedupe_key: key }));
    return rows.length;
  }

  it('tells the database for whom a transaction runs, and forgets it with the transaction', async () => {
    const authority = '00000000-0000-8000-8000-00000000000a';
    const inside = await register.within(
      person({ authorityIds: [authority], trades: ['a"b', 'c,d\\'], pairs: [`${authority}:x`] }),
      async (trx) => (await trx.raw<{ rows: Record<string, string>[] }>(ASK)).rows[0],
    );
    expect(inside).toMatchObject({ principal: 'person', everything: '', authorities: `{${authority}}` });
    expect(inside?.['roles']).toBe('{operator,reviewer}');
    const [trades] = await register.within(
      person({ trades: ['a"b', 'c,d\\'] }),
      async (trx) =>
        (await trx.raw<{ rows: { trades: string[] }[] }>('SELECT scope_trades() AS trades')).rows,
    );
    expect(trades?.trades).toEqual(['a"b', 'c,d\\']);
    const [after] = await register.public<Record<string, string | null>>(ASK, []);
    expect(Object.values(after ?? {}).every((value) => value === '' || value === null)).toBe(true);
  });

  it('runs a lone statement for its principal too, commits it before it answers, and forgets the principal', async () => {
    const [told] = await register.statement<Record<string, string>>(
      person({ trades: ['a"b', 'c,d\\'] }),
      ASK,
      [],
    );
    expect(told).toMatchObject({ principal: 'person', trades: '{"a\\"b","c,d\\\\"}' });
    const [after] = await register.public<Record<string, string | null>>(ASK, []);
    expect(Object.values(after ?? {}).every((value) => value === '' || value === null)).toBe(true);
    await register.statement(SYSTEM, ENQUEUE, ['lone']);
    expect(await enqueued('lone')).toBe(1);
  });

  it('commits nothing of a lone statement that fails', async () => {
    const insert = `INSERT INTO outbox (dedupe_key, topic, payload, available_at)
      SELECT 'half', 'mail', '{}', now() FROM generate_series(1, 0, -1) AS n WHERE 1 / n > 0`;
    await expect(register.statement(SYSTEM, insert, [])).rejects.toThrow(/division by zero/);
    expect(await enqueued('half')).toBe(0);
  });

  it('runs no statement of a principal that cannot be set', async () => {
    const unreadable = person({ authorityIds: ['no uuid'] });
    await expect(register.statement(unreadable, ENQUEUE, ['unset'])).rejects.toThrow(/uuid/);
    await expect(register.within(unreadable, async (trx) => trx.raw(ENQUEUE, ['unset']))).rejects.toThrow(
      /uuid/,
    );
    expect(await enqueued('unset')).toBe(0);
  });

  it('can be used on after a transaction without a statement, and after one whose first statement failed', async () => {
    expect(await register.within(SYSTEM, async () => 'nothing')).toBe('nothing');
    await expect(register.within(SYSTEM, async (trx) => trx.raw('SELECT nonsense'))).rejects.toThrow(
      /nonsense/,
    );
    await expect(
      register.within(SYSTEM, async () => {
        throw new Error('before anything');
      }),
    ).rejects.toThrow('before anything');
    const principal = await register.within(
      SYSTEM,
      async (trx) => (await trx.raw<{ rows: { principal: string }[] }>(ASK)).rows[0]?.principal,
    );
    expect(principal).toBe('system');
  });

  it('begins with the first statement of nested work as well', async () => {
    const undone = register.within(SYSTEM, async (trx) => {
      await trx.transaction(async (inner) => inner.raw(ENQUEUE, ['nested']));
      throw new Error('after it');
    });
    await expect(undone).rejects.toThrow('after it');
    expect(await enqueued('nested')).toBe(0);
  });

  it('does the work again when a migration changed the columns under a kept plan', async () => {
    await withClient(database.superuserUrl, (client) =>
      client.query(
        'CREATE TABLE paper (id int); GRANT SELECT ON paper TO PUBLIC; INSERT INTO paper VALUES (1)',
      ),
    );
    const read = (): Promise<readonly object[]> => register.statement(SYSTEM, 'SELECT * FROM paper', []);
    expect(await read()).toEqual([{ id: 1 }]);
    await withClient(database.superuserUrl, (client) => client.query('ALTER TABLE paper ADD colour text'));
    expect(await read()).toEqual([{ id: 1, colour: null }]);
    const within = await register.within(SYSTEM, async (trx) => trx('paper').select('*'));
    expect(within).toEqual([{ id: 1, colour: null }]);
  });

  it('rolls back what a failing work wrote', async () => {
    const work = register.within(SYSTEM, async (trx) => {
      await trx.raw(`INSERT INTO agency_system (authority_id, name) VALUES (gen_random_uuid(), 'x')`);
    });
    await expect(work).rejects.toThrow(/foreign key/);
    const rows = await register.within(SYSTEM, async (trx) => trx('agency_system').select('id'));
    expect(rows).toEqual([]);
  });

  it('runs the same work again after a serialization failure', async () => {
    let runs = 0;
    const answer = await register.within(SYSTEM, async (trx) => {
      runs += 1;
      if (runs < 3) await trx.raw(`DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$`);
      return runs;
    });
    expect(answer).toBe(3);
  });

  it('reads dates as legal dates and bigints as numbers', async () => {
    const [row] = await register.public(`SELECT DATE '2026-11-23' AS d, 7::bigint AS n, 1.50 AS x`, []);
    expect(row).toEqual({ d: '2026-11-23', n: 7, x: '1.50' });
    await expect(register.public(`SELECT 9007199254740993::bigint AS n`, [])).rejects.toThrow(/2\^53/);
  });

  it('refuses to start as superuser or as the owner of the tables', async () => {
    await expect(openRegister(database.superuserUrl, { poolMax: 1 })).rejects.toThrow(/superuser/);
    await expect(openRegister(database.migratorUrl, { poolMax: 1 })).rejects.toThrow(/owns tables/);
    expect(await checkRole(register)).toBeNull();
  });

  it('reports a setting under which a commit could be lost', async () => {
    expect(await durabilityProblems(register)).toEqual([]);
    const careless = new Register({
      knex: connectKnex(`${database.appUrl}?options=-c%20synchronous_commit%3Doff`, { poolMax: 1 }),
    });
    expect(await durabilityProblems(careless)).toEqual([expect.stringMatching(/synchronous_commit = off/)]);
    await careless.destroy();
  });
});
