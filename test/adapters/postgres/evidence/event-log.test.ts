import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  canonicalEvent,
  eventLeaf,
  type RegisterEvent,
} from '../../../../adapters/postgres/evidence/canonical-event';
import {
  EMPTY_HEAD,
  nextHead,
  PostgresEventLogSequencer,
  signedHeadBytes,
} from '../../../../adapters/postgres/evidence/event-log-sequencer';
import { recordEvent } from '../../../../adapters/postgres/evidence/record-event';
import { canonicalJson } from '../../../../adapters/postgres/register/canonical-json';
import { deterministicId } from '../../../../adapters/postgres/register/deterministic-id';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import { addAuthority, agency, NOON, nextNumber, SYSTEM, TestClock } from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

/** Many transactions, or passwords that are slow to check on purpose, on a machine that others use too. */
jest.setTimeout(60_000);

describe('the event log', () => {
  let database: TestDatabase;
  let register: Register;
  let authorityId: string;
  const signed: Buffer[] = [];
  const clock = new TestClock();
  const event = (overrides: Partial<RegisterEvent> = {}): RegisterEvent => ({
    id: deterministicId('event log test', nextNumber()),
    kind: 'issuance.issue',
    caseKind: 'issuance',
    caseId: deterministicId('case'),
    authorityId,
    trade: 'transport',
    actor: { kind: 'system', id: 'test' },
    facts: { from: 'sealed', to: 'issued' },
    occurredAt: NOON,
    recordedAt: NOON,
    ...overrides,
  });
  const sequencer = (): PostgresEventLogSequencer =>
    new PostgresEventLogSequencer({
      register,
      clock,
      keyId: 'log-key',
      sign: async (bytes) => {
        signed.push(Buffer.from(bytes));
        return Buffer.from([7]);
      },
    });
  const links = async (): Promise<
    readonly { position: number; event_id: string; head: Buffer; leaf: Buffer }[]
  > =>
    register.within(SYSTEM, async (trx) =>
      trx('event_log_link AS k')
        .join('event_log_leaf AS l', 'l.event_id', 'k.event_id')
        .select('k.*', 'l.leaf')
        .orderBy('position'),
    );

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 12 });
    authorityId = await register.within(SYSTEM, (trx) => addAuthority(trx));
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  it('writes the leaf that the documentation shows', () => {
    const page = readFileSync(join(__dirname, '../../../../docs/event-log.md'), 'utf8');
    const [, text = ''] = /```text\n(\{"actor".*\})\n```/.exec(page) ?? [];
    const [, leaf] = /has the leaf `([0-9a-f]{64})`/.exec(page) ?? [];
    const example = {
      id: '0192f000-0000-7000-8000-000000000003',
      kind: 'issuance.issue',
      caseKind: 'issuance',
      caseId: '0192f000-0000-7000-8000-000000000002',
      authorityId: '0192f000-0000-7000-8000-000000000001',
      trade: 'transport',
      operationCode: '01',
      actor: { kind: 'system', id: 'conductor' },
      facts: { to: 'issued', from: 'sealed' },
      occurredAt: new Date('2026-11-23T01:30:00Z'),
      recordedAt: new Date('2026-11-23T01:30:00.250Z'),
    };
    expect(canonicalEvent(example)).toBe(text);
    expect(eventLeaf(example).toString('hex')).toBe(leaf);
  });

  it('has one canonical text for every order of names, which reads back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        fc.pre(
          !JSON.stringify(value).includes('\\u0000') &&
            !/\p{Surrogate}/u.test(JSON.stringify(value)) &&
            !/\\ud[89a-f]/.test(JSON.stringify(value)),
        );
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it('gives the same leaf for an event as it was recorded and as it stands in the register', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.string({ unit: 'grapheme' }),
          fc.oneof(
            fc.double({ noNaN: true, noDefaultInfinity: true }),
            fc.string({ unit: 'grapheme' }),
            fc.boolean(),
          ),
        ),
        async (facts) => {
          fc.pre(!JSON.stringify(facts).includes('\\u0000'));
          const recorded = event({ facts });
          await register.within(SYSTEM, (trx) => recordEvent(trx, recorded));
          const row = await register.within(SYSTEM, async (trx) =>
            trx('event').join('event_log_leaf', 'event_id', 'id').where({ id: recorded.id }).first(),
          );
          expect(eventLeaf({ ...recorded, facts: row.facts, actor: row.actor })).toEqual(row.leaf);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is idempotent: an event recorded twice is one event with one leaf', async () => {
    const once = event();
    expect(await register.within(SYSTEM, (trx) => recordEvent(trx, once))).toBe(true);
    const later = { ...once, recordedAt: new Date(NOON.getTime() + 1000) };
    expect(await register.within(SYSTEM, (trx) => recordEvent(trx, later))).toBe(false);
    const leaves = await register.within(SYSTEM, async (trx) =>
      trx('event_log_leaf').where({ event_id: once.id }),
    );
    expect(leaves).toHaveLength(1);
  });

  it('records nothing for an authority outside of the scope', async () => {
    const other = await register.within(SYSTEM, (trx) => addAuthority(trx));
    await expect(register.within(agency(other), (trx) => recordEvent(trx, event()))).rejects.toThrow(
      /row-level security/,
    );
  });

  it('refuses what jsonb could not give back', async () => {
    for (const facts of [{ x: Number.NaN }, { x: '\ud800' }, { x: '\u0000' }, { x: new Date() }]) {
      await expect(register.within(SYSTEM, (trx) => recordEvent(trx, event({ facts })))).rejects.toThrow(
        /canonical form/,
      );
    }
  });

  it('chains every leaf once and in order while writers run, roll back and commit late', async () => {
    const worker = sequencer();
    const committed: string[] = [];
    let writing = true;
    const chaining = (async () => {
      while (writing) await worker.sequence(7);
    })();
    const write = async (lane: number): Promise<void> => {
      for (let round = 0; round < 15; round += 1) {
        const own = event({ facts: { lane, round } });
        await register
          .within(SYSTEM, async (trx) => {
            await recordEvent(trx, own);
            // A slow writer: its arrival is taken long before it commits.
            if ((lane + round) % 3 === 0) await trx.raw('SELECT pg_sleep(0.02)');
            if (round % 5 === 4) throw new Error('rolled back');
          })
          .then(() => committed.push(own.id))
          .catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, lane) => write(lane)));
    writing = false;
    await chaining;
    while ((await worker.sequence(1000)) > 0);
    const chain = await links();
    const chained = chain.map(({ event_id }) => event_id);
    expect(new Set(chained).size).toBe(chained.length);
    expect(committed.filter((id) => !chained.includes(id))).toEqual([]);
    expect(chain.map(({ position }) => position)).toEqual(chain.map((_, index) => index + 1));
    let head: Buffer = EMPTY_HEAD;
    for (const link of chain) {
      head = nextHead(head, link.leaf);
      expect(link.head).toEqual(head);
    }
    // Within one writer each event was recorded after the one before had been committed.
    const lanes = await register.within(SYSTEM, async (trx) =>
      trx('event_log_link AS k')
        .join('event AS e', 'e.id', 'k.event_id')
        .whereRaw("e.facts ? 'lane'".replace('?', '\\?'))
        .orderBy('k.position')
        .select('e.facts'),
    );
    for (let lane = 0; lane < 8; lane += 1) {
      const rounds = lanes.filter(({ facts }) => facts.lane === lane).map(({ facts }) => facts.round);
      expect(rounds).toEqual([...rounds].sort((left, right) => left - right));
      expect(rounds).toHaveLength(12);
    }
  });

  it('lets one of two sequencers work at a time', async () => {
    await register.within(SYSTEM, async (trx) => {
      await trx.raw('SELECT pg_advisory_xact_lock(32379)');
      await recordEvent(trx, event());
      expect(await sequencer().sequence(10)).toBe(0);
    });
    expect(await sequencer().sequence(10)).toBe(1);
  });

  it('signs a head once, over the bytes that the documentation names', async () => {
    await register.within(SYSTEM, (trx) => recordEvent(trx, event()));
    const worker = sequencer();
    await worker.sequence(10);
    signed.length = 0;
    await worker.signHead();
    await worker.signHead();
    const last = (await links()).at(-1);
    expect(last).toBeDefined();
    expect(signed).toEqual([
      signedHeadBytes({
        position: last?.position ?? 0,
        head: last?.head ?? EMPTY_HEAD,
        signedAt: clock.now(),
      }),
    ]);
    expect(signed[0]?.toString('utf8')).toMatch(
      /^\{"format":"ecert-event-log-head\/1","head":"[0-9a-f]{64}","position":\d+,"signedAt":"2026-11-23T04:00:00.000Z"\}$/,
    );
  });
});
