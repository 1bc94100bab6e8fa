import { loadRules } from '../../../../adapters/postgres/catalog/catalog-rules';
import { PostgresAgencyKeyDesk } from '../../../../adapters/postgres/organisation/agency-key-desk';
import { PostgresAgencyKeys } from '../../../../adapters/postgres/organisation/agency-keys';
import { PostgresAgencySystemDesk } from '../../../../adapters/postgres/organisation/agency-system-desk';
import { PostgresAuthorityDesk } from '../../../../adapters/postgres/organisation/authority-desk';
import { createRecordPortKeys } from '../../../../adapters/postgres/organisation/record-port-keys';
import { resolveScope } from '../../../../adapters/postgres/organisation/resolve-scope';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import { creditCodeCheckCharacter } from '../../../../domain/certificate/unified-credit-code';
import { legalDate } from '../../../../domain/shared/legal-date';
import type { PersonPrincipal } from '../../../../domain/shared/principal';
import type { AuthorityView, NewAuthority } from '../../../../ports/organisation';
import { anIdempotency } from '../../../support/builders/idempotency';
import {
  addAuthority,
  addCatalogEntry,
  addPerson,
  agency,
  assignRole,
  CIPHER,
  entitle,
  INTEGRITY,
  NOON,
  nextNumber,
  person,
  SYSTEM,
  TestClock,
} from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

const TODAY = legalDate('2026-11-23');

describe('the organisation', () => {
  let database: TestDatabase;
  let register: Register;
  let clock: TestClock;
  let administrator: PersonPrincipal;
  let city: PersonPrincipal;
  const options = () => ({ register, cipher: CIPHER, clock });

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 6 });
    await register.within(SYSTEM, async (trx) => {
      administrator = person({ personId: await addPerson(trx), roles: ['systemAdministrator'] });
      const roles = ['cityAdministrator'] as const;
      city = person({ personId: await addPerson(trx), roles, scope: { everything: true } });
    });
  });
  beforeEach(() => {
    clock = new TestClock();
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  describe('units', () => {
    const desk = () => new PostgresAuthorityDesk(options());
    const aCreditCode = (): string => {
      const head = `91150602MA0T${String(nextNumber()).padStart(5, '0')}`;
      return head + creditCodeCheckCharacter(head);
    };
    const aUnit = (override: Partial<NewAuthority> = {}): NewAuthority => ({
      creditCode: aCreditCode(),
      name: '康巴什区政务服务局',
      kind: 'administrativeOrgan',
      level: 'banner',
      areaCode: '150603',
      trade: null,
      isIssuing: true,
      parentId: null,
      competentDepartmentId: null,
      entrustment: null,
      activeFrom: legalDate('2026-01-01'),
      ...override,
    });
    const added = async (override: Partial<NewAuthority> = {}): Promise<AuthorityView> => {
      const answer = await desk().add(city, aUnit(override), anIdempotency());
      if (!answer.ok) throw new Error(JSON.stringify(answer.refusal));
      return answer.value;
    };
    const eventsOf = async (id: string): Promise<readonly string[]> =>
      register.within(SYSTEM, async (trx) => {
        const rows = await trx('event').where({ case_id: id }).orderBy('recorded_at').select('kind');
        return rows.map(({ kind }) => kind);
      });

    it('are added once per key, on the record', async () => {
      const key = anIdempotency();
      const unit = aUnit();
      const first = await desk().add(administrator, unit, key);
      expect(await desk().add(administrator, unit, key)).toEqual(first);
      if (!first.ok) throw new Error(first.refusal.code);
      expect(await eventsOf(first.value.id)).toEqual(['authority.add']);
      expect(await desk().add(city, unit, anIdempotency())).toMatchObject({
        refusal: { code: 'creditCodeTaken', problems: [{ pointer: '/creditCode' }] },
      });
      const banner = person({ personId: city.personId, roles: ['bannerAdministrator'] });
      expect(await desk().add(banner, aUnit(), anIdempotency())).toMatchObject({
        refusal: { code: 'notPermitted' },
      });
    });

    it('change over the revision that was seen, and only to units that exist', async () => {
      const unit = await added();
      const parent = await added();
      const renamed = await desk().change(city, unit.id, 1, { name: '新名称', parentId: parent.id });
      expect(renamed).toMatchObject({ value: { name: '新名称', parentId: parent.id, revision: 2 } });
      expect(await desk().change(city, unit.id, 1, { name: '旧' })).toMatchObject({
        refusal: { code: 'revisionConflict' },
      });
      for (const parentId of [unit.id, '00000000-0000-4000-8000-000000000099']) {
        expect(await desk().change(city, unit.id, 2, { parentId })).toMatchObject({
          refusal: { problems: [{ pointer: '/parentId' }] },
        });
      }
      expect(await eventsOf(unit.id)).toEqual(['authority.add', 'authority.change']);
    });

    it('that are entrusted name by whom and until when, and may not issue after that day', async () => {
      const by = await added();
      const entrustment = { byId: by.id, basis: '委托书 1 号', endsOn: legalDate('2026-12-01') };
      const body = await added({ kind: 'entrustedOrganisation', entrustment });
      expect(body.entrustment).toEqual(entrustment);
      const entry = await register.within(SYSTEM, async (trx) => {
        const made = await addCatalogEntry(trx);
        await entitle(trx, made.entryId, body.id, { areas: ['150603'] });
        return trx('catalog_entry').where({ id: made.entryId }).first('code');
      });
      const mayIssueOn = async (on: string) =>
        (await register.within(SYSTEM, (trx) => loadRules(trx, INTEGRITY, entry.code, body.id, on))).ok;
      expect([await mayIssueOn('2026-11-30'), await mayIssueOn('2026-12-01')]).toEqual([true, false]);
      await desk().change(city, body.id, 1, { entrustmentEndsOn: TODAY });
      expect(await mayIssueOn('2026-11-23')).toBe(false);
      const refusal = { code: 'contentInvalid' };
      expect(await desk().add(city, aUnit({ kind: 'entrustedOrganisation' }), anIdempotency())).toMatchObject(
        {
          refusal,
        },
      );
      expect(await desk().add(city, aUnit({ entrustment }), anIdempotency())).toMatchObject({ refusal });
      expect(await desk().change(city, by.id, 1, { entrustmentEndsOn: TODAY })).toMatchObject({ refusal });
    });

    it('hand over to a successor, who sees what was theirs, while they begin nothing more', async () => {
      const [unit, successor] = [await added(), await added()];
      const takesOver = { successorId: successor.id, on: TODAY, basis: '鄂机编发〔2026〕1号' };
      expect(await desk().succeed(administrator, unit.id, takesOver)).toMatchObject({
        refusal: { code: 'notPermitted' },
      });
      expect(await desk().succeed(city, unit.id, takesOver)).toMatchObject({
        value: { successorId: successor.id, successorBasis: '鄂机编发〔2026〕1号', activeUntil: TODAY },
      });
      expect(await desk().succeed(city, unit.id, takesOver)).toMatchObject({
        refusal: { code: 'transitionNotAllowed' },
      });
      const scope = await register.within(SYSTEM, async (trx) => {
        const staff = await addPerson(trx, { authority_id: successor.id });
        await assignRole(trx, staff, 'operator', { authority_id: successor.id });
        return (await resolveScope(trx, INTEGRITY, staff, NOON)).scope;
      });
      expect(scope.authorityIds.toSorted()).toEqual([unit.id, successor.id].toSorted());
      expect(await eventsOf(unit.id)).toEqual(['authority.add', 'authority.succeed']);
    });

    it('never hand over to themselves, in a circle, to one that is gone, or ahead of time', async () => {
      const [first, second, third] = [await added(), await added(), await added()];
      const to = (successorId: string, on = TODAY) => ({ successorId, on, basis: '文件' });
      await desk().succeed(city, first.id, to(second.id));
      const refused = async (id: string, succession: ReturnType<typeof to>) => {
        const answer = await desk().succeed(city, id, succession);
        return answer.ok ? 'accepted' : answer.refusal.problems?.[0]?.pointer;
      };
      expect(await refused(second.id, to(first.id))).toBe('/successorId');
      expect(await refused(third.id, to(third.id))).toBe('/successorId');
      expect(await refused(third.id, to(first.id))).toBe('/successorId');
      expect(await refused(third.id, to(second.id, legalDate('2026-11-24')))).toBe('/on');
    });
  });

  describe('business systems', () => {
    const systems = () => new PostgresAgencySystemDesk(options());
    const keys = () => new PostgresAgencyKeyDesk(options());
    const live = () => new PostgresAgencyKeys(options());
    const addedSystem = async () => {
      const authorityId = await register.within(SYSTEM, (trx) => addAuthority(trx));
      const system = { authorityId, name: '审批系统', callbackHosts: ['callback.example'] };
      const answer = await systems().add(administrator, system, anIdempotency());
      if (!answer.ok) throw new Error(answer.refusal.code);
      return answer.value;
    };
    const issue = async (agencySystemId: string, validUntil: Date | null = null) =>
      keys().issue(administrator, { agencySystemId, validUntil }, anIdempotency());

    it('have two live keys, each shown once, so that they are rotated without an outage', async () => {
      const { id, authorityId } = await addedSystem();
      const key = anIdempotency();
      const wanted = { agencySystemId: id, validUntil: null };
      const first = await keys().issue(administrator, wanted, key);
      if (!first.ok) throw new Error(first.refusal.code);
      expect(await keys().issue(administrator, wanted, key)).toEqual({
        ok: true,
        value: { key: first.value.key, secret: null },
      });
      expect(await live().find(first.value.key.keyId)).toMatchObject({
        secret: first.value.secret,
        principal: { authorityId },
      });
      expect(await issue(id)).toMatchObject({ ok: true });
      expect(await issue(id)).toMatchObject({ refusal: { code: 'keySlotsTaken' } });
      expect(await keys().revoke(administrator, first.value.key.keyId)).toMatchObject({ ok: true });
      expect(await live().find(first.value.key.keyId)).toBeNull();
      expect(await issue(id)).toMatchObject({ ok: true });
      expect(await keys().revoke(administrator, first.value.key.keyId)).toMatchObject({
        refusal: { code: 'transitionNotAllowed' },
      });
    });

    it('get the slot of a key back that has run out', async () => {
      const { id } = await addedSystem();
      const soon = new Date(NOON.getTime() + 1000);
      await issue(id, soon);
      await issue(id, soon);
      expect(await issue(id)).toMatchObject({ refusal: { code: 'keySlotsTaken' } });
      clock.advance(1000);
      expect(await issue(id)).toMatchObject({ ok: true });
    });

    it('give one key to one of many who ask for the last slot at the same moment', async () => {
      const { id } = await addedSystem();
      await issue(id);
      const answers = await Promise.all([issue(id), issue(id), issue(id)]);
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    });

    it('are looked after by system administrators only, and seen by their own agency and the auditor', async () => {
      const system = await addedSystem();
      for (const other of [city, person({ personId: city.personId, roles: ['securityAdministrator'] })]) {
        expect(await systems().setState(other, system.id, 'stopped')).toMatchObject({
          refusal: { code: 'notPermitted' },
        });
      }
      const idsSeenBy = async (principal: Parameters<PostgresAgencySystemDesk['list']>[0]) =>
        (await systems().list(principal)).map(({ id }) => id);
      expect(await idsSeenBy(administrator)).toContain(system.id);
      expect(await idsSeenBy(agency(system.authorityId))).toEqual([system.id]);
      const auditor = person({ personId: city.personId, roles: ['auditor'], scope: { evidence: true } });
      expect(await idsSeenBy(auditor)).toContain(system.id);
      expect(await idsSeenBy(person({ personId: city.personId, roles: ['operator'] }))).toEqual([]);
    });

    it('are stopped at once, with all their keys', async () => {
      const { id } = await addedSystem();
      const issued = await issue(id);
      if (!issued.ok) throw new Error(issued.refusal.code);
      await systems().setState(administrator, id, 'stopped');
      expect(await live().find(issued.value.key.keyId)).toBeNull();
      expect(await systems().setState(administrator, id, 'stopped')).toMatchObject({
        refusal: { code: 'transitionNotAllowed' },
      });
      await systems().setState(administrator, id, 'active');
      expect(await live().find(issued.value.key.keyId)).not.toBeNull();
    });

    it('are asked for their records with a key of their own, kept encrypted', async () => {
      const [first, second] = [await addedSystem(), await addedSystem()];
      const port = (n: number) => ({
        url: `http://agency${n}.example/records`,
        keyId: 'ecert',
        secret: `s${n}-0123456789abcdef`,
      });
      const keyOf = createRecordPortKeys(register, CIPHER);
      await systems().setRecordPort(administrator, first.id, port(1));
      expect(await systems().setRecordPort(administrator, second.id, port(2))).toMatchObject({
        value: { recordPort: { url: port(2).url, keyId: 'ecert' } },
      });
      expect(await keyOf(port(1).url)).toEqual({ keyId: 'ecert', secret: port(1).secret });
      expect(await keyOf(port(2).url)).toEqual({ keyId: 'ecert', secret: port(2).secret });
      const stored = await register.within(SYSTEM, async (trx) =>
        trx('agency_system').where({ id: first.id }).first(),
      );
      expect(stored.record_secret_cipher.toString('utf8')).not.toContain(port(1).secret);
      expect(await systems().setRecordPort(administrator, second.id, port(1))).toMatchObject({
        refusal: { code: 'recordUrlTaken', problems: [{ pointer: '/url' }] },
      });
      await systems().setRecordPort(administrator, first.id, null);
      await expect(keyOf(port(1).url)).rejects.toThrow('has no key');
    });

    it('get a new webhook secret, shown once', async () => {
      const { id } = await addedSystem();
      const renewed = await systems().renewWebhookSecret(administrator, id);
      expect(renewed).toMatchObject({
        value: { secret: expect.stringMatching(/^whsec_.{44}$/), system: { hasWebhookSecret: true } },
      });
    });
  });
});
