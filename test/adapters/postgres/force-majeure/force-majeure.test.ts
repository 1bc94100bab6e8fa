import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { PostgresCertificateDoubts } from '../../../../adapters/postgres/force-majeure/certificate-doubt-desk';
import {
  excludedItems,
  forceMajeureDays,
  forceMajeurePeriods,
} from '../../../../adapters/postgres/force-majeure/force-majeure-days';
import { PostgresForceMajeureDesk } from '../../../../adapters/postgres/force-majeure/force-majeure-desk';
import { PostgresForceMajeureLedger } from '../../../../adapters/postgres/force-majeure/force-majeure-ledger';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import { seedReferenceData } from '../../../../adapters/postgres/register/seed-reference-data';
import { openDeadline } from '../../../../adapters/postgres/sla/deadlines';
import { legalDate } from '../../../../domain/shared/legal-date';
import type { PersonPrincipal } from '../../../../domain/shared/principal';
import type { Result } from '../../../../domain/shared/result';
import type { ForceMajeureDeclaration } from '../../../../ports/force-majeure-desk';
import {
  addAuthority,
  addCertificate,
  addIssuance,
  addPerson,
  addWorld,
  assignRole,
  type CaseWorld,
  CIPHER,
  entitle,
  INTEGRITY,
  NOON,
  person,
  SYSTEM,
  TestClock,
} from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

const HOUR_MS = 3_600_000;
const EVIDENCE = [{ description: '现场照片', attachmentId: null }];

function value<Value>(result: Result<Value, unknown>): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.refusal));
  return result.value;
}

describe('force majeure on the register', () => {
  let database: TestDatabase;
  let register: Register;
  let clock: TestClock;
  let desk: PostgresForceMajeureDesk;
  let doubts: PostgresCertificateDoubts;
  let ledger: PostgresForceMajeureLedger;
  let world: CaseWorld;
  let code: string;
  let operator: PersonPrincipal;
  let reviewer: PersonPrincipal;
  let city: PersonPrincipal;

  const inside = <Answer>(work: (trx: Knex.Transaction) => Promise<Answer>): Promise<Answer> =>
    register.within(SYSTEM, work);
  const key = () => ({ method: 'POST', path: '/x', key: randomUUID(), bodyDigest: Buffer.from('x') });
  const iso = (offsetMs = 0): string => new Date(clock.now().getTime() + offsetMs).toISOString();
  const statement = (clearedAt: string) => ({ clearedAt, reason: '恢复', evidence: EVIDENCE });

  async function staff(role: 'operator' | 'reviewer', authorityId: string): Promise<PersonPrincipal> {
    return inside(async (trx) => {
      const personId = await addPerson(trx, { authority_id: authorityId });
      await assignRole(trx, personId, role, { authority_id: authorityId });
      return person({ personId, authorityId, roles: [role], scope: { authorityIds: [authorityId] } });
    });
  }

  function declaration(override: Partial<ForceMajeureDeclaration> = {}): ForceMajeureDeclaration {
    return {
      scope: {
        authorityIds: [world.authorityId],
        catalogCodes: [code],
        operations: ['issue', 'collect', 'update', 'cancel'],
      },
      cause: 'powerFailure',
      occurredAt: iso(),
      knownAt: iso(),
      ground: { unforeseeable: '一', unavoidable: '二', insurmountable: '三' },
      emergencyMeasures: '纸质受理',
      evidence: EVIDENCE,
      telephoneReport: null,
      ...override,
    };
  }

  async function recognised(override: Partial<ForceMajeureDeclaration> = {}): Promise<string> {
    const { eventId } = value(await desk.declare(operator, declaration(override), key()));
    value(await desk.report(operator, eventId));
    value(await desk.recognise(city, eventId, '属实'));
    return eventId;
  }

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 4 });
    await seedReferenceData(register, INTEGRITY, NOON, { definitions: [] });
  });
  beforeEach(async () => {
    clock = new TestClock();
    const parts = { register, cipher: CIPHER, integrity: INTEGRITY, clock };
    desk = new PostgresForceMajeureDesk(parts);
    doubts = new PostgresCertificateDoubts(parts);
    ledger = new PostgresForceMajeureLedger(parts);
    await inside(async (trx) => {
      world = await addWorld(trx);
      await entitle(trx, world.entryId, world.authorityId);
      code = (await trx('catalog_entry').where({ id: world.entryId }).first('code')).code;
      const personId = await addPerson(trx);
      await assignRole(trx, personId, 'cityAdministrator');
      city = person({ personId, roles: ['cityAdministrator'], scope: { everything: true } });
    });
    operator = await staff('operator', world.authorityId);
    reviewer = await staff('reviewer', world.authorityId);
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  async function failing(count: number): Promise<readonly string[]> {
    clock.advance(1_000);
    return inside(async (trx) => {
      const ids: string[] = [];
      for (let index = 0; index < count; index += 1) {
        ids.push(
          await addIssuance(trx, world, {
            state: 'comparing',
            waiting_for: 'agencyUnavailable',
            updated_at: clock.now(),
          }),
        );
      }
      return ids;
    });
  }

  const itemsOf = (eventId: string) =>
    inside((trx) => trx('force_majeure_item').where({ event_id: eventId }).orderBy('id'));

  it('closes an item with the event by which its case ended, and is idempotent', async () => {
    const eventId = await recognised();
    const [caseId = ''] = await failing(1);
    await ledger.settle(eventId);
    const proof = randomUUID();
    await inside(async (trx) => {
      await trx('issuance')
        .where({ id: caseId })
        .update({ state: 'withdrawn', waiting_for: null, closed_at: clock.now() });
      await trx('event').insert({
        id: proof,
        kind: 'issuance.withdraw',
        case_kind: 'issuance',
        case_id: caseId,
        authority_id: world.authorityId,
        trade: world.trade,
        actor: '{}',
        facts: '{}',
        occurred_at: clock.now(),
        recorded_at: clock.now(),
      });
    });
    await ledger.settle(eventId);
    const [closed] = await itemsOf(eventId);
    expect(closed).toMatchObject({ state: 'done', proof_event_id: proof });
    clock.advance(60_000);
    await ledger.settle(eventId);
    expect(await itemsOf(eventId)).toEqual([closed]);
  });

  it('lets clocks of affected cases stand still, and those of objections (art. 20) run on', async () => {
    const eventId = await recognised();
    const [caseId = ''] = await failing(1);
    const objectionId = randomUUID();
    const open = (trx: Knex.Transaction, caseKind: string, id: string, limit: string) =>
      openDeadline(trx, INTEGRITY, {
        caseKind,
        caseId: id,
        key: limit,
        round: 1,
        authorityId: world.authorityId,
        trade: world.trade,
        startAt: clock.now(),
      });
    await inside(async (trx) => {
      await open(trx, 'issuance', caseId, 'ISSUANCE_REVIEW');
      await open(trx, 'anomalyCase', objectionId, 'ANOMALY_ACCEPT');
    });
    const clocks = () =>
      inside((trx) =>
        trx('deadline')
          .whereIn('case_id', [caseId, objectionId])
          .orderBy('key')
          .select('key', 'state', 'due_at', 'original_due_at'),
      );
    await ledger.settle(eventId);
    expect((await clocks()).map(({ state }) => state)).toEqual(['running', 'suspended']);
    clock.advance(24 * HOUR_MS);
    value(await desk.clear(operator, eventId, statement(iso())));
    await ledger.settle(eventId);
    const [objection, review] = await clocks();
    expect(objection.due_at).toEqual(objection.original_due_at);
    expect(review.state).toBe('running');
    expect(review.due_at.toISOString()).toBe('2026-11-25T16:00:00.000Z');
    value(await desk.clear(operator, eventId, statement(iso(-23 * HOUR_MS))));
    await ledger.settle(eventId);
    const [, changed] = await clocks();
    expect(changed.due_at.toISOString()).toBe('2026-11-24T16:00:00.000Z');
    await ledger.settle(eventId);
    expect((await clocks())[1]).toEqual(changed);
  });

  it('is seen by the units in its scope with their own items only, and by nobody else', async () => {
    const [neighbour, strange] = await inside(async (trx) => {
      const second = await addAuthority(trx);
      await entitle(trx, world.entryId, second);
      return [second, await addAuthority(trx)];
    });
    const other = await staff('operator', neighbour ?? '');
    const stranger = await staff('operator', strange ?? '');
    const eventId = await recognised();
    expect(await desk.find(other, eventId)).toBeNull();
    const scope = { authorityIds: [neighbour ?? ''], catalogCodes: [code], operations: ['issue'] as const };
    value(await desk.extendScope(city, eventId, { scope, reason: '同受影响' }));
    await failing(2);
    await ledger.settle(eventId);
    const seen = await desk.find(other, eventId);
    expect(seen?.progress).toEqual([]);
    expect(seen?.availableActions).toEqual(['markItem', 'closeItem']);
    expect(seen?.scope.map(({ authorityId }) => authorityId)).toEqual([neighbour]);
    expect((await desk.find(operator, eventId))?.progress).toEqual([
      { operation: 'issue', total: 2, done: 0, excepted: 0, open: 2 },
    ]);
    expect(await desk.find(stranger, eventId)).toBeNull();
    expect(await desk.close(stranger, eventId)).toMatchObject({ refusal: { code: 'notFound' } });
    expect(await desk.report(reviewer, eventId)).toMatchObject({ refusal: { code: 'transitionNotAllowed' } });
    expect(await desk.clear(reviewer, eventId, statement(iso()))).toMatchObject({
      refusal: { code: 'notPermitted' },
    });
  });

  it('is declared only for units that the person works for, with types that they have', async () => {
    const elsewhere = await inside(async (trx) => {
      const second = await addAuthority(trx);
      await entitle(trx, world.entryId, second);
      return second;
    });
    const scope = { authorityIds: [elsewhere], catalogCodes: [code], operations: ['issue'] as const };
    expect(await desk.declare(operator, declaration({ scope }), key())).toMatchObject({
      refusal: { code: 'notPermitted' },
    });
    const unknown = { ...scope, authorityIds: [world.authorityId], catalogCodes: ['000000000000000000000'] };
    expect(await desk.declare(operator, declaration({ scope: unknown }), key())).toMatchObject({
      refusal: { code: 'contentInvalid' },
    });
    expect(await inside((trx) => trx('force_majeure_event').where({ authority_id: elsewhere }))).toEqual([]);
  });

  it('excuses the days of an increment and the periods of an assessment, also across a recurrence', async () => {
    const eventId = await recognised();
    clock.advance(30 * HOUR_MS);
    value(await desk.clear(operator, eventId, statement(iso())));
    clock.advance(48 * HOUR_MS);
    const again = { recurredAt: iso(), reason: '复发', evidence: EVIDENCE };
    value(await desk.recur(operator, eventId, again));
    const place = { authorityId: world.authorityId, catalogEntryId: world.entryId };
    const span = { from: legalDate('2026-11-20'), to: legalDate('2026-11-30') };
    const days = await inside((trx) => forceMajeureDays(trx, { ...place, ...span }));
    expect(days.map(({ date }) => date)).toEqual([
      '2026-11-23',
      '2026-11-24',
      '2026-11-26',
      '2026-11-27',
      '2026-11-28',
      '2026-11-29',
      '2026-11-30',
    ]);
    expect(days.every(({ recognised: isRecognised }) => isRecognised)).toBe(true);
    const month = {
      from: new Date('2026-11-01T00:00:00+08:00'),
      until: new Date('2026-12-01T00:00:00+08:00'),
    };
    const periods = await inside((trx) => forceMajeurePeriods(trx, month));
    const own = periods.filter((period) => period.eventId === eventId);
    expect(own.map(({ from, until }) => [from.getTime(), until?.getTime() ?? null])).toEqual([
      [NOON.getTime(), NOON.getTime() + 30 * HOUR_MS],
      [NOON.getTime() + 78 * HOUR_MS, null],
    ]);
    const [caseId = ''] = await failing(1);
    await ledger.settle(eventId);
    const excluded = await inside((trx) => excludedItems(trx, month));
    expect(excluded.find(({ subjectId }) => subjectId === caseId)).toMatchObject({ eventId, until: null });
  });

  it('excuses a day for the time being until the city answers, and not at all when it refuses', async () => {
    const { eventId } = value(await desk.declare(operator, declaration(), key()));
    const wanted = {
      authorityId: world.authorityId,
      catalogEntryId: world.entryId,
      from: legalDate('2026-11-23'),
      to: legalDate('2026-11-23'),
    };
    const days = () => inside((trx) => forceMajeureDays(trx, wanted));
    expect(await days()).toMatchObject([{ date: '2026-11-23', recognised: false }]);
    value(await desk.report(operator, eventId));
    value(await desk.reject(city, eventId, '可以预见'));
    expect(await days()).toEqual([]);
  });

  it('owes the increment of each of its days that has ended, where the unit delivers day by day', async () => {
    await inside((trx) =>
      trx('catalog_entitlement')
        .where({ authority_id: world.authorityId })
        .update({ mode: 'dailyIncrement', exemption: JSON.stringify({ kind: 'technical' }) }),
    );
    const eventId = await recognised();
    await ledger.settle(eventId);
    expect(await itemsOf(eventId)).toEqual([]);
    clock.advance(48 * HOUR_MS);
    await ledger.settle(eventId);
    await ledger.settle(eventId);
    expect((await itemsOf(eventId)).map(({ reference, operation }) => [reference, operation])).toEqual([
      ['2026-11-23', 'collect'],
      ['2026-11-24', 'collect'],
    ]);
    const dayId = randomUUID();
    await inside(async (trx) => {
      await trx('increment_day').insert({
        id: dayId,
        authority_id: world.authorityId,
        trade: world.trade,
        catalog_entry_id: world.entryId,
        date: '2026-11-23',
        state: 'caughtUp',
        caught_up_at: clock.now(),
        opened_at: clock.now(),
        updated_at: clock.now(),
      });
      await trx('event').insert({
        id: randomUUID(),
        kind: 'incrementDay.catchUp',
        case_kind: 'incrementDay',
        case_id: dayId,
        authority_id: world.authorityId,
        trade: world.trade,
        actor: '{}',
        facts: '{}',
        occurred_at: clock.now(),
        recorded_at: clock.now(),
      });
    });
    await ledger.settle(eventId);
    expect((await itemsOf(eventId)).map(({ reference, state }) => [reference, state])).toEqual([
      ['2026-11-23', 'done'],
      ['2026-11-24', 'open'],
    ]);
  });

  describe('status in doubt', () => {
    const decision = { name: '吊销决定书', number: '1号', date: '2026-11-23', organ: '局' };
    const setDoubt = (
      certificateNumber: string,
      plannedOperation: 'revoke' | 'suspend' | 'amend' = 'revoke',
    ) => doubts.set(operator, { certificateNumber, catalogCode: code, plannedOperation, decision }, key());
    const marks = async (versionId: string) =>
      inside(async (trx) => (await trx('certificate_version').where({ id: versionId }).first('marks')).marks);

    it('stands by the certificate number alone, once, and is confirmed away by a second person only', async () => {
      const certificate = await inside((trx) => addCertificate(trx, world));
      const { number, versionId } = certificate;
      expect(value(await setDoubt(number))).toMatchObject({ state: 'standing', eventId: null });
      expect(await marks(versionId)).toEqual(['statusInDoubt']);
      expect(await setDoubt(number)).toMatchObject({ refusal: { code: 'statusAlreadyInDoubt' } });
      const lifting = { certificateNumber: number, catalogCode: code, reason: '经核实无此决定' };
      expect(await doubts.confirm(operator, lifting, key())).toMatchObject({
        refusal: { code: 'secondPersonRequired' },
      });
      expect(value(await doubts.confirm(reviewer, lifting, key()))).toMatchObject({
        state: 'lifted',
        liftKind: 'confirmed',
      });
      expect(await marks(versionId)).toEqual([]);
      expect(await doubts.confirm(reviewer, lifting, key())).toMatchObject({
        refusal: { code: 'statusNotInDoubt' },
      });
    });

    it('answers the same for the same key, and refuses what has ended or is not there', async () => {
      const [live, ended] = await inside(async (trx) => [
        await addCertificate(trx, world),
        await addCertificate(trx, world, undefined, { state: 'cancelled', ended_at: NOON }),
      ]);
      const doubt = {
        certificateNumber: live?.number ?? '',
        catalogCode: code,
        plannedOperation: 'cancel' as const,
        decision,
      };
      const once = key();
      const first = value(await doubts.set(city, doubt, once));
      expect(value(await doubts.set(city, doubt, once)).id).toBe(first.id);
      expect(await setDoubt(ended?.number ?? '')).toMatchObject({
        refusal: { code: 'transitionNotAllowed' },
      });
      expect(await setDoubt('no such number')).toMatchObject({ refusal: { code: 'notFound' } });
    });

    it.each([
      ['revoked', 'revoke', true],
      ['suspended', 'suspend', true],
      ['suspended', 'revoke', false],
    ] as const)('after %s was entered, a doubt about %s is lifted: %s', async (state, planned, isLifted) => {
      const { number, versionId, certificateId } = await inside((trx) => addCertificate(trx, world));
      value(await setDoubt(number, planned));
      await inside((trx) => trx('certificate_version').where({ id: versionId }).update({ state }));
      expect(await marks(versionId)).toEqual(isLifted ? [] : ['statusInDoubt']);
      const [row] = await inside((trx) => trx('certificate_doubt').where({ certificate_id: certificateId }));
      expect(row.lift_kind).toBe(isLifted ? 'entered' : null);
    });

    it('is not lifted by the first day of a certificate', async () => {
      const { number, versionId } = await inside((trx) =>
        addCertificate(trx, world, undefined, { state: 'notYetInForce' }),
      );
      value(await setDoubt(number));
      await inside((trx) => trx('certificate_version').where({ id: versionId }).update({ state: 'inForce' }));
      expect(await marks(versionId)).toEqual(['statusInDoubt']);
    });
  });

  // Last: the numbers of so many cases leave none for the types of other tests.
  it('takes in 500 failing cases in pages, each look within two seconds, and is idempotent', async () => {
    const eventId = await recognised();
    await failing(500);
    const looks: number[] = [];
    for (let again: number | null = 0; again === 0; ) {
      const beganAt = performance.now();
      again = (await ledger.settle(eventId)).lookAgainInMs;
      looks.push(performance.now() - beganAt);
    }
    expect(looks.length).toBe(3);
    expect(Math.max(...looks)).toBeLessThan(2_000);
    expect((await itemsOf(eventId)).length).toBe(500);
    await ledger.settle(eventId);
    expect((await itemsOf(eventId)).length).toBe(500);
  });
});
