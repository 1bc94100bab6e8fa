import { deterministicId } from '../../../../adapters/postgres/register/deterministic-id';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import { seedReferenceData } from '../../../../adapters/postgres/register/seed-reference-data';
import { closeDeadline, openDeadline } from '../../../../adapters/postgres/sla/deadlines';
import { recomputePage } from '../../../../adapters/postgres/sla/recompute-deadlines';
import {
  listSlaPolicies,
  loadSlaPolicy,
  storeSlaPolicy,
} from '../../../../adapters/postgres/sla/sla-policies';
import { loadWorkCalendar, storeWorkCalendar } from '../../../../adapters/postgres/sla/work-calendar';
import { legalDate } from '../../../../domain/shared/legal-date';
import { INITIAL_SLA_POLICIES } from '../../../../domain/sla/policies';
import { STATE_COUNCIL_CALENDAR } from '../../../../domain/sla/state-council-calendar';
import { addAuthority, INTEGRITY, NOON, nextNumber, SYSTEM } from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

describe('deadlines', () => {
  let database: TestDatabase;
  let register: Register;
  let authorityId: string;
  const open = async (
    key: string,
    startAt: Date,
    caseId = deterministicId('deadline case', nextNumber()),
  ) => ({
    caseId,
    ...(await register.within(SYSTEM, (trx) =>
      openDeadline(trx, INTEGRITY, {
        caseKind: 'issuance',
        caseId,
        key,
        round: 1,
        authorityId,
        trade: 'transport',
        startAt,
      }),
    )),
  });
  const close = async (caseId: string, key: string, now: Date): Promise<string> =>
    register.within(SYSTEM, async (trx) => {
      await closeDeadline(trx, { caseKind: 'issuance', caseId, key, round: 1, now });
      return (await trx('deadline').where({ case_id: caseId }).first('state')).state;
    });

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 4 });
    authorityId = await register.within(SYSTEM, (trx) => addAuthority(trx));
    await seedReferenceData(register, INTEGRITY, NOON, { definitions: [] });
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  it('stand on the calendar and the policies as the domain has them', async () => {
    const [calendar, policies] = await register.within(
      SYSTEM,
      async (trx) => [await loadWorkCalendar(trx), await listSlaPolicies(trx, INTEGRITY)] as const,
    );
    expect(calendar).toEqual({ ...STATE_COUNCIL_CALENDAR, version: '1' });
    const byKey = (left: { key: string }, right: { key: string }): number => (left.key < right.key ? -1 : 1);
    expect([...policies].sort(byKey)).toEqual([...INITIAL_SLA_POLICIES].sort(byKey));
  });

  it('count working days across a holiday and explain each', async () => {
    const deadline = await open('FORCE_MAJEURE_RECOVERY', new Date('2026-09-30T10:00:00+08:00'));
    expect(deadline).toMatchObject({ state: 'running', dueAt: new Date('2026-10-11T00:00:00+08:00') });
    const row = await register.within(SYSTEM, async (trx) =>
      trx('deadline').where({ id: deadline.id }).first(),
    );
    expect(row).toMatchObject({ due_date: '2026-10-10', calendar_version: '1', original_due_at: row.due_at });
    expect(JSON.stringify(row.explanation)).toContain('国庆节');
  });

  it('are idempotent by case, key and round', async () => {
    const first = await open('ISSUANCE_REVIEW', NOON);
    const again = await open('ISSUANCE_REVIEW', new Date(NOON.getTime() + 86_400_000), first.caseId);
    expect(again).toEqual(first);
  });

  it('are met in time, missed after it, and stay closed', async () => {
    const inTime = await open('DELIVERY', NOON);
    expect(await close(inTime.caseId, 'DELIVERY', new Date(NOON.getTime() + 3_600_000))).toBe('met');
    expect(await close(inTime.caseId, 'DELIVERY', new Date(NOON.getTime() + 9_600_000))).toBe('met');
    const late = await open('DELIVERY', NOON);
    expect(await close(late.caseId, 'DELIVERY', new Date(NOON.getTime() + 3_600_001))).toBe('missed');
  });

  it('wait for a calendar that is not loaded, refuse nothing, and are computed from the original start once it is', async () => {
    const waiting = await open('ISSUANCE_REVIEW', new Date('2026-12-31T09:00:00+08:00'));
    const known = await open('ISSUANCE_REVIEW', new Date('2026-11-27T09:00:00+08:00'));
    expect(waiting).toMatchObject({ state: 'awaitingCalendar', dueAt: null });
    const moved = await register.within(SYSTEM, async (trx) => {
      const calendar = {
        ...STATE_COUNCIL_CALENDAR,
        coveredTo: legalDate('2027-12-31'),
        days: {
          ...STATE_COUNCIL_CALENDAR.days,
          '2027-01-01': { kind: 'dayOff', name: '元旦', notice: '测试通知' } as const,
        },
        regionalOverlay: { '2026-11-30': { kind: 'dayOff', name: '测试节', notice: '本地通知' } as const },
      };
      const load = { calendar, region: '150000', loadedBy: null, loadedAt: NOON, reason: '载入2027年' };
      expect(await storeWorkCalendar(trx, load)).toBe(true);
      expect(await storeWorkCalendar(trx, load)).toBe(false);
      return recomputePage(trx, { now: NOON, pageSize: 100, tellingFrom: NOON });
    });
    const moveOf = (id: string) => moved.moved.find((move) => move.id === id);
    expect(moveOf(waiting.id)).toMatchObject({ from: null, to: new Date('2027-01-05T00:00:00+08:00') });
    expect(moveOf(known.id)).toMatchObject({
      from: new Date('2026-12-01T00:00:00+08:00'),
      to: new Date('2026-12-02T00:00:00+08:00'),
    });
    const row = await register.within(SYSTEM, async (trx) => trx('deadline').where({ id: known.id }).first());
    expect(row.original_due_at).toEqual(new Date('2026-12-01T00:00:00+08:00'));
    expect(row.moves).toEqual([
      expect.objectContaining({ reason: '载入2027年', from: '2026-11-30T16:00:00.000Z' }),
    ]);
    const again = await register.within(SYSTEM, (trx) =>
      recomputePage(trx, { now: NOON, pageSize: 100, tellingFrom: NOON }),
    );
    expect(again).toMatchObject({ examined: 0, moved: [] });
  });

  it('take the newest version of a policy, and refuse one that was changed behind the product’s back', async () => {
    await register.within(SYSTEM, async (trx) => {
      const policy = await loadSlaPolicy(trx, INTEGRITY, 'DELIVERY');
      expect(await storeSlaPolicy(trx, INTEGRITY, policy, { by: null, at: NOON })).toBe(false);
      expect(
        await storeSlaPolicy(trx, INTEGRITY, { ...policy, value: 2, version: 2 }, { by: null, at: NOON }),
      ).toBe(true);
    });
    expect((await open('DELIVERY', NOON)).dueAt).toEqual(new Date(NOON.getTime() + 7_200_000));
    await register.within(SYSTEM, (trx) =>
      trx('sla_policy').where({ key: 'DELIVERY', version: 2 }).update({ value: 700 }),
    );
    await expect(open('DELIVERY', NOON)).rejects.toThrow(/HMAC-SM3/);
    await expect(open('NO_SUCH_LIMIT', NOON)).rejects.toThrow(/no time limit/);
  });
});
