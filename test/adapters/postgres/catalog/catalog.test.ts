import { PostgresCatalogDesk } from '../../../../adapters/postgres/catalog/catalog-desk';
import { loadPinnedRules, loadRules } from '../../../../adapters/postgres/catalog/catalog-rules';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import { seedReferenceData } from '../../../../adapters/postgres/register/seed-reference-data';
import { BUILT_IN_DEFINITIONS } from '../../../../domain/catalog/built-in/built-in-definitions';
import { legalDate } from '../../../../domain/shared/legal-date';
import type { PersonPrincipal } from '../../../../domain/shared/principal';
import { anIdempotency } from '../../../support/builders/idempotency';
import {
  addAuthority,
  addCatalogEntry,
  addPerson,
  definition,
  entitle,
  INTEGRITY,
  NOON,
  person,
  SYSTEM,
  TestClock,
} from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

const TODAY = '2026-11-23';

describe('the catalogue', () => {
  let database: TestDatabase;
  let register: Register;
  let desk: PostgresCatalogDesk;
  let authorityId: string;
  let city: PersonPrincipal;
  let otherCity: PersonPrincipal;
  let department: PersonPrincipal;
  const clock = new TestClock();
  const codeOf = async (answer: Promise<{ ok: boolean; refusal?: { code: string } }>): Promise<string> => {
    const { ok, refusal } = await answer;
    return ok ? 'ok' : (refusal?.code ?? '');
  };
  const rules = async (code: string, authority = authorityId, on = TODAY) =>
    register.within(SYSTEM, (trx) => loadRules(trx, INTEGRITY, code, authority, on));

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 4 });
    desk = new PostgresCatalogDesk({ register, integrity: INTEGRITY, clock });
    await register.within(SYSTEM, async (trx) => {
      authorityId = await addAuthority(trx);
      const people = [await addPerson(trx), await addPerson(trx), await addPerson(trx)] as const;
      const asCity = { authorityId, roles: ['cityAdministrator'] as const, scope: { everything: true } };
      city = person({ personId: people[0], ...asCity });
      otherCity = person({ personId: people[1], ...asCity });
      department = person({
        personId: people[2],
        authorityId,
        roles: ['departmentAdministrator'],
        scope: { trades: ['transport'] },
      });
    });
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  it('goes from a draft by one person through the approval of another to publication', async () => {
    const code = '11100000000019713D801';
    const drafted = await desk.draft(department, definition({ code }), anIdempotency());
    if (!drafted.ok) throw new Error(drafted.refusal.code);
    const { id } = drafted.value;
    expect(drafted.value).toMatchObject({
      version: 1,
      state: 'draft',
      availableOperations: ['submit', 'withdraw'],
    });
    expect(await codeOf(desk.approve(city, id))).toBe('transitionNotAllowed');
    expect(await codeOf(desk.submit(department, id))).toBe('ok');
    expect(await codeOf(desk.approve(department, id))).toBe('notPermitted');
    expect(await codeOf(desk.approve(city, id))).toBe('ok');
    expect(await codeOf(desk.publish(city, id, '2026-11-22'))).toBe('malformedRequest');
    expect(await desk.publish(city, id, TODAY)).toMatchObject({
      value: { state: 'published', effectiveFrom: TODAY },
    });
    const events = await register.within(SYSTEM, async (trx) =>
      trx('event').where({ case_kind: 'catalog' }).pluck('kind'),
    );
    expect([...events].sort()).toEqual([
      'catalog.approve',
      'catalog.draft',
      'catalog.publish',
      'catalog.submit',
    ]);
  });

  it('lets nobody approve what he or she drafted', async () => {
    const drafted = await desk.draft(city, definition({ code: '11100000000019713D802' }), anIdempotency());
    if (!drafted.ok) throw new Error(drafted.refusal.code);
    await desk.submit(city, drafted.value.id);
    expect(await codeOf(desk.approve(city, drafted.value.id))).toBe('secondPersonRequired');
    expect(await codeOf(desk.approve(otherCity, drafted.value.id))).toBe('ok');
  });

  it('lets a department draft its own trade only, and staff nothing', async () => {
    const foreign = definition({ code: '11100000000019713D803', trade: 'housing' });
    expect(await codeOf(desk.draft(department, foreign, anIdempotency()))).toBe('notPermitted');
    const staff = person({
      personId: city.personId,
      authorityId,
      roles: ['operator'],
      scope: { authorityIds: [authorityId] },
    });
    expect(await codeOf(desk.draft(staff, definition(), anIdempotency()))).toBe('notPermitted');
  });

  it('is not submitted without a declaration that it is not classified', async () => {
    const drafted = await desk.draft(
      city,
      definition({ code: '11100000000019713D804', notClassifiedDeclaration: null }),
      anIdempotency(),
    );
    if (!drafted.ok) throw new Error(drafted.refusal.code);
    expect(await desk.submit(city, drafted.value.id)).toMatchObject({
      refusal: { code: 'malformedRequest', problems: [{ pointer: '/notClassifiedDeclaration' }] },
    });
  });

  it('writes an open draft over, and leaves one alone that is under review', async () => {
    const code = '11100000000019713D805';
    const first = await desk.draft(city, definition({ code }), anIdempotency());
    const again = await desk.draft(otherCity, definition({ code, name: '新名称' }), anIdempotency());
    if (!first.ok || !again.ok) throw new Error('not drafted');
    expect(again.value).toMatchObject({ id: first.value.id, version: 1, definition: { name: '新名称' } });
    await desk.submit(city, first.value.id);
    expect(await codeOf(desk.draft(city, definition({ code }), anIdempotency()))).toBe(
      'transitionNotAllowed',
    );
  });

  it('keeps the version in force until the day on which the next takes effect', async () => {
    const code = '11100000000019713D806';
    const { entryId, versionId } = await register.within(SYSTEM, (trx) => addCatalogEntry(trx, { code }));
    await register.within(SYSTEM, (trx) => entitle(trx, entryId, authorityId));
    const drafted = await desk.draft(department, definition({ code, name: '第二版' }), anIdempotency());
    if (!drafted.ok) throw new Error(drafted.refusal.code);
    await desk.submit(department, drafted.value.id);
    await desk.approve(city, drafted.value.id);
    await desk.publish(city, drafted.value.id, '2026-12-01');
    expect(await desk.versions(city, entryId)).toMatchObject([
      { version: 2, state: 'published' },
      { version: 1, state: 'superseded' },
    ]);
    expect(await rules(code, authorityId, '2026-11-30')).toMatchObject({
      value: { catalogEntryVersionId: versionId },
    });
    expect(await rules(code, authorityId, '2026-12-01')).toMatchObject({
      value: { definition: { name: '第二版' } },
    });
    const listed = (await desk.list(city)).find((entry) => entry.code === code);
    expect(listed).toMatchObject({ publishedVersion: 1, entitlements: [{ areaName: '东胜区' }] });
  });

  it('entitles an authority between two dates, half-open, and by its own area first', async () => {
    const code = '11100000000019713D807';
    await register.within(SYSTEM, async (trx) => {
      const { entryId } = await addCatalogEntry(trx, { code });
      await entitle(trx, entryId, authorityId, { valid_from: '2026-06-01', valid_until: '2026-12-01' });
      await entitle(trx, entryId, authorityId, {
        areas: ['150603'],
        area_name: '康巴什区',
        valid_from: '2026-07-01',
      });
    });
    expect(await rules(code, authorityId, '2026-05-31')).toMatchObject({
      refusal: { code: 'authorityNotEntitled' },
    });
    expect(await rules(code, authorityId, '2026-06-01')).toMatchObject({
      value: { entitlement: { areaName: '东胜区' } },
    });
    expect(await rules(code, authorityId, '2026-11-30')).toMatchObject({
      value: { entitlement: { areaName: '东胜区' } },
    });
    expect(await rules(code, authorityId, '2026-12-01')).toMatchObject({
      value: { entitlement: { areaName: '康巴什区' } },
    });
  });

  it('refuses types that are unknown or issued elsewhere, and authorities that have ended or never could', async () => {
    const code = '11100000000019713D808';
    const [mirrored, ended, entrusted, silent] = await register.within(SYSTEM, async (trx) => {
      const mirror = await addCatalogEntry(trx, { code: '11100000000019713D809', handling: 'mirror' });
      await entitle(trx, mirror.entryId, authorityId);
      const { entryId } = await addCatalogEntry(trx, { code });
      const units = [
        await addAuthority(trx, { active_until: TODAY }),
        await addAuthority(trx, {
          kind: 'entrustedOrganisation',
          entrusted_by_id: authorityId,
          entrustment_basis: '委托书',
          entrustment_ends_on: TODAY,
        }),
        await addAuthority(trx, { is_issuing: false }),
      ] as const;
      for (const unit of units) await entitle(trx, entryId, unit);
      return ['11100000000019713D809', ...units] as const;
    });
    expect(await rules('11100000000019713D999')).toMatchObject({ refusal: { code: 'catalogEntryUnknown' } });
    expect(await rules(mirrored)).toMatchObject({ refusal: { code: 'notIssuedHere' } });
    expect(await rules(code)).toMatchObject({ refusal: { code: 'authorityNotEntitled' } });
    for (const unit of [ended, entrusted, silent]) {
      expect(await rules(code, unit)).toMatchObject({ refusal: { code: 'authorityNotEntitled' } });
      expect(await rules(code, unit, '2026-11-22')).toMatchObject(
        unit === silent ? { ok: false } : { ok: true },
      );
    }
  });

  it('keeps a case on its version and entitlement, whatever has changed since', async () => {
    const { entryId, versionId } = await register.within(SYSTEM, (trx) =>
      addCatalogEntry(trx, { code: '11100000000019713D810' }),
    );
    await register.within(SYSTEM, (trx) => entitle(trx, entryId, authorityId, { valid_until: '2026-11-24' }));
    const pinned = await register.within(SYSTEM, (trx) =>
      loadPinnedRules(trx, INTEGRITY, {
        catalog_entry_version_id: versionId,
        authority_id: authorityId,
        received_at: NOON,
      }),
    );
    expect(pinned).toMatchObject({ catalogEntryId: entryId, entitlement: { until: '2026-11-24' } });
  });

  it('refuses a review policy that was loosened behind the product’s back', async () => {
    const code = '11100000000019713D811';
    await register.within(SYSTEM, async (trx) => {
      const { entryId, versionId } = await addCatalogEntry(trx, { code, reviewPolicy: { kind: 'always' } });
      await entitle(trx, entryId, authorityId);
      await trx.raw(
        `UPDATE catalog_entry_version SET definition = jsonb_set(definition, '{reviewPolicy,kind}', '"none"') WHERE id = ?`,
        [versionId],
      );
    });
    await expect(rules(code)).rejects.toThrow(/HMAC-SM3/);
  });

  it('goes on by the policy that it checked when one is loosened afterwards, and refuses a version that was put in force', async () => {
    const code = '11100000000019713D812';
    const { entryId, versionId } = await register.within(SYSTEM, (trx) =>
      addCatalogEntry(trx, { code, reviewPolicy: { kind: 'always' } }),
    );
    await register.within(SYSTEM, (trx) => entitle(trx, entryId, authorityId));
    const policy = { value: { definition: { reviewPolicy: { kind: 'always' } } } };
    expect(await rules(code)).toMatchObject(policy);
    await register.statement(
      SYSTEM,
      `UPDATE catalog_entry_version SET definition = jsonb_set(definition, '{reviewPolicy,kind}', '"none"') WHERE id = ?`,
      [versionId],
    );
    expect(await rules(code)).toMatchObject(policy);
    await register.statement(
      SYSTEM,
      `UPDATE catalog_entry_version SET effective_from = '2020-01-01' WHERE id = ?`,
      [versionId],
    );
    await expect(rules(code)).rejects.toThrow(/HMAC-SM3/);
  });

  it('is seeded with the built-in types as drafts, once', async () => {
    await seedReferenceData(register, INTEGRITY, NOON);
    await seedReferenceData(register, INTEGRITY, NOON);
    const rows: readonly { state: string; definition: { code: string } }[] = await register.within(
      SYSTEM,
      async (trx) =>
        trx('catalog_entry_version AS v')
          .join('catalog_entry AS e', 'e.id', 'v.catalog_entry_id')
          .whereIn(
            'e.code',
            BUILT_IN_DEFINITIONS.map((built) => built.code),
          )
          .select('v.state', 'v.definition'),
    );
    expect(rows).toHaveLength(BUILT_IN_DEFINITIONS.length);
    expect(new Set(rows.map(({ state }) => state))).toEqual(new Set(['draft']));
    expect(await rules(BUILT_IN_DEFINITIONS[0]?.code ?? '')).toMatchObject({
      refusal: { code: 'catalogEntryUnknown' },
    });
    const undeclared = { definitions: BUILT_IN_DEFINITIONS, publishedFrom: legalDate(TODAY) };
    await expect(seedReferenceData(register, INTEGRITY, NOON, undeclared)).rejects.toThrow(/不涉密/);
  });

  it('goes back to its author with the reason, loses its approval, and is withdrawn for good', async () => {
    const code = '11100000000019713D871';
    const drafted = await desk.draft(department, definition({ code }), anIdempotency());
    if (!drafted.ok) throw new Error(drafted.refusal.code);
    const { id } = drafted.value;
    await desk.submit(department, id);
    await desk.approve(city, id);
    expect(await codeOf(desk.sendBack(department, id, '理由'))).toBe('notPermitted');
    expect(await desk.sendBack(city, id, '照面要素不全')).toMatchObject({
      value: { state: 'draft', stateReason: '照面要素不全', availableOperations: ['submit', 'withdraw'] },
    });
    expect(await codeOf(desk.approve(city, id))).toBe('transitionNotAllowed');
    expect(await desk.submit(department, id)).toMatchObject({ value: { stateReason: null } });
    expect(await codeOf(desk.withdraw(department, id, '不再需要'))).toBe('ok');
    expect(await codeOf(desk.submit(department, id))).toBe('transitionNotAllowed');
    const next = await desk.draft(department, definition({ code }), anIdempotency());
    expect(next).toMatchObject({ value: { version: 2, state: 'draft' } });
  });

  it('is drafted once per key', async () => {
    const key = anIdempotency();
    const wanted = definition({ code: '11100000000019713D872' });
    const first = await desk.draft(department, wanted, key);
    expect(await desk.draft(department, wanted, key)).toEqual(first);
    const other = { ...key, bodyDigest: Buffer.alloc(32, 9) };
    expect(await codeOf(desk.draft(department, wanted, other))).toBe('idempotencyKeyReused');
  });
});
