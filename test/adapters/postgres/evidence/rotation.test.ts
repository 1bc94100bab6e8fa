import { cipherPlace, ENCRYPTED_COLUMNS } from '../../../../adapters/cipher/encrypted-columns';
import { Sm3RowIntegrity } from '../../../../adapters/cipher/row-integrity';
import { Sm4PersonalDataCipher } from '../../../../adapters/cipher/sm4-personal-data-cipher';
import { resealRows } from '../../../../adapters/postgres/evidence/reseal-rows';
import { rotatePersonalData } from '../../../../adapters/postgres/evidence/rotate-personal-data';
import { setLeave } from '../../../../adapters/postgres/organisation/person-leave';
import { resolveScope } from '../../../../adapters/postgres/organisation/resolve-scope';
import { enrolSecondFactor } from '../../../../adapters/postgres/organisation/second-factor';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import { seedReferenceData } from '../../../../adapters/postgres/register/seed-reference-data';
import { listSlaPolicies } from '../../../../adapters/postgres/sla/sla-policies';
import { legalDate } from '../../../../domain/shared/legal-date';
import {
  addCertificate,
  addPerson,
  addSeal,
  addWorld,
  assignRole,
  type CaseWorld,
  CIPHER,
  INTEGRITY,
  NOON,
  SYSTEM,
  testDataKey,
  testDataKeys,
} from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

const HOLDERS = 230;

/** Many transactions, or passwords that are slow to check on purpose, on a machine that others use too. */
jest.setTimeout(60_000);

describe('the rotation of keys', () => {
  let database: TestDatabase;
  let register: Register;
  let world: CaseWorld;
  const rotated = new Sm4PersonalDataCipher(testDataKeys('k2'));
  const onlyNew = { currentKeyId: 'k2', keys: new Map([['k2', testDataKey(11)]]) };

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 4 });
    await register.within(SYSTEM, async (trx) => {
      world = await addWorld(trx);
      const { versionId } = await addCertificate(
        trx,
        world,
        { name: '甲0', code: 'C0' },
        { state: 'awaitingSeal', issued_at: null },
      );
      for (let ordinal = 2; ordinal <= HOLDERS; ordinal += 1) {
        await trx('certificate_holder').insert({
          certificate_version_id: versionId,
          ordinal,
          authority_id: world.authorityId,
          trade: world.trade,
          kind: 'person',
          name_cipher: CIPHER.encrypt(
            `甲${ordinal}`,
            cipherPlace('certificate_holder.name_cipher', versionId, ordinal),
          ),
          name_lookup: CIPHER.lookup('holderName', `甲${ordinal}`),
        });
      }
      await trx('certificate_version').where({ id: versionId }).update({ state: 'inForce', issued_at: NOON });
      await enrolSecondFactor(trx, CIPHER, { id: world.operatorId, username: 'x' });
      const [{ id: systemId }] = await trx('agency_system')
        .insert({ authority_id: world.authorityId, name: '业务系统' })
        .returning('id');
      await trx('agency_system')
        .where({ id: systemId })
        .update({
          webhook_secret_cipher: CIPHER.encrypt(
            'whsec',
            cipherPlace('agency_system.webhook_secret_cipher', systemId),
          ),
        });
      await trx('agency_key').insert({
        key_id: 'agency-1',
        agency_system_id: systemId,
        slot: 1,
        secret_cipher: CIPHER.encrypt('secret', cipherPlace('agency_key.secret_cipher', 'agency-1')),
        valid_from: NOON,
      });
    });
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  it('moves every encrypted column to the current key, also over several pages, and is idempotent', async () => {
    const done = await rotatePersonalData(register, rotated);
    expect(done.map(({ column }) => column)).toEqual(Object.keys(ENCRYPTED_COLUMNS));
    expect(done.find(({ column }) => column === 'certificate_holder.name_cipher')).toMatchObject({
      rotated: HOLDERS,
      looked: HOLDERS,
    });
    for (const column of [
      'person.totp_secret_cipher',
      'agency_key.secret_cipher',
      'agency_system.webhook_secret_cipher',
      'issuance.request_cipher',
      'certificate_version.face_cipher',
    ]) {
      expect(done.find((each) => each.column === column)).toMatchObject({ rotated: 1 });
    }
    const again = await rotatePersonalData(register, rotated);
    expect(again.map((each) => each.rotated)).toEqual(again.map(() => 0));
  });

  it('leaves everything readable without the old key, and found by the same look-up', async () => {
    const fresh = new Sm4PersonalDataCipher(onlyNew);
    const holders = await register.within(SYSTEM, async (trx) =>
      trx('certificate_holder').orderBy('ordinal'),
    );
    const names = holders.map((row) =>
      fresh.decrypt(
        row.name_cipher,
        cipherPlace('certificate_holder.name_cipher', row.certificate_version_id, row.ordinal),
      ),
    );
    expect(names.slice(1)).toEqual(Array.from({ length: HOLDERS - 1 }, (_, index) => `甲${index + 2}`));
    expect(holders[0].name_lookup).toEqual(fresh.lookup('holderName', '甲0'));
  });

  it('does not make a ciphertext look right again that was tampered with', async () => {
    await register.within(SYSTEM, async (trx) => {
      await trx('agency_key')
        .where({ key_id: 'agency-1' })
        .update({
          secret_cipher: CIPHER.encrypt('other', cipherPlace('agency_key.secret_cipher', 'agency-2')),
        });
    });
    await expect(rotatePersonalData(register, rotated)).rejects.toThrow(/changed or moved/);
  });

  it('seals every row of power anew, and none that was changed behind the product’s back', async () => {
    await seedReferenceData(register, INTEGRITY, NOON, { definitions: [] });
    const substituteId = await register.within(SYSTEM, async (trx) => {
      const id = await addPerson(trx);
      await assignRole(trx, world.operatorId, 'operator', { authority_id: world.authorityId });
      await addSeal(trx, world.authorityId);
      await setLeave(trx, INTEGRITY, {
        personId: world.operatorId,
        from: legalDate('2026-11-20'),
        until: null,
        substituteId: id,
      });
      return id;
    });
    const rotatedIntegrity = new Sm3RowIntegrity(testDataKeys('k2'));
    expect(await resealRows(register, rotatedIntegrity)).toBeGreaterThan(20);
    const fresh = new Sm3RowIntegrity(onlyNew);
    await register.within(SYSTEM, async (trx) => {
      expect((await listSlaPolicies(trx, fresh)).length).toBeGreaterThan(10);
      expect((await resolveScope(trx, fresh, substituteId, NOON)).roles).toEqual(['operator']);
    });
    await register.within(SYSTEM, (trx) => trx('seal').update({ kind: 'official' }));
    await expect(resealRows(register, rotatedIntegrity)).rejects.toThrow(/HMAC-SM3/);
  });
});
