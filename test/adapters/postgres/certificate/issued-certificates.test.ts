import type { Knex } from 'knex';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import {
  addCertificate,
  addSeal,
  addWorld,
  type CaseWorld,
  type CertificateIds,
  NOON,
  SYSTEM,
} from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

describe('what was issued', () => {
  let database: TestDatabase;
  let register: Register;
  let world: CaseWorld;
  let issued: CertificateIds;
  let preparing: CertificateIds;
  let intentId: string;
  const run = async (work: (trx: Knex.Transaction) => Promise<unknown>): Promise<string> =>
    register.within(SYSTEM, async (trx) => {
      await work(trx);
      return 'done';
    });

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 2 });
  });
  beforeEach(async () => {
    await register.within(SYSTEM, async (trx) => {
      world = await addWorld(trx);
      issued = await addCertificate(trx, world);
      preparing = await addCertificate(trx, world, undefined, { state: 'awaitingSeal', issued_at: null });
      const digest = 'ab'.repeat(32);
      await trx('stored_file')
        .insert({ digest, size_bytes: 1, media_type: 'application/ofd', stored_at: NOON })
        .onConflict('digest')
        .ignore();
      [{ id: intentId }] = await trx('sealing_intent')
        .insert({
          id: trx.raw('gen_random_uuid()'),
          issuance_id: issued.issuanceId,
          certificate_version_id: issued.versionId,
          authority_id: world.authorityId,
          trade: world.trade,
          file_kind: 'ofd',
          seal_ordinal: 1,
          seal_id: await addSeal(trx, world.authorityId),
          container_digest: digest,
          to_be_signed: Buffer.from([1]),
          finishing: '{}',
          signed_at_claim: NOON,
          state: 'open',
          prepared_at: NOON,
        })
        .returning('id');
    });
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  it.each([
    ['identifier', { identifier: 'X' }],
    ['masked_face', { masked_face: '{}' }],
    ['valid_until', { valid_until: '2099-01-01' }],
    ['verification_code_digest', { verification_code_digest: Buffer.from([1]) }],
  ])('never changes its %s, which may change while it is being prepared', async (_, change) => {
    const update = (id: string) => (trx: Knex.Transaction) =>
      trx('certificate_version').where({ id }).update(change);
    await expect(run(update(issued.versionId))).rejects.toThrow(/never changes/);
    expect(await run(update(preparing.versionId))).toBe('done');
    await run((trx) =>
      trx('certificate_version')
        .where({ id: preparing.versionId })
        .update({ identifier: preparing.identifier }),
    );
  });

  it('may change its state and marks', async () => {
    expect(
      await run((trx) =>
        trx('certificate_version')
          .where({ id: issued.versionId })
          .update({ state: 'suspended', marks: ['statusInDoubt'] }),
      ),
    ).toBe('done');
  });

  it('never changes its number', async () => {
    await expect(
      run((trx) => trx('certificate').where({ id: issued.certificateId }).update({ number: 'X' })),
    ).rejects.toThrow(/never changes its number/);
    expect(
      await run((trx) => trx('certificate').where({ id: preparing.certificateId }).update({ number: 'X' })),
    ).toBe('done');
  });

  it('never gains, loses or exchanges a holder', async () => {
    const of = ({ versionId }: CertificateIds) => ({ certificate_version_id: versionId });
    for (const change of [
      (trx: Knex.Transaction) => trx('certificate_holder').where(of(issued)).delete(),
      (trx: Knex.Transaction) =>
        trx('certificate_holder')
          .where(of(issued))
          .update({ code_lookup: Buffer.from([1]) }),
      (trx: Knex.Transaction) => trx('certificate_holder').where(of(preparing)).update(of(issued)),
      async (trx: Knex.Transaction) => {
        const row = await trx('certificate_holder').where(of(issued)).first();
        await trx('certificate_holder').insert({ ...row, ordinal: 2 });
      },
    ]) {
      await expect(run(change)).rejects.toThrow(/never change|duplicate key/);
    }
    expect(await run((trx) => trx('certificate_holder').where(of(preparing)).delete())).toBe('done');
    expect(
      await run((trx) =>
        trx('certificate_holder')
          .where(of(issued))
          .update({ name_cipher: Buffer.from([1]) }),
      ),
    ).toBe('done');
  });

  it('rests on intents that are closed once and never rewritten', async () => {
    const update = (change: Readonly<Record<string, unknown>>) => (trx: Knex.Transaction) =>
      trx('sealing_intent').where({ id: intentId }).update(change);
    await expect(run(update({ to_be_signed: Buffer.from([2]) }))).rejects.toThrow(/never rewritten/);
    expect(await run(update({ state: 'redeemed', closed_at: NOON }))).toBe('done');
    await expect(run(update({ state: 'open', closed_at: null }))).rejects.toThrow(/closed once/);
  });
});
