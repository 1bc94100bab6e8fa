import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import { PostgresSealDesk } from '../../../../adapters/postgres/sealing/seal-desk';
import type { PersonPrincipal } from '../../../../domain/shared/principal';
import { anIdempotency } from '../../../support/builders/idempotency';
import {
  addAuthority,
  addCatalogEntry,
  addIssuance,
  addPerson,
  addSeal,
  addWorld,
  type CaseWorld,
  INTEGRITY,
  person,
  SYSTEM,
  TestClock,
} from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

describe('the seal desk', () => {
  let database: TestDatabase;
  let register: Register;
  let desk: PostgresSealDesk;
  let world: CaseWorld;
  let sealId: string;
  let catalogCode: string;
  let keeper: PersonPrincipal;
  const clock = new TestClock();
  const mandate = (overrides: Partial<Parameters<PostgresSealDesk['grantMandate']>[1]> = {}) => ({
    sealId,
    catalogCode,
    validFrom: '2026-11-23',
    validUntil: '2026-12-31',
    volumeCap: 100,
    ...overrides,
  });
  const told = async (): Promise<readonly string[]> =>
    register.within(SYSTEM, async (trx) => {
      const rows: readonly { dedupe_key: string; payload: { id: string } }[] = await trx('outbox')
        .where({ topic: 'signalWorkflow' })
        .select('dedupe_key', 'payload');
      await trx('outbox').update({ topic: 'mail' });
      return rows
        .filter(({ dedupe_key: key }) => key.includes('/sealsChanged/'))
        .map(({ payload }) => payload.id);
    });

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 4 });
    desk = new PostgresSealDesk({ register, integrity: INTEGRITY, clock });
  });
  beforeEach(async () => {
    await register.within(SYSTEM, async (trx) => {
      world = await addWorld(trx);
      sealId = await addSeal(trx, world.authorityId);
      catalogCode = (await trx('catalog_entry').where({ id: world.entryId }).first('code')).code;
      keeper = person({
        personId: await addPerson(trx, { authority_id: world.authorityId }),
        authorityId: world.authorityId,
        roles: ['sealKeeper'],
        scope: { authorityIds: [world.authorityId] },
      });
    });
    await told();
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  it('stops a seal with a reason and resumes it, each time once', async () => {
    expect(await desk.stop(keeper, sealId, ' ')).toMatchObject({ refusal: { code: 'reasonRequired' } });
    expect(await desk.stop(keeper, sealId, '印模更换')).toMatchObject({
      value: { state: 'stopped', stateReason: '印模更换' },
    });
    expect(await desk.stop(keeper, sealId, '再停')).toMatchObject({
      refusal: { code: 'transitionNotAllowed' },
    });
    expect(await desk.resume(keeper, sealId)).toMatchObject({ value: { state: 'inUse', stateReason: null } });
    expect(await desk.seals(keeper)).toMatchObject([
      { id: sealId, validFrom: '2026-01-01', validUntil: '2028-12-31' },
    ]);
  });

  it('tells every case that waits for a seal of the authority, also a joint issue of another one, and no other case', async () => {
    const waiting = await register.within(SYSTEM, async (trx) => {
      const { credit_code: organ } = await trx('authority')
        .where({ id: world.authorityId })
        .first('credit_code');
      const own = await addIssuance(trx, world, { state: 'awaitingSeal' });
      await addIssuance(trx, world, { state: 'underReview' });
      const other = await addWorld(trx);
      await addIssuance(trx, other, { state: 'awaitingSeal' });
      const joint = await addCatalogEntry(trx, {
        requiredSeals: [
          { ordinal: 1, organ: 'issuingAuthority', kind: 'approval' },
          { ordinal: 2, organ, kind: 'approval' },
        ],
      });
      return [own, await addIssuance(trx, { ...other, ...joint }, { state: 'awaitingSeal' })];
    });
    await desk.stop(keeper, sealId, '停用');
    await desk.resume(keeper, sealId);
    const ids = await told();
    expect(ids).toHaveLength(4);
    expect([...new Set(ids)].sort()).toEqual([...waiting].sort());
    await desk.grantMandate(keeper, mandate(), anIdempotency());
    expect([...(await told())].sort()).toEqual([...waiting].sort());
  });

  it('grants a mandate from the first to the end of the last day, under the keeper’s name', async () => {
    const granted = await desk.grantMandate(keeper, mandate(), anIdempotency());
    expect(granted).toMatchObject({
      value: {
        sealId,
        catalogCode,
        validFrom: '2026-11-23',
        validUntil: '2026-12-31',
        volumeCap: 100,
        used: 0,
        endedAt: null,
      },
    });
    const row = await register.within(SYSTEM, async (trx) =>
      trx('seal_use_mandate').where({ seal_id: sealId }).first(),
    );
    expect(row).toMatchObject({
      granted_by: keeper.personId,
      valid_from: new Date('2026-11-23T00:00:00+08:00'),
      valid_until: new Date('2027-01-01T00:00:00+08:00'),
    });
    expect(await desk.mandates(keeper)).toHaveLength(1);
  });

  it.each([
    ['/validFrom', { validFrom: '2026-02-30' }],
    ['/validUntil', { validUntil: '2026-11-22' }],
    ['/validUntil', { validFrom: '2026-11-01', validUntil: '2026-11-22' }],
    ['/volumeCap', { volumeCap: 0 }],
  ])('refuses a mandate that makes no sense, naming %s', async (pointer, overrides) => {
    expect(await desk.grantMandate(keeper, mandate(overrides), anIdempotency())).toMatchObject({
      refusal: { code: 'malformedRequest', problems: [{ pointer }] },
    });
  });

  it('ends a mandate once', async () => {
    const granted = await desk.grantMandate(keeper, mandate(), anIdempotency());
    if (!granted.ok) throw new Error(granted.refusal.code);
    expect(await desk.endMandate(keeper, granted.value.id)).toMatchObject({
      value: { endedAt: '2026-11-23T12:00:00+08:00' },
    });
    expect(await desk.endMandate(keeper, granted.value.id)).toMatchObject({
      refusal: { code: 'transitionNotAllowed' },
    });
  });

  it('is closed to other roles and invisible to other authorities', async () => {
    const operator: PersonPrincipal = { ...keeper, roles: ['operator'] };
    expect(await desk.stop(operator, sealId, '停用')).toMatchObject({ refusal: { code: 'notPermitted' } });
    const elsewhere = await register.within(SYSTEM, (trx) => addAuthority(trx));
    const stranger: PersonPrincipal = { ...keeper, scope: { ...keeper.scope, authorityIds: [elsewhere] } };
    expect(await desk.stop(stranger, sealId, '停用')).toMatchObject({ refusal: { code: 'notFound' } });
    expect(await desk.grantMandate(stranger, mandate(), anIdempotency())).toMatchObject({
      refusal: { code: 'notFound' },
    });
    expect(await desk.seals(stranger)).toEqual([]);
  });

  it('shows no seal that was changed behind the product’s back', async () => {
    await register.within(SYSTEM, (trx) =>
      trx('seal').where({ id: sealId }).update({ ofd_key_id: 'stolen' }),
    );
    await expect(desk.seals(keeper)).rejects.toThrow(/HMAC-SM3/);
  });
});
