import type { Knex } from 'knex';
import { closeCaseClocks, tickCaseClocks } from '../../../../adapters/postgres/case/case-clock';
import { openTask } from '../../../../adapters/postgres/case/case-tasks';
import { setLeave } from '../../../../adapters/postgres/organisation/person-leave';
import { deterministicId } from '../../../../adapters/postgres/register/deterministic-id';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import { seedReferenceData } from '../../../../adapters/postgres/register/seed-reference-data';
import { openDeadline } from '../../../../adapters/postgres/sla/deadlines';
import {
  moveDeadlineStart,
  postponeDeadline,
  restoreDeadline,
  resumeDeadline,
  suspendDeadline,
} from '../../../../adapters/postgres/sla/move-deadline';
import { sweepClocks } from '../../../../adapters/postgres/sla/sweep-clocks';
import { legalDate } from '../../../../domain/shared/legal-date';
import type { Scope } from '../../../../domain/shared/principal';
import {
  addAuthority,
  addPerson,
  INTEGRITY,
  NOON,
  nextNumber,
  person,
  SYSTEM,
} from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

const at = (text: string): Date => new Date(`2026-${text}:00+08:00`);

interface Told {
  readonly title: string;
  readonly body: string;
  readonly to: string;
}

describe('the clocks of a case', () => {
  let database: TestDatabase;
  let register: Register;
  let authorityId: string;
  let holderId: string;
  let responsibleId: string;
  let substituteId: string;
  const within = <Answer>(work: (trx: Knex.Transaction) => Promise<Answer>): Promise<Answer> =>
    register.within(SYSTEM, work);

  /** A review that somebody holds; its limit is one working day from Monday noon. */
  const review = async (claimedBy: string | null = holderId): Promise<string> => {
    const caseId = deterministicId('clock case', nextNumber());
    await within(async (trx) => {
      await openTask(trx, INTEGRITY, {
        kind: 'issuanceReview',
        caseId,
        round: 1,
        authorityId,
        trade: 'transport',
        subject: '道路运输证',
        reference: `150602-${nextNumber()}`,
        excludedPersonId: null,
        deadlineKey: 'ISSUANCE_REVIEW',
        link: '/issuances/x',
        why: '测试',
        now: NOON,
      });
      if (claimedBy === null) return;
      await trx('task')
        .where({ case_id: caseId })
        .update({ state: 'claimed', claimed_by: claimedBy, claimed_at: NOON });
    });
    return caseId;
  };
  const nameOf = (caseId: string) => ({
    caseKind: 'issuance',
    caseId,
    key: 'ISSUANCE_REVIEW',
    round: 1,
  });
  const tick = (caseId: string, now: Date): Promise<number | null> =>
    within((trx) => tickCaseClocks(trx, { caseKind: 'issuance', caseId }, now));
  const deadlineOf = (caseId: string) => within((trx) => trx('deadline').where({ case_id: caseId }).first());
  const rings = async (caseId: string): Promise<readonly string[]> =>
    within(async (trx) => {
      const rows = await trx('deadline_ring')
        .join('deadline', 'deadline.id', 'deadline_ring.deadline_id')
        .where('deadline.case_id', caseId)
        .orderBy(['deadline_ring.rang_at', 'deadline_ring.due_at'])
        .select('deadline_ring.rung');
      return rows.map(({ rung }: { rung: string }) => rung);
    });
  const toldSince = async (caseId: string, since: Date): Promise<readonly Told[]> =>
    within(async (trx) => {
      const { rows } = await trx.raw<{ rows: Told[] }>(
        `SELECT n.title, n.body, coalesce(n.recipient_person_id::text, n.recipient_role) AS to FROM notice n
         JOIN deadline d ON n.natural_key LIKE 'deadline/' || d.id || '/%'
         WHERE d.case_id = ? AND n.created_at >= ? ORDER BY 3`,
        [caseId, since],
      );
      return rows;
    });

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 4 });
    await seedReferenceData(register, INTEGRITY, NOON, { definitions: [] });
    await within(async (trx) => {
      authorityId = await addAuthority(trx);
      [holderId, responsibleId, substituteId] = [
        await addPerson(trx, { authority_id: authorityId }),
        await addPerson(trx, { authority_id: authorityId }),
        await addPerson(trx, { authority_id: authorityId }),
      ];
      await trx('responsible_person').insert({
        authority_id: authorityId,
        person_id: responsibleId,
        substitute_id: substituteId,
        from_on: '2026-01-01',
        state: 'submitted',
        filing_number: `鄂证专备〔2026〕${nextNumber()}号`,
        appointed_by: responsibleId,
        appointed_at: NOON,
      });
    });
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  it('ring rung by rung, each once, and each is told further up the line', async () => {
    const caseId = await review();
    expect(await tick(caseId, NOON)).toBe(at('11-24T13:00').getTime() - NOON.getTime());
    const stages: readonly (readonly [Date, string, readonly string[], string])[] = [
      [at('11-24T13:00'), '时限提醒：签发审核已用去50%的办理时间', [holderId], 'half'],
      [at('11-24T15:42'), '时限提醒：签发审核已用去80%的办理时间', [holderId, responsibleId], 'mostly'],
      [at('11-24T17:30'), '时限预警：签发审核今日到期', [holderId, responsibleId], 'closing'],
      [
        at('11-25T08:30'),
        '时限已到：签发审核已超期',
        [holderId, responsibleId, 'bannerAdministrator', 'departmentAdministrator'],
        'due',
      ],
      [
        at('11-26T08:30'),
        '超期催办：签发审核仍未办结',
        [responsibleId, 'bannerAdministrator', 'departmentAdministrator', 'cityAdministrator'],
        'daily/2026-11-26',
      ],
    ];
    const rang: string[] = [];
    for (const [now, title, to, rung] of stages) {
      await tick(caseId, new Date(now.getTime() - 1));
      expect(await toldSince(caseId, new Date(now.getTime() - 1))).toEqual([]);
      await tick(caseId, now);
      const told = await toldSince(caseId, now);
      expect(new Set(told.map((notice) => notice.title))).toEqual(new Set([title]));
      expect(told.map((notice) => notice.to).sort()).toEqual([...to].sort());
      rang.push(rung);
      expect(await rings(caseId)).toEqual(rang);
    }
    expect((await toldSince(caseId, NOON))[0]?.body).toMatch(
      /^道路运输证（150602-\d+）的“签发审核”应于11月24日24时前办结/,
    );
  });

  it('tell the bureau of the area and the department of the trade, and no other bureau or department', async () => {
    const caseId = await review();
    const now = at('11-25T08:30');
    await tick(caseId, now);
    const seenBy = async (role: 'bannerAdministrator' | 'departmentAdministrator', scope: Partial<Scope>) => {
      const reader = person({ personId: holderId, roles: [role], scope });
      const { id } = await deadlineOf(caseId);
      return register.within(reader, async (trx) =>
        (await trx('notice').whereLike('natural_key', `deadline/${id}/%/due/%`)).map(
          (notice: { recipient_role: string | null }) => notice.recipient_role,
        ),
      );
    };
    const elsewhere = await within((trx) => addAuthority(trx));
    const banner = await seenBy('bannerAdministrator', { authorityIds: [authorityId] });
    expect(banner).toContain('bannerAdministrator');
    expect(await seenBy('bannerAdministrator', { authorityIds: [elsewhere] })).not.toContain(
      'bannerAdministrator',
    );
    expect(await seenBy('departmentAdministrator', { trades: ['transport'] })).toContain(
      'departmentAdministrator',
    );
    expect(await seenBy('departmentAdministrator', { trades: ['housing'] })).not.toContain(
      'departmentAdministrator',
    );
  });

  it('miss a deadline at its very end, although people are told when the office opens', async () => {
    const caseId = await review();
    expect(await tick(caseId, at('11-24T17:30'))).toBe(
      at('11-25T00:00').getTime() - at('11-24T17:30').getTime(),
    );
    expect((await deadlineOf(caseId)).state).toBe('running');
    expect(await tick(caseId, at('11-25T00:00'))).toBe(8.5 * 3_600_000);
    expect((await deadlineOf(caseId)).state).toBe('missed');
    expect(await rings(caseId)).not.toContain('due');
  });

  it('tick is idempotent: looked at again nothing rings twice', async () => {
    const caseId = await review();
    const now = at('11-25T09:00');
    await tick(caseId, now);
    const [before, told] = [await rings(caseId), await toldSince(caseId, NOON)];
    await tick(caseId, now);
    await within((trx) => trx('deadline').where({ case_id: caseId }).update({ next_ring_at: NOON }));
    await tick(caseId, now);
    expect([await rings(caseId), await toldSince(caseId, NOON)]).toEqual([before, told]);
  });

  it('after an outage tell only the last of what was missed, to everybody whom the others would have told', async () => {
    const caseId = await review();
    await tick(caseId, at('12-02T10:00'));
    expect(await rings(caseId)).toEqual(['half', 'mostly', 'closing', 'due', 'daily/2026-12-02']);
    const told = await toldSince(caseId, NOON);
    expect(new Set(told.map(({ title }) => title))).toEqual(new Set(['超期催办：签发审核仍未办结']));
    expect(told.map(({ to }) => to)).toEqual(
      expect.arrayContaining([holderId, responsibleId, 'cityAdministrator']),
    );
  });

  it('tell the queue while nobody holds the task', async () => {
    const caseId = await review(null);
    await tick(caseId, at('11-24T13:00'));
    expect((await toldSince(caseId, at('11-24T13:00'))).map(({ to }) => to)).toEqual(['reviewer']);
  });

  it('of a limit over several tasks tell whoever holds the one that is open now', async () => {
    const caseId = await review();
    const whole = { caseKind: 'issuance', caseId, key: 'FORCE_MAJEURE_REPORT', round: 1 };
    await within((trx) =>
      openDeadline(trx, INTEGRITY, { ...whole, authorityId, trade: 'transport', startAt: NOON }),
    );
    await tick(caseId, at('11-23T14:00'));
    expect(await toldSince(caseId, NOON)).toEqual([
      expect.objectContaining({ to: holderId, body: expect.stringContaining('道路运输证（150602-') }),
    ]);
  });

  it('tell the substitute while the responsible person is on leave, and those above while there is none', async () => {
    const leave = { personId: responsibleId, from: legalDate('2026-11-24'), until: null, substituteId };
    await within((trx) => setLeave(trx, INTEGRITY, leave));
    const caseId = await review();
    await tick(caseId, at('11-24T15:42'));
    expect((await toldSince(caseId, NOON)).map(({ to }) => to)).toEqual(
      expect.arrayContaining([holderId, substituteId]),
    );
    const elsewhere = await within((trx) => addAuthority(trx));
    const orphan = await review(null);
    await within((trx) => trx('deadline').where({ case_id: orphan }).update({ authority_id: elsewhere }));
    await tick(orphan, at('11-24T15:42'));
    expect((await toldSince(orphan, NOON)).map(({ to }) => to)).toEqual(
      expect.arrayContaining(['bannerAdministrator', 'departmentAdministrator']),
    );
    await within((trx) =>
      trx('person').where({ id: responsibleId }).update({ on_leave_from: null, substitute_id: null }),
    );
  });

  it('stand still from a send-back to its answer, ring nothing meanwhile, and say which days did not count', async () => {
    const caseId = await review();
    const suspended = await within((trx) =>
      suspendDeadline(trx, nameOf(caseId), {
        from: at('11-23T14:00'),
        reason: '退回补充',
        now: at('11-23T14:00'),
      }),
    );
    expect(suspended).toMatchObject({ state: 'suspended', dueAt: null });
    expect(await tick(caseId, at('11-27T10:00'))).toBeNull();
    expect(await rings(caseId)).toEqual([]);
    const resumed = await within((trx) =>
      resumeDeadline(trx, nameOf(caseId), {
        until: at('11-27T10:00'),
        reason: '已补充',
        now: at('11-27T10:00'),
      }),
    );
    expect(resumed).toMatchObject({ state: 'running', dueAt: at('12-01T00:00') });
    const row = await deadlineOf(caseId);
    expect(row.original_due_at).toEqual(at('11-25T00:00'));
    expect(row.moves.map(({ reason }: { reason: string }) => reason)).toEqual(['退回补充', '已补充']);
    expect(JSON.stringify(row.explanation)).toContain('中止计时');
    const task = await within((trx) => trx('task').where({ case_id: caseId }).first('due_at'));
    expect(task.due_at).toEqual(at('12-01T00:00'));
  });

  it('suspending, resuming and moving are idempotent', async () => {
    const caseId = await review();
    const name = nameOf(caseId);
    const [from, until] = [at('11-23T14:00'), at('11-24T10:00')];
    for (const _ of [1, 2]) {
      await within((trx) => suspendDeadline(trx, name, { from, reason: '退回', now: from }));
    }
    for (const _ of [1, 2]) {
      await within((trx) => resumeDeadline(trx, name, { until, reason: '恢复', now: until }));
    }
    for (const _ of [1, 2]) {
      await within((trx) => moveDeadlineStart(trx, name, { startAt: until, reason: '更正', now: until }));
    }
    const row = await deadlineOf(caseId);
    expect(row.suspensions).toHaveLength(1);
    expect(row.moves).toHaveLength(3);
    expect(row.course).toBe(2);
  });

  it('start anew from another instant, and the ladder with them', async () => {
    const caseId = await review();
    await tick(caseId, at('11-25T09:00'));
    expect((await deadlineOf(caseId)).state).toBe('missed');
    const moved = await within((trx) =>
      moveDeadlineStart(trx, nameOf(caseId), {
        startAt: at('11-25T09:00'),
        reason: '故障消除时间有争议',
        now: at('11-25T09:30'),
      }),
    );
    expect(moved).toMatchObject({ state: 'running', dueAt: at('11-27T00:00') });
    await tick(caseId, at('11-27T08:30'));
    expect((await rings(caseId)).filter((rung) => rung === 'due')).toHaveLength(2);
    expect((await deadlineOf(caseId)).original_due_at).toEqual(at('11-25T00:00'));
  });

  it('are postponed by force majeure, and have their original clock back when it is not recognised', async () => {
    const caseId = await review();
    const postponed = await within((trx) =>
      postponeDeadline(trx, nameOf(caseId), {
        dueAt: at('12-01T00:00'),
        reason: '不可抗力顺延',
        now: at('11-24T10:00'),
      }),
    );
    expect(postponed).toMatchObject({ state: 'running', dueAt: at('12-01T00:00') });
    await tick(caseId, at('11-25T09:00'));
    expect(await rings(caseId)).toEqual([]);
    const restored = await within((trx) =>
      restoreDeadline(trx, nameOf(caseId), { reason: '未予认定', now: at('11-25T10:00') }),
    );
    expect(restored?.dueAt).toEqual(at('11-25T00:00'));
    await tick(caseId, at('11-25T10:00'));
    expect((await deadlineOf(caseId)).state).toBe('missed');
    expect(await rings(caseId)).toContain('due');
  });

  it('ring no more once they are closed, and a late end stays late', async () => {
    const caseId = await review();
    await tick(caseId, at('11-25T09:00'));
    await within((trx) => closeCaseClocks(trx, { caseKind: 'issuance', caseId }, at('11-25T10:00')));
    expect(await tick(caseId, at('12-05T10:00'))).toBeNull();
    expect(await deadlineOf(caseId)).toMatchObject({ state: 'missed', closed_at: at('11-25T10:00') });
    expect(await suspendClosed(caseId)).toBeNull();
  });

  const suspendClosed = (caseId: string) =>
    within((trx) => suspendDeadline(trx, nameOf(caseId), { from: NOON, reason: '太晚', now: NOON }));

  it('that no timer rang are found by the sweeper after a minute, rung, and their cases told; it is idempotent', async () => {
    await within((trx) =>
      trx('deadline').whereNull('closed_at').update({ closed_at: NOON, state: 'closed' }),
    );
    const [lost, technical] = [await review(), deterministicId('clock case', nextNumber())];
    const own = deterministicId('clock case', nextNumber());
    const common = { authorityId, trade: 'transport', round: 1, startAt: NOON };
    await within(async (trx) => {
      await openDeadline(trx, INTEGRITY, {
        ...common,
        caseKind: 'issuance',
        caseId: technical,
        key: 'SYNCHRONISED_ISSUANCE',
      });
      await openDeadline(trx, INTEGRITY, {
        ...common,
        caseKind: 'responsiblePerson',
        caseId: own,
        key: 'FORCE_MAJEURE_REPORT',
      });
    });
    const dueAt = at('11-24T13:00');
    await sweepClocks(register, new Date(NOON.getTime() + 6 * 3_600_000));
    expect(await within((trx) => trx('deadline').where({ case_id: technical }).first('state'))).toEqual({
      state: 'missed',
    });
    expect(await rings(own)).toContain('due');
    expect(await sweepClocks(register, new Date(dueAt.getTime() + 59_000))).toMatchObject({ found: 0 });
    const sweep = await sweepClocks(register, new Date(dueAt.getTime() + 60_000));
    expect(sweep).toMatchObject({ found: 1, hasMore: false });
    expect(await rings(lost)).toEqual(['half']);
    const told = await within((trx) =>
      trx('outbox').whereLike('dedupe_key', `signalWorkflow/issuance/${lost}/swept/%`),
    );
    expect(told).toHaveLength(1);
    expect(await sweepClocks(register, new Date(dueAt.getTime() + 61_000))).toMatchObject({ found: 0 });
  });
});
